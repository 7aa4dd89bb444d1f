internal import APISchema
internal import Model
internal import Platform

extension APIServer {
    static let addonRoutes: [Route] = [
        Route("GET", "addons") { call in try call.list(try await call.resources(try await call.platform.allAddons())) },
        Route("GET", "addons/:addon") { call in try .ok(try await call.resource(try await call.addon(in: nil))) },
        Route("GET", "apps/:app/addons") { call in
            try call.list(try await call.resources(try await call.platform.addons(of: try await call.app())))
        },
        Route("POST", "apps/:app/addons") { call in
            let body = try call.body(AddonCreate.self)
            let request = AddonRequest(
                plan: body.plan, attachmentName: body.attachment?.name, name: body.name, options: body.config ?? [:])
            let (addon, message) = try await call.platform.createAddon(request, for: try await call.app())
            return try .ok(try await call.resource(addon, message: message), status: 201)
        },
        Route("GET", "apps/:app/addons/:addon") { call in
            try .ok(try await call.resource(try await call.addon(in: try await call.app())))
        },
        Route("PATCH", "apps/:app/addons/:addon") { call in
            let body = try call.body(AddonUpdate.self)
            var addon = try await call.addon(in: try await call.app())
            if let plan = body.plan { addon = try await call.platform.changePlan(of: addon, to: plan) }
            if let name = body.name { addon = try await call.platform.rename(addon, to: name) }
            return try .ok(try await call.resource(addon))
        },
        Route("DELETE", "apps/:app/addons/:addon") { call in
            let isForced = try call.body(AddonDelete.self).force ?? false
            let addon = try await call.addon(in: try await call.app())
            var resource = try await call.resource(addon)
            try await call.platform.destroy(addon, isForced: isForced)
            resource.state = "deprovisioned"
            return try .ok(resource)
        },
        Route("POST", "actions/addons/resolve") { call in
            let body = try call.body(AddonResolve.self)
            let app = try await call.app(body.app)
            let found = try await call.platform.addons(meant: body.addon, in: app, service: body.addonService)
            guard !found.isEmpty else { throw AddonError.noSuchAddon(body.addon) }
            return try .ok(try await call.resources(found))
        },
    ]

    static let attachmentRoutes: [Route] = [
        Route("GET", "addon-attachments") { call in
            try call.list(try await call.resources(try await call.platform.allAttachments()))
        },
        Route("POST", "addon-attachments") { call in
            let body = try call.body(AddonAttachmentCreate.self)
            let app = try await call.platform.app(body.app)
            let addon = try await call.platform.addon(body.addon, in: app)
            let attachment = try await call.platform.attach(
                addon, to: app, as: body.name, replacing: body.confirm == app.name.text)
            return try .ok(try await call.resource(attachment), status: 201)
        },
        Route("GET", "addon-attachments/:attachment") { call in
            try .ok(try await call.resource(try await call.attachment(in: nil)))
        },
        Route("DELETE", "addon-attachments/:attachment") { call in
            let attachment = try await call.attachment(in: nil)
            let resource = try await call.resource(attachment)
            try await call.platform.detach(attachment)
            return try .ok(resource)
        },
        Route("GET", "addons/:addon/addon-attachments") { call in
            let addon = try await call.addon(in: nil)
            return try call.list(try await call.resources(try await call.platform.attachments(of: addon)))
        },
        Route("GET", "apps/:app/addon-attachments") { call in
            let app = try await call.app()
            return try call.list(try await call.resources(try await call.platform.attachments(in: app)))
        },
        Route("GET", "apps/:app/addon-attachments/:attachment") { call in
            try .ok(try await call.resource(try await call.attachment(in: try await call.app())))
        },
        Route("POST", "actions/addon-attachments/resolve") { call in
            let body = try call.body(AddonAttachmentResolve.self)
            let app = try await call.app(body.app)
            return try .ok(
                try await call.resources(
                    try await call.platform.attachments(
                        meant: body.addonAttachment, in: app, service: body.addonService)))
        },
    ]

    static let addonServiceRoutes: [Route] = [
        Route("GET", "addon-services") { call in
            let created = try await call.platform.account().createdAt.iso8601
            return try call.list(call.platform.addonServices.map { AddonServiceResource($0, created) })
        },
        Route("GET", "addon-services/:service") { call in
            let created = try await call.platform.account().createdAt.iso8601
            return try .ok(AddonServiceResource(try call.service(), created))
        },
        Route("GET", "addon-services/:service/plans") { call in
            let created = try await call.platform.account().createdAt.iso8601
            let service = try call.service()
            return try call.list(service.plans.map { PlanResource($0, of: service, created) })
        },
        Route("GET", "addon-services/:service/plans/:plan") { call in
            let created = try await call.platform.account().createdAt.iso8601
            let (service, plan) = try call.plan(in: [try call.service()])
            return try .ok(PlanResource(plan, of: service, created))
        },
        Route("GET", "plans/:plan") { call in
            let created = try await call.platform.account().createdAt.iso8601
            let (service, plan) = try call.plan(in: call.platform.addonServices)
            return try .ok(PlanResource(plan, of: service, created))
        },
    ]
}

