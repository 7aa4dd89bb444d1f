internal import Addons
package import Model
internal import Store

/// What `addons:create` asks for.
package struct AddonRequest: Sendable {
    /// `heroku-postgresql` or `heroku-postgresql:essential-0`.
    package var plan: String
    /// What it is attached as; `nil` for what its service says.
    package var attachmentName: String?
    /// What it is called; `nil` for a random name.
    package var name: String?
    /// What stood behind `--`.
    package var options: [String: String]

    package init(plan: String, attachmentName: String? = nil, name: String? = nil, options: [String: String] = [:]) {
        self.plan = plan
        self.attachmentName = attachmentName
        self.name = name
        self.options = options
    }
}

extension Platform {
    /// Makes an add-on, attaches it to the app and restarts that with what it sets: one release.
    ///
    /// - Returns: the add-on and a sentence of its provider, which may be empty.
    /// - Throws: an `Explained`; no trace of the add-on is left then.
    package func createAddon(_ request: AddonRequest, for app: App) async throws -> (addon: Addon, message: String) {
        let (provider, plan) = try offer(request.plan)
        let service = provider.service
        let options = try await forking(request.options, by: provider, for: app)
        let now = machines.time.now()
        let addon = try await changes.take(app.id) {
            let (addon, attachment) = try await machines.store.write { transaction in
                guard try transaction.app(app.id) != nil else { throw PlatformError.noSuchApp(app.name.text) }
                let there = try transaction.addons(of: app.id).first { $0.service == service.name }
                if let there, !service.allowsSeveral {
                    throw AddonError.onlyOne(service: service.name, there: there.name, app: app.name)
                }
                let name = try transaction.name(request.name, stem: service.stem)
                let addon = Addon(
                    app: app.id, name: name, service: service.name, plan: plan.name, createdAt: now, updatedAt: now)
                let attachmentName = try transaction.attachmentName(request.attachmentName, service, in: app)
                try transaction.insert(addon)
                return (addon, AddonAttachment(addon: addon.id, app: app.id, name: attachmentName, createdAt: now))
            }
            do {
                return try await provision(addon, attachment, by: provider, options: options, for: app)
            } catch let error as PartnerError where error.hasMadeNothing {
                try await machines.store.write { try $0.remove(addon.id) }
                throw error
            } catch {
                await forget(addon.id, provider)
                throw error
            }
        }
        try await record(addon.0, "create")
        return addon
    }

    /// The provider and the plan that `SERVICE[:PLAN]` means.
    func offer(_ text: String) throws(AddonError) -> (provider: any AddonProvider, plan: AddonPlan) {
        let parts = text.lowercased().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        guard let provider = machines.addons.provider(of: parts[0]) else {
            throw .noSuchService(parts[0], there: machines.addons.services.map(\.name))
        }
        let service = provider.service
        guard parts.count == 2 else { return (provider, service.plans[0]) }
        guard let plan = service.plan(parts[1]) else {
            throw .noSuchPlan(parts[1], service: service.name, there: service.plans.map(\.name))
        }
        return (provider, plan)
    }

    private func provision(
        _ addon: Addon, _ attachment: AddonAttachment, by provider: any AddonProvider, options: [String: String],
        for app: App
    ) async throws -> (Addon, String) {
        let holding = try await provider.provision(addon, options: options)
        // Whoever hears of it finds its servers' files, whatever happens.
        let (files, home) = (machines.files, settings.home)
        try await machines.blocking { try files.synchronize(home) }
        if holding.isPending { return (try await leavePending(addon, attachment, holding), holding.message) }
        var whole = addon
        whole.values = holding.values
        whole.memory = holding.memory
        let known = whole
        let config = attachment.config(known)
        try await requireFree(config.keys.sorted(), in: app)
        try await requireRoom(for: config, in: app)
        try await machines.store.write { transaction in
            // Still `provisioning`: a daemon that dies before the release is there finds it, and ends it.
            try transaction.update(known)
            try transaction.insert(attachment, setting: Array(config.keys))
        }
        try await release(
            attachment.attaching(addon), of: app, setting: config, removing: [])
        whole.state = .provisioned
        whole.updatedAt = machines.time.now()
        let finished = whole
        try await machines.store.write { try $0.update(finished) }
        return (finished, holding.message)
    }

