import Model
import PlatformSupport
import TestSupport

/// One endpoint of v3 that the platform serves, and a call of it that succeeds.
struct Endpoint: Sendable, CustomStringConvertible {
    let method: String
    /// As the route has it: `apps/:app/releases/:release`.
    let path: String
    var body: String?
    var status = 200
    /// Whether the answer is a list that has something in it.
    var hasElements = false

    var description: String { "\(method) /\(path)" }

    /// The path of something that ``Stage/deployed(_:_:)`` has made.
    ///
    /// - Parameters:
    ///   - certificate: the name of one of the app's.
    ///   - attachment: the id of one of the app's, which is not the only one of its add-on.
    func concretePath(_ deployed: Stage.Deployed, certificate: String = "", attachment: String = "") -> String {
        let values = [
            ":app": deployed.app.name.text, ":release": "3", ":dyno": "web.1", ":type": "web", ":feature": "strict",
            ":size": "basic", ":slug": "\(deployed.slug.id)", ":build": "\(deployed.build.id)", ":stack": "heroku-24",
            ":region": "us", ":domain": Self.domain, ":endpoint": certificate,
            ":addon": "chest", ":attachment": attachment, ":service": "cabinet", ":plan": "cabinet:large",
        ]
        return "/" + path.split(separator: "/").map { values[String($0)] ?? String($0) }.joined(separator: "/")
    }

    /// An upload of a certificate; one that cannot be made fails the tests of its endpoints.
    private static let certificate = (try? TestCertificate.shop().upload) ?? "{}"

    /// A domain of the app that the endpoints are called on.
    static let domain = "www.shop.test"

    private init(
        _ method: String, _ path: String, _ body: String? = nil, status: Int = 200, hasElements: Bool = false
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.status = status
        self.hasElements = hasElements
    }

    /// What Heroku's CLI calls and the published schema does not have; tested one by one.
    static let unpublished: [Endpoint] = [
        Endpoint("GET", "accounts/:account/actions/get-quota"),
        Endpoint("GET", "client/v11/databases/:addon"), Endpoint("GET", "client/v11/databases/:addon/wait_status"),
        Endpoint("PUT", "client/v11/databases/:addon/reset"),
        Endpoint("POST", "client/v11/databases/:addon/transfers", status: 201),
        Endpoint("POST", "client/v11/databases/:addon/connection_reset"),
        Endpoint("POST", "client/v11/databases/:addon/backups", status: 201),
        Endpoint("POST", "client/v11/databases/:addon/restores", status: 201),
        Endpoint("GET", "client/v11/apps/:app/transfers"), Endpoint("GET", "client/v11/apps/:app/transfers/:transfer"),
        Endpoint("DELETE", "client/v11/apps/:app/transfers/:transfer"),
        Endpoint("POST", "client/v11/apps/:app/transfers/:transfer/actions/cancel"),
        Endpoint("POST", "client/v11/apps/:app/transfers/:transfer/actions/public-url"),
        Endpoint("POST", "postgres/v0/databases/:addon/credentials_rotation"),
        Endpoint("GET", "redis/v0/databases/:addon"), Endpoint("GET", "redis/v0/databases/:addon/wait"),
        Endpoint("GET", "redis/v0/databases/:addon/config"), Endpoint("PATCH", "redis/v0/databases/:addon/config"),
        Endpoint("POST", "redis/v0/databases/:addon/credentials_rotation"),
        Endpoint("GET", "client/v11/databases/:addon/transfer-schedules"),
        Endpoint("POST", "client/v11/databases/:addon/transfer-schedules", status: 201),
        Endpoint("DELETE", "client/v11/databases/:addon/transfer-schedules/:schedule"),
    ]

    /// What a provider of add-ons calls, and needs one; tested end to end.
    static let ofProviders: [Endpoint] = [
        Endpoint("POST", "oauth/token"), Endpoint("GET", "addons/:addon/config"),
        Endpoint("PATCH", "addons/:addon/config"), Endpoint("PUT", "addons/:addon/config"),
        Endpoint("POST", "addons/:addon/actions/provision"), Endpoint("POST", "addons/:addon/actions/deprovision"),
        Endpoint("GET", "addons/:addon/sso"), Endpoint("GET", "apps/:app/addons/:addon/sso"),
    ]

