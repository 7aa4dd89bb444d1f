internal import APISchema
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    /// Services of other makers, and what these call. Source: "Add-on Partner API Reference".
    static let partnerRoutes: [Route] = [
        Route("GET", "paas/v1/addon-providers") { call in
            let addons = try await call.platform.allAddons()
            return try .ok(call.platform.partners.map { PartnerResource($0, addons) })
        },
        Route("POST", "paas/v1/addon-providers") { call in
            let body = try call.body(PartnerCreate.self)
            let manifest = try await call.platform.addPartner(
                Array(body.manifest.utf8), isProduction: body.production ?? false)
            return try .ok(PartnerResource(manifest, try await call.platform.allAddons()), status: 201)
        },
        Route("DELETE", "paas/v1/addon-providers/:provider") { call in
            try await call.platform.removePartner(call.parameter("provider"))
            return .empty(status: 204)
        },
        Route("GET", "paas/v1/addons/:addon/open") { call in
            try await call.openPartner(try await call.addon(in: nil))
            return .answered
        },
        Route("GET", "addons/:addon/sso") { call in try .ok(try await call.signOn(to: try await call.addon(in: nil))) },
        Route("GET", "apps/:app/addons/:addon/sso") { call in
            try .ok(try await call.signOn(to: try await call.addon(in: try await call.app())))
        },
        Route("POST", "oauth/token") { call in try .ok(try await call.exchange()) },
        Route("GET", "addons/:addon/config") { call in
            try .ok(try await call.configVars(of: try await call.addon(in: nil)))
        },
        Route("PATCH", "addons/:addon/config") { call in try .ok(try await call.setConfigVars()) },
        // As the reference of the partners' API has it.
        Route("PUT", "addons/:addon/config") { call in try .ok(try await call.setConfigVars()) },
        Route("POST", "addons/:addon/actions/provision") { call in
            let addon = try await call.addon(in: nil)
            return try .ok(try await call.resource(try await call.platform.finishProvisioning(addon)))
        },
        Route("POST", "addons/:addon/actions/deprovision") { call in
            let addon = try await call.addon(in: nil)
            var resource = try await call.resource(addon)
            _ = try await call.platform.endProvisioning(addon)
            resource.state = "deprovisioned"
            return try .ok(resource)
        },
    ]

    /// Lets a provider's token go for its own add-on, and for nothing but what providers have to say.
    func checkPartner(_ request: HTTPRequest, _ credentials: Credentials) async throws {
        // Whoever exchanges a grant proves who it is by what it brings.
        if request.method == "POST", request.segments == ["oauth", "token"] { return }
        guard let text = credentials.text, let addon = try await platform.addon(accessToken: text) else {
            throw BadRequest.token
        }
        let segments = request.segments
        let isOwn = segments.count >= 2 && segments[0] == "addons" && ["\(addon.id)", addon.name].contains(segments[1])
        guard isOwn, Self.partnerCalls.contains("\(request.method) \(segments.dropFirst(2).joined(separator: "/"))")
        else { throw PartnerRefusal.notYours(addon.name) }
    }

    private static let partnerCalls: Set<String> = [
        "GET ", "GET config", "PATCH config", "PUT config", "GET addon-attachments", "POST actions/provision",
        "POST actions/deprovision",
    ]
}

extension Call {
    fileprivate func signOn(to addon: Addon) async throws -> SignOnResource {
        guard let signOn = try await platform.signOn(to: addon) else {
            throw BadRequest.noSuch(resource: "sso_url", addon.name)
        }
        return SignOnResource(action: signOn.action, method: signOn.method, params: signOn.parameters)
    }

    /// Takes a browser to the provider: by a form that sends itself, or by a link.
    fileprivate func openPartner(_ addon: Addon) async throws {
        let signOn = try await signOn(to: addon)
        var headers = headers
        headers.set("Cache-Control", to: "no-store")
        headers.set("Referrer-Policy", to: "no-referrer")
        guard signOn.method == "post" else {
            let query = signOn.params.sorted { $0.key < $1.key }.map {
                "\(PercentCoding.encode($0.key))=\(PercentCoding.encode($0.value))"
            }
            headers.set("Location", to: "\(signOn.action)?\(query.joined(separator: "&"))")
            return try await responder.send(status: 303, headers: headers)
        }
        let nonce = "\(Identifier<SignOnResource>())"
        headers.set("Content-Type", to: "text/html; charset=utf-8")
        headers.set("Content-Security-Policy", to: "default-src 'none'; script-src 'nonce-\(nonce)'")
        try await responder.send(
            status: 200, headers: headers, body: Array(SignOnPage.html(signOn, of: addon.name, nonce: nonce).utf8))
    }

    fileprivate func configVars(of addon: Addon) async throws -> [AddonConfigVar] {
        try await platform.partnerConfig(of: addon).map { AddonConfigVar(name: $0.name, value: $0.value) }
    }

    fileprivate func setConfigVars() async throws -> [AddonConfigVar] {
        let list = try body(AddonConfigUpdate.self).config ?? []
        let config = Dictionary(list.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return try await configVars(of: try await platform.setPartnerConfig(config, of: try await addon(in: nil)))
    }

    /// A form, as OAuth has it. Source: RFC 6749 §4.1.3 and §6.
    fileprivate func exchange() async throws -> PartnerAccessResource {
        var form: [String: String] = [:]
        for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1).map { PercentCoding.decode($0, plusIsSpace: true) }
            if halves.count == 2 { form[halves[0]] = halves[1] }
        }
        let secret = form["client_secret"] ?? Credentials(request.headers["Authorization"]).text ?? ""
        let access: PartnerAccess
        switch form["grant_type"] {
        case "authorization_code":
            access = try await platform.exchange(.grant, form["code"] ?? "", clientSecret: secret)
        case "refresh_token":
            access = try await platform.exchange(.refresh, form["refresh_token"] ?? "", clientSecret: secret)
        default:
            throw PartnerRefusal.badGrant("The form's grant_type has to be authorization_code or refresh_token.")
        }
        return PartnerAccessResource(
            accessToken: access.access, expiresIn: access.seconds, refreshToken: access.refresh)
    }
}

/// The page that `addons:open` shows for a moment.
private enum SignOnPage {
    static func html(_ signOn: SignOnResource, of name: String, nonce: String) -> String {
        let fields = signOn.params.sorted { $0.key < $1.key }.map {
            "<input type=\"hidden\" name=\"\(escaped($0.key))\" value=\"\(escaped($0.value))\">"
        }
        return """
            <!doctype html><meta charset="utf-8"><title>\(escaped(name))</title>
            <form method="post" action="\(escaped(signOn.action))">
            \(fields.joined(separator: "\n"))
            <noscript><button>Go on to \(escaped(name))</button></noscript>
            </form>
            <script nonce="\(nonce)">document.forms[0].submit()</script>

            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

extension PartnerResource {
    fileprivate init(_ manifest: PartnerView, _ addons: [Addon]) {
        self.init(
            baseURL: manifest.baseURL, configVars: manifest.configVars, id: manifest.id, name: manifest.name,
            addons: addons.count { $0.service == manifest.id })
    }
}
