internal import HTTP
package import Model

/// A service of somebody else's, called as Heroku calls it. Source: "Add-on Partner API Reference", version 3.
package struct Partner: AddonProvider {
    /// What the provider may call the platform with.
    package struct Grant: Sendable {
        package var code: String
        package var expiresAt: Timestamp

        package init(code: String, expiresAt: Timestamp) {
            self.code = code
            self.expiresAt = expiresAt
        }
    }

    package let manifest: PartnerManifest
    private let client: WebClient
    /// `http://api.localhost:8080`
    private let platformURL: String
    private let grant: @Sendable (AddonID) async throws -> Grant

    /// - Parameter grant: makes one for a new add-on, and remembers it.
    package init(
        _ manifest: PartnerManifest, client: WebClient, platformURL: String,
        grant: @escaping @Sendable (AddonID) async throws -> Grant
    ) {
        self.manifest = manifest
        self.client = client
        self.platformURL = platformURL
        self.grant = grant
    }

    package var service: AddonService { manifest.service }

    /// Whether whoever exchanges a grant is the provider.
    package func isClientSecret(_ text: String) -> Bool { Secret.areEqual(text, manifest.clientSecret) }

    package func provision(_ addon: Addon, options: [String: String]) async throws -> AddonHolding {
        let grant = try await grant(addon.id)
        let request: JSONValue = .object([
            "uuid": .text("\(addon.id)"), "name": .text(addon.name), "plan": .text(addon.plan),
            "region": .text("amazon-web-services::us-east-1"),
            "callback_url": .text("\(platformURL)/addons/\(addon.id)"),
            "options": .object(options.mapValues { .text($0) }),
            "oauth_grant": .object([
                "code": .text(grant.code), "type": .text("authorization_code"),
                "expires_at": .text(grant.expiresAt.iso8601),
            ]),
        ])
        let answer = try await call("POST", manifest.base, request)
        guard [200, 201, 202].contains(answer.status) else { throw refusal(answer) }
        let json = try body(of: answer)
        guard let id = json["id"].flatMap(Self.identifier) else { throw garbage("it has no id") }
        var holding = AddonHolding(
            values: try values(json["config"]), memory: ["provider": id], message: json["message"]?.text ?? "")
        holding.isPending = answer.status == 202
        return holding
    }

    package func change(_ addon: Addon, to plan: AddonPlan) async throws -> AddonHolding {
        let answer = try await call("PUT", resource(addon), .object(["plan": .text(plan.name)]))
        guard (200...204).contains(answer.status) else { throw refusal(answer) }
        var holding = AddonHolding(values: addon.values, memory: addon.memory)
        guard !answer.body.isEmpty else { return holding }
        let json = try body(of: answer)
        holding.values.merge(try values(json["config"])) { $1 }
        holding.message = json["message"]?.text ?? ""
        return holding
    }

    package func remove(_ addon: Addon) async throws {
        let answer = try await call("DELETE", resource(addon))
        // 410 and 404: it is gone already, or was never made.
        guard (200...204).contains(answer.status) || [404, 410].contains(answer.status) else { throw refusal(answer) }
    }

    package func servers(for addons: [Addon]) throws -> [ServerSpec] { [] }

    // MARK: Calls

    private func resource(_ addon: Addon) -> WebAddress { manifest.base.appending("\(addon.id)") }

    private func call(_ method: String, _ address: WebAddress, _ body: JSONValue? = nil) async throws
        -> WebClient.Answer
    {
        var headers: HTTPHeaders = [
            "Accept": "application/vnd.heroku-addons+json; version=3",
            "Authorization": "Basic \(Base64.encode("\(manifest.id):\(manifest.password)".utf8))",
            "User-Agent": "paas",
        ]
        if body != nil { headers.set("Content-Type", to: "application/json") }
        do {
            return try await client.send(method, to: address, headers: headers, body: Array((body?.encoded ?? "").utf8))
        } catch WebClient.Failure.unreachable(let reason) {
            throw PartnerError.unreachable(manifest.id, address.text, reason)
        } catch WebClient.Failure.broken(let reason) {
            throw PartnerError.noAnswer(manifest.id, address.text, reason)
        }
    }

    private func refusal(_ answer: WebClient.Answer) -> PartnerError {
        let message = JSONValue(answer.body)?["message"]?.text ?? ""
        return answer.status == 422 && !message.isEmpty
            ? .refused(manifest.id, message) : .status(manifest.id, answer.status, message)
    }

    private func garbage(_ reason: String) -> PartnerError { .garbage(manifest.id, reason) }

    private func body(of answer: WebClient.Answer) throws -> JSONValue {
        guard let json = JSONValue(answer.body), json.members != nil else { throw garbage("it is no JSON object") }
        return json
    }

    private static func identifier(_ json: JSONValue) -> String? {
        switch json {
        case .text(let text) where !text.isEmpty: text
        case .number: json.encoded
        case .null, .bool, .text, .list, .object: nil
        }
    }

    private func values(_ config: JSONValue?) throws -> [String: String] {
        guard let config else { return [:] }
        guard let members = config.members else { throw garbage("its config is no object") }
        var values: [String: String?] = [:]
        for (name, value) in members { values[name] = try self.text(value, of: name) }
        return try manifest.values(values).compactMapValues(\.self)
    }

    private func text(_ value: JSONValue, of name: String) throws -> String {
        guard let text = value.text else { throw garbage("its config var \(name) is no text") }
        return text
    }
}

extension PartnerManifest {
    /// By endings of names: ``Addon/values``.
    ///
    /// - Parameter config: config vars as the provider names them; `nil` takes one away.
    /// - Throws: ``PartnerError/foreignConfigVar(_:_:allowed:)`` for one that the manifest does not have.
    package func values(_ config: [String: String?]) throws(PartnerError) -> [String: String?] {
        var values: [String: String?] = [:]
        for (name, value) in config {
            guard let ending = ending(of: name) else { throw .foreignConfigVar(id, name, allowed: configVars) }
            guard !(value ?? "").utf8.contains(0) else { throw .garbage(id, "its config var \(name) has a zero byte") }
            values[ending] = value
        }
        return values
    }
}