    /// Takes back what has been made of an add-on that did not come to be.
    private func forget(_ id: AddonID, _ provider: any AddonProvider) async {
        guard let addon = try? await machines.store.read({ try $0.addon(id) }) else { return }
        // What cannot be taken back now is by the next daemon: its row stays and says so.
        do {
            try await provider.remove(addon)
            try await machines.store.write { try $0.remove(id) }
        } catch {
            var left = addon
            left.state = .deprovisioning
            let marked = left
            try? await machines.store.write { try $0.update(marked) }
        }
    }

    /// A release with other values of add-ons. The caller has the app's turn.
    ///
    /// - Throws: ``PlatformError/bootFailed(_:version:reason:)`` when the dynos don't come up with it; nothing is
    ///   changed then.
    @discardableResult
    func release(
        _ description: String, of app: App, setting values: [String: String], removing keys: [String]
    ) async throws -> Release {
        let current = try await currentRelease(of: app)
        let slug = try await machines.store.read { transaction -> Slug? in
            guard let id = current?.slug else { return nil }
            return try transaction.slug(id)
        }
        let config = (current?.config ?? ConfigVars()).replacing(keys, with: values)
        let draft = Draft(description: description, slug: slug, config: config)
        return try succeeded(try await launch(draft, of: app, announcing: [description]), of: app)
    }

    /// Somebody's own config vars are not an add-on's to overwrite.
    func requireFree(_ keys: [String], in app: App) async throws {
        let config = try await config(of: app)
        let taken = keys.filter { config[$0] != nil }
        guard taken.isEmpty else { throw AddonError.valueIsThere(taken, app: app.name) }
    }

    /// What add-ons set counts, too.
    func requireRoom(for values: [String: String], in app: App) async throws {
        try await config(of: app).replacing([], with: values).requireSize()
    }

    func record(_ addon: Addon, _ action: String) async throws {
        let (now, actor) = (machines.time.now(), try await actor())
        try await machines.store.write { transaction in
            try transaction.record(
                Event(
                    time: now, actor: actor, app: addon.app, resource: "addon", resourceID: "\(addon.id)",
                    action: action, before: action == "create" ? nil : addon.name,
                    after: action == "destroy" ? nil : addon.name))
        }
    }
}

extension Transaction {
    /// The name that was asked for, or a random one.
    fileprivate borrowing func name(_ wanted: String?, stem: String) throws -> String {
        if let wanted { return try freeName(wanted) }
        var generator = SystemRandomNumberGenerator()
        while true {
            let shape = AddonName.shapes.randomElement(using: &generator) ?? "plain"
            let name = "\(stem)-\(shape)-\(Int.random(in: 10_000...99_999, using: &generator))"
            if try addon(named: name) == nil { return name }
        }
    }

    /// - Throws: ``AddonError/badName(_:)`` or ``AddonError/nameTaken(_:)``.
    borrowing func freeName(_ name: String) throws -> String {
        guard AddonName.isOne(name) else { throw AddonError.badName(name) }
        guard try addon(named: name) == nil else { throw AddonError.nameTaken(name) }
        return name
    }

    /// What an attachment is called: as asked for, else as the service says, else in one of Heroku's colours.
    borrowing func attachmentName(_ wanted: String?, _ service: AddonService, in app: App) throws -> String {
        let taken = Set(try attachments(in: app.id).map(\.name))
        if let wanted {
            let name = AddonName.attachment(wanted)
            guard AddonName.isAttachment(name) else { throw AddonError.badAttachmentName(wanted) }
            guard !taken.contains(name) else { throw AddonError.attachmentTaken(name, app: app.name) }
            return name
        }
        if !taken.contains(service.attachmentName) { return service.attachmentName }
        let free = AddonName.colours.map { "\(service.furtherPrefix)_\($0)" }.filter { !taken.contains($0) }
        return free.randomElement() ?? "\(service.furtherPrefix)_\(taken.count)"
    }
}