// MARK: - What paths name

extension Call {
    func addon(in app: App?) async throws -> Addon { try await platform.addon(parameter("addon"), in: app) }

    fileprivate func attachment(in app: App?) async throws -> AddonAttachment {
        try await platform.attachment(parameter("attachment"), in: app)
    }

    /// The app that a body names; `nil` where it names none.
    fileprivate func app(_ name: String?) async throws -> App? {
        guard let name else { return nil }
        return try await platform.app(name)
    }

    fileprivate func service() throws -> AddonService {
        let text = parameter("service")
        if let service = platform.addonServices.first(where: { FixedID.of($0) == text }) { return service }
        return try platform.addonService(text)
    }

    fileprivate func plan(in services: [AddonService]) throws -> (AddonService, AddonPlan) {
        let text = parameter("plan")
        for service in services {
            for plan in service.plans {
                let names = ["\(service.name):\(plan.name)", FixedID.of(plan, of: service)]
                if names.contains(text) || (services.count == 1 && plan.name == text) { return (service, plan) }
            }
        }
        throw BadRequest.noSuch(resource: "plan", text)
    }
}

// MARK: - Shapes

extension Call {
    fileprivate func resources(_ addons: [Addon]) async throws -> [AddonResource] {
        var resources: [AddonResource] = []
        for addon in addons { resources.append(try await resource(addon)) }
        return resources
    }

    func resource(_ addon: Addon, message: String = "") async throws -> AddonResource {
        let service = try platform.addonService(addon.service)
        let own = try await platform.attachments(of: addon).filter { $0.app == addon.app }
        let plan = service.plan(addon.plan) ?? AddonPlan(addon.plan, addon.plan)
        return AddonResource(
            addonService: NamedReference(service), app: NamedReference(try await platform.app("\(addon.app)")),
            configVars: own.flatMap { $0.config(addon).keys.sorted() }, createdAt: addon.createdAt.iso8601,
            id: "\(addon.id)", name: addon.name,
            plan: AddonPlanReference(id: FixedID.of(plan, of: service), name: "\(service.name):\(addon.plan)"),
            provisionMessage: message, state: addon.state.rawValue, updatedAt: addon.updatedAt.iso8601,
            webURL: try await pageURL(of: addon))
    }

    /// What `addons:open` opens; `nil` where there is nothing.
    private func pageURL(of addon: Addon) async throws -> String? {
        if platform.hasSignOn(addon) { return try await Links.atPlatform(platform).url("addons/\(addon.id)/open") }
        return try await inboxURL(of: addon) ?? platform.page(of: addon)
    }

    /// The page of a mail service, with what lets a browser in.
    private func inboxURL(of addon: Addon) async throws -> String? {
        guard try await platform.mailAddons().contains(where: { $0.id == addon.id }) else { return nil }
        return "\(platform.inboxURL)?key=\(MailPages.pass(try await platform.token()))"
    }

    fileprivate func resources(_ attachments: [AddonAttachment]) async throws -> [AddonAttachmentResource] {
        var resources: [AddonAttachmentResource] = []
        for attachment in attachments { resources.append(try await resource(attachment)) }
        return resources
    }

    fileprivate func resource(_ attachment: AddonAttachment) async throws -> AddonAttachmentResource {
        guard let addon = try await platform.addon(attachment.addon) else {
            throw AddonError.noSuchAttachment(attachment.name)
        }
        let service = try platform.addonService(addon.service)
        let plan = service.plan(addon.plan) ?? AddonPlan(addon.plan, addon.plan)
        let owned = AddonAttachmentResource.Owned(
            id: "\(addon.id)", name: addon.name, app: NamedReference(try await platform.app("\(addon.app)")),
            plan: NamedReference(id: FixedID.of(plan, of: service), name: "\(service.name):\(addon.plan)"))
        return AddonAttachmentResource(
            addon: owned, app: NamedReference(try await platform.app("\(attachment.app)")),
            createdAt: attachment.createdAt.iso8601, id: "\(attachment.id)", name: attachment.name,
            configVars: attachment.config(addon).keys.sorted())
    }
}

extension NamedReference {
    fileprivate init(_ service: AddonService) { self.init(id: FixedID.of(service), name: service.name) }
}

extension AddonServiceResource {
    fileprivate init(_ service: AddonService, _ created: String) {
        self.init(
            createdAt: created, humanName: service.humanName, id: FixedID.of(service), name: service.name,
            generation: .cedar, supportsMultipleInstallations: service.allowsSeveral,
            supportsSharing: service.allowsSharing)
    }
}

extension PlanResource {
    fileprivate init(_ plan: AddonPlan, of service: AddonService, _ created: String) {
        self.init(
            addonService: NamedReference(service), createdAt: created, isDefault: plan == service.plans.first,
            humanName: plan.humanName, id: FixedID.of(plan, of: service), name: "\(service.name):\(plan.name)")
    }
}