    static let all: [Endpoint] = [
        Endpoint("GET", "account"),
        Endpoint("GET", "apps", hasElements: true),
        Endpoint("POST", "apps", #"{"name":"newcomer"}"#, status: 201),
        Endpoint("GET", "apps/:app"),
        Endpoint("PATCH", "apps/:app", #"{"name":"renamed","maintenance":true}"#),
        Endpoint("DELETE", "apps/:app"),
        Endpoint("GET", "apps/:app/config-vars"),
        Endpoint("PATCH", "apps/:app/config-vars", #"{"GREETING":"hello","GONE":null}"#),
        Endpoint("GET", "apps/:app/releases/:release/config-vars"),
        Endpoint("GET", "apps/:app/releases", hasElements: true),
        Endpoint("GET", "apps/:app/releases/:release"),
        Endpoint("POST", "apps/:app/releases", #"{"release":"3"}"#, status: 201),
        Endpoint("GET", "apps/:app/slugs/:slug"),
        Endpoint("GET", "apps/:app/formation", hasElements: true),
        Endpoint("GET", "apps/:app/formation/:type"),
        Endpoint(
            "PATCH", "apps/:app/formation", #"{"updates":[{"type":"web","quantity":"+1","size":"Standard-1x"}]}"#,
            hasElements: true),
        Endpoint("PATCH", "apps/:app/formation/:type", #"{"quantity":2}"#),
        Endpoint("GET", "apps/:app/dynos", hasElements: true),
        Endpoint("POST", "apps/:app/dynos", #"{"command":"bash","attach":true}"#, status: 201),
        Endpoint("DELETE", "apps/:app/dynos", status: 202),
        Endpoint("GET", "apps/:app/dynos/:dyno"),
        Endpoint("DELETE", "apps/:app/dynos/:dyno", status: 202),
        Endpoint("POST", "apps/:app/dynos/:dyno/actions/stop", status: 202),
        Endpoint("DELETE", "apps/:app/formations/:type", status: 202),
        Endpoint("POST", "apps/:app/formations/:type/actions/stop", status: 202),
        Endpoint("POST", "apps/:app/log-sessions", #"{"lines":10,"dyno":"web.1"}"#, status: 201),
        Endpoint("GET", "apps/:app/features", hasElements: true),
        Endpoint("GET", "apps/:app/features/:feature"),
        Endpoint("PATCH", "apps/:app/features/:feature", #"{"enabled":true}"#),
        Endpoint("GET", "apps/:app/domains", hasElements: true),
        Endpoint("POST", "apps/:app/domains", #"{"hostname":"*.shop.test","sni_endpoint":null}"#, status: 201),
        Endpoint("GET", "apps/:app/domains/:domain"),
        Endpoint("PATCH", "apps/:app/domains/:domain", #"{"sni_endpoint":null}"#),
        Endpoint("DELETE", "apps/:app/domains/:domain"),
        Endpoint("GET", "apps/:app/sni-endpoints", hasElements: true),
        Endpoint("POST", "apps/:app/sni-endpoints", certificate, status: 201),
        Endpoint("GET", "apps/:app/sni-endpoints/:endpoint"),
        Endpoint("PATCH", "apps/:app/sni-endpoints/:endpoint", certificate),
        Endpoint("DELETE", "apps/:app/sni-endpoints/:endpoint"),
        Endpoint("POST", "apps/:app/acm", "{}"),
        Endpoint("PATCH", "apps/:app/acm"),
        Endpoint("DELETE", "apps/:app/acm"),
        Endpoint("GET", "apps/:app/builds", hasElements: true),
        Endpoint("GET", "apps/:app/builds/:build"),
        Endpoint("DELETE", "apps/:app/build-cache", status: 202),
        Endpoint(
            "PUT", "apps/:app/buildpack-installations", #"{"updates":[{"buildpack":"heroku/python"}]}"#,
            hasElements: true),
        Endpoint("GET", "apps/:app/buildpack-installations"),
        Endpoint("GET", "addons", hasElements: true),
        Endpoint("GET", "addons/:addon"),
        Endpoint("GET", "apps/:app/addons", hasElements: true),
        Endpoint("POST", "apps/:app/addons", #"{"plan":"cabinet:large","attachment":{"name":"SECOND"}}"#, status: 201),
        Endpoint("GET", "apps/:app/addons/:addon"),
        Endpoint("PATCH", "apps/:app/addons/:addon", #"{"plan":{"name":"cabinet:large"},"name":"wardrobe"}"#),
        Endpoint("DELETE", "apps/:app/addons/:addon"),
        Endpoint("POST", "actions/addons/resolve", #"{"addon":"CABINET_URL","app":"contract"}"#, hasElements: true),
        Endpoint("GET", "addon-attachments", hasElements: true),
        Endpoint("POST", "addon-attachments", #"{"addon":"chest","app":"contract","name":"AGAIN"}"#, status: 201),
        Endpoint("GET", "addon-attachments/:attachment"),
        Endpoint("DELETE", "addon-attachments/:attachment"),
        Endpoint("GET", "addons/:addon/addon-attachments", hasElements: true),
        Endpoint("GET", "apps/:app/addon-attachments", hasElements: true),
        Endpoint("GET", "apps/:app/addon-attachments/:attachment"),
        Endpoint(
            "POST", "actions/addon-attachments/resolve", #"{"addon_attachment":"CABINET","app":"contract"}"#,
            hasElements: true),
        Endpoint("GET", "addon-services", hasElements: true),
        Endpoint("GET", "addon-services/:service"),
        Endpoint("GET", "addon-services/:service/plans", hasElements: true),
        Endpoint("GET", "addon-services/:service/plans/:plan"),
        Endpoint("GET", "plans/:plan"),
        Endpoint("GET", "stacks", hasElements: true),
        Endpoint("GET", "stacks/:stack"),
        Endpoint("GET", "regions", hasElements: true),
        Endpoint("GET", "regions/:region"),
        Endpoint("GET", "dyno-sizes", hasElements: true),
        Endpoint("GET", "dyno-sizes/:size"),
    ]
}
