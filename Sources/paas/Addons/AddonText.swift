import APISchema

/// Words that several add-on commands share.
enum AddonText {
    /// Heroku maps the API's states for people. Source: heroku-cli.md §9.2.
    static func state(_ state: String) -> String {
        switch state {
        case "provisioned": "created"
        case "provisioning": "creating"
        case "deprovisioning", "deprovisioned": "destroying"
        default: state
        }
    }

    static func price(_ price: Price) -> String { price.cents == 0 ? "free" : "$\(price.cents / 100)/\(price.unit)" }

    /// What does here what Heroku's dashboard of the service does.
    static func commands(of addon: AddonResource) -> [String] {
        switch addon.addonService.name {
        case "scheduler": ["paas scheduler -a \(addon.app.name)"]
        case "heroku-postgresql": ["paas pg:info \(addon.name) -a \(addon.app.name)"]
        case "heroku-redis": ["paas redis:info \(addon.name) -a \(addon.app.name)"]
        case "jawsdb", "jawsdb-maria", "cleardb", "cloudamqp", "memcachier":
            addon.configVars.sorted().map { "paas config:get \($0) -a \(addon.app.name)" }
        default: []
        }
    }

    /// Where a search server answers, without its password.
    static func searchServer(of addon: AddonResource) -> [(String, [String])] {
        guard let url = addon.webURL, url.contains("/_cat/indices"), let at = url.firstIndex(of: "@") else { return [] }
        return [("Search server", ["http://" + url[url.index(after: at)...].prefix { $0 != "/" }])]
    }

    /// That there is nothing to look at in a browser, and why.
    static func noPage(of addon: AddonResource) -> String {
        let reason =
            switch addon.addonService.name {
            case "jawsdb", "jawsdb-maria", "cleardb": ": any client of MySQL shows what is in it"
            case "cloudamqp": ": RabbitMQ runs here without its management pages"
            case "memcachier": ": memcached has none"
            default: ""
            }
        return "\(addon.name) has no page to open\(reason)."
    }

    /// `essential-0` of `heroku-postgresql:essential-0`.
    static func plan(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }
}
