package import Model

/// What an add-on's maker says of it. Source: "Add-on Manifest" of Heroku's Dev Center.
package struct PartnerManifest: Sendable, Equatable {
    /// Where single sign-on leads.
    struct SignOn: Sendable, Equatable {
        let address: WebAddress
        let method: Method

        enum Method: String, Sendable {
            case post
            /// As the oldest manifests have it: a link to the resource.
            case get
        }
    }

    /// `myaddon`: what its service is called, and who Heroku is in its calls.
    package let id: String
    package let name: String
    let password: String
    /// What single sign-on is proved with; empty where there is none.
    let salt: String
    /// What grants are exchanged with; the password unless the manifest says otherwise.
    package let clientSecret: String
    /// `MYADDON`: all its config vars begin with that.
    let prefix: String
    /// Those that it may set, as it names them.
    package let configVars: [String]
    /// Empty where any will do: Heroku keeps plans in its partner portal, not in the manifest.
    let plans: [AddonPlan]
    let requires: Set<String>
    let base: WebAddress
    let signOn: SignOn?

    /// - Parameter isProduction: whether `api.production` counts rather than `api.test`, where both are there.
    package init(_ text: [UInt8], isProduction: Bool = false) throws(ManifestError) {
        guard let json = JSONValue(text), json.members != nil else { throw ManifestError("it", "is no JSON object") }
        guard let api = json["api"], api.members != nil else { throw ManifestError("api", "is missing, or no object") }
        let id = try Self.text("id", in: json)
        guard id.wholeMatch(of: /[a-z][a-z0-9-]{0,62}/) != nil else {
            throw ManifestError("id", "has to begin with a letter and have lower-case letters, digits and dashes")
        }
        self.id = id
        name = json["name"]?.text ?? id
        if let version = api["version"], ![.text("3"), .number(3)].contains(version) {
            throw ManifestError("api.version", "has to be \"3\": Heroku makes no other calls any more")
        }
        password = try Self.text("password", in: api, "api.")
        clientSecret = api["client_secret"]?.text ?? password
        prefix = api["config_vars_prefix"]?.text ?? id.uppercased().replacing("-", with: "_")
        configVars = try Self.configVars(api, prefix)
        requires = Set((api["requires"]?.list ?? []).compactMap(\.text))
        plans = try Self.plans(json["plans"])
        (base, signOn) = try Self.addresses(api, isProduction)
        salt = try signOn == nil ? "" : Self.text("sso_salt", in: api, "api.")
    }

    private static func text(
        _ key: String, in object: JSONValue, _ place: String = ""
    ) throws(ManifestError) -> String {
        guard let text = object[key]?.text, !text.isEmpty else {
            throw ManifestError("\(place)\(key)", "is missing, or no text")
        }
        return text
    }

    /// Texts, or objects with a name, as newer manifests may have them.
    private static func configVars(_ api: JSONValue, _ prefix: String) throws(ManifestError) -> [String] {
        guard prefix.wholeMatch(of: /[A-Z][A-Z0-9_]*/) != nil else {
            throw ManifestError("api.config_vars_prefix", "has to be of capitals, digits and underscores")
        }
        let names = (api["config_vars"]?.list ?? []).map { $0.text ?? $0["name"]?.text ?? "" }
        guard !names.isEmpty else { throw ManifestError("api.config_vars", "is missing, or no list of names") }
        for name in names {
            guard name == prefix || name.hasPrefix("\(prefix)_"), name.wholeMatch(of: /[A-Z][A-Z0-9_]*/) != nil else {
                throw ManifestError("api.config_vars", "has \"\(name)\", which does not begin with \(prefix)_")
            }
        }
        return names
    }

    private static func plans(_ json: JSONValue?) throws(ManifestError) -> [AddonPlan] {
        guard let json else { return [] }
        var plans: [AddonPlan] = []
        for entry in json.list ?? [.null] {
            guard let id = entry.text ?? entry["id"]?.text, isPlan(id) else {
                throw ManifestError("plans", "has to be a list of names of plans, in lower case")
            }
            plans.append(AddonPlan(id, entry["name"]?.text ?? id))
        }
        return plans
    }

    static func isPlan(_ name: String) -> Bool { name.wholeMatch(of: /[a-z0-9][a-z0-9_.-]{0,62}/) != nil }

    /// `api.test` and `api.production` are objects with `base_url` and `sso_url`, or, in the oldest manifests, the text of
    /// what stands before their paths; `api.base_url` and `api.sso_url` alone will do too.
    private static func addresses(
        _ api: JSONValue, _ isProduction: Bool
    ) throws(ManifestError) -> (WebAddress, SignOn?) {
        let names = isProduction ? ["production", "test"] : ["test", "production"]
        guard let (place, section) = names.lazy.compactMap({ name in api[name].map { ("api.\(name)", $0) } }).first
        else { return try addresses(of: api, "api") }
        guard let root = section.text else { return try addresses(of: section, place) }
        let address = try Self.address(root, place).appending("heroku").appending("resources")
        return (address, SignOn(address: address, method: .get))
    }

    private static func addresses(
        of section: JSONValue, _ place: String
    ) throws(ManifestError) -> (WebAddress, SignOn?) {
        guard let base = section["base_url"]?.text else { throw ManifestError("\(place).base_url", "is missing") }
        var signOn: SignOn?
        if let text = section["sso_url"]?.text {
            signOn = SignOn(address: try address(text, "\(place).sso_url"), method: .post)
        }
        return (try address(base, "\(place).base_url"), signOn)
    }

    private static func address(_ text: String, _ field: String) throws(ManifestError) -> WebAddress {
        guard let address = WebAddress(text) else { throw ManifestError(field, "is no http or https URL: \(text)") }
        guard address.isSecure || address.isHere else {
            throw ManifestError(field, "has to begin with https://: the password would be there for all to read")
        }
        return address
    }

    // MARK: What follows from it

    package var service: AddonService {
        AddonService(
            name: id, humanName: name, stem: id, attachmentName: prefix, furtherPrefix: prefix,
            plans: plans.isEmpty ? [AddonPlan("test", "Test")] : plans,
            allowsSeveral: requires.contains("many_per_app"),
            allowsSharing: requires.contains("attachable"), allowsAnyPlan: plans.isEmpty)
    }

    /// `http://localhost:4567/heroku/resources`
    package var baseURL: String { base.text }

    /// `URL` for `MYADDON_URL`; `nil` for what the manifest does not have.
    package func ending(of configVar: String) -> String? {
        guard configVars.contains(configVar) else { return nil }
        return configVar == prefix ? "" : String(configVar.dropFirst(prefix.count + 1))
    }

    /// What the provider calls it: `MYADDON_URL` for `URL`.
    package func configVar(_ ending: String) -> String { ending.isEmpty ? prefix : "\(prefix)_\(ending)" }
}

/// What is wrong with a manifest. Nothing of what it holds but names, which are no secrets.
package struct ManifestError: Explained, Equatable {
    let field: String
    let reason: String

    init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    package var explanation: Explanation {
        Explanation(
            "The manifest can't be used", because: "\(field) \(reason).",
            mend: ["https://devcenter.heroku.com/articles/add-on-manifest  # what one looks like"])
    }
}
