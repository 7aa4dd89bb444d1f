internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    static let mailRoutes: [Route] = [
        Route("GET", "paas/v1/apps/:app/mail") { call in
            let addons = try await call.platform.mailAddons(in: try await call.app())
            let query = call.request.query
            let mails = try await call.platform.mails(
                of: addons, containing: query["q"] ?? "", below: query["below"].flatMap { Int($0) },
                limit: query["limit"].flatMap { Int($0) } ?? 100)
            return try .ok(mails.map { MailResource($0, addons) })
        },
        Route("DELETE", "paas/v1/apps/:app/mail") { call in
            for addon in try await call.platform.mailAddons(in: try await call.app()) {
                try await call.platform.clearMail(of: addon)
            }
            return .empty(status: 204)
        },
        Route("GET", "paas/v1/apps/:app/mail/status") { call in
            let app = try await call.app()
            var services: [MailStatus.Service] = []
            for addon in try await call.platform.mailAddons(in: app) {
                services.append(
                    .init(addon: NamedReference(addon), count: try await call.platform.countMails(of: addon)))
            }
            let reach = try await call.platform.mailReach(of: app, proxy: call.request.query["proxy"])
            return try .ok(
                MailStatus(
                    services: services, inboxURL: call.platform.inboxURL, smtpPort: reach.map { Int($0.smtpPort) },
                    hosts: reach?.hosts ?? [], environment: reach?.environment ?? [:]))
        },
        Route("GET", "paas/v1/mail/:number") { call in
            let (message, raw) = try await call.platform.mail(call.parameter("number"))
            let content = try await call.platform.content(of: raw)
            let addons = try await call.platform.mailAddons()
            return try .ok(
                MailContentResource(
                    mail: MailResource(message, addons),
                    headers: content.headers.map { .init(name: $0.name, value: $0.value) }, text: content.text,
                    html: content.html,
                    attachments: content.attachments.map {
                        .init(name: $0.name, type: $0.type, sizeBytes: $0.bytes.count)
                    }))
        },
        Route("GET", "paas/v1/mail/:number/raw") { call in
            .text(try await call.platform.mail(call.parameter("number")).raw)
        },
        Route("DELETE", "paas/v1/mail/:number") { call in
            try await call.platform.removeMail(try await call.platform.mail(call.parameter("number")).message)
            return .empty(status: 204)
        },
        Route("GET", "paas/v1/addons/:addon/mail/keys") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(try await call.platform.mailKeys(of: addon).map { MailKeyResource($0, addon) })
        },
        Route("POST", "paas/v1/addons/:addon/mail/keys") { call in
            let addon = try await call.addon(in: nil)
            let name = try call.body(MailKeyCreate.self).name ?? "key"
            let (key, secret) = try await call.platform.createMailKey(name, of: addon)
            return try .ok(MailKeyResource(key, addon, secret: secret), status: 201)
        },
        Route("DELETE", "paas/v1/addons/:addon/mail/keys/:key") { call in
            let addon = try await call.addon(in: nil)
            let key = try await call.platform.removeMailKey(call.parameter("key"), of: addon)
            return try .ok(MailKeyResource(key, addon))
        },
    ]
}

extension NamedReference {
    fileprivate init(_ addon: Addon) { self.init(id: "\(addon.id)", name: addon.name) }
}

extension MailResource {
    fileprivate init(_ message: MailMessage, _ addons: [Addon]) {
        let addon = addons.first { $0.id == message.addon }
        self.init(
            number: message.number,
            addon: addon.map { NamedReference($0) } ?? NamedReference(id: "\(message.addon)", name: ""),
            channel: message.channel.rawValue, from: message.sender, to: message.recipients, subject: message.subject,
            sizeBytes: message.sizeBytes, attachments: message.attachmentCount, sentAt: message.sentAt.iso8601)
    }
}

extension MailKeyResource {
    fileprivate init(_ key: MailKey, _ addon: Addon, secret: String? = nil) {
        self.init(
            id: "\(key.id)", addon: NamedReference(addon), name: key.name, beginning: key.beginning,
            createdAt: key.createdAt.iso8601, key: secret)
    }
}
