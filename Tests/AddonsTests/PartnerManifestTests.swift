import Model
import Testing

@testable import Addons

@Suite("An add-on's manifest")
struct PartnerManifestTests {
    static let full = """
        {
          "id": "my-addon", "name": "My Add-on",
          "api": {
            "config_vars_prefix": "MYADDON", "config_vars": ["MYADDON_URL", "MYADDON_KEY"], "password": "secret-word",
            "sso_salt": "salt-of-it", "regions": ["us", "eu"], "requires": ["many_per_app"],
            "production": {"base_url": "https://my.example.com/heroku/resources", "sso_url": "https://my.example.com/sso"},
            "test": {"base_url": "http://localhost:4567/heroku/resources/", "sso_url": "http://localhost:4567/sso/login"},
            "version": "3"
          }
        }
        """

    private func manifest(_ text: String, isProduction: Bool = false) throws -> PartnerManifest {
        try PartnerManifest(Array(text.utf8), isProduction: isProduction)
    }

    @Test("as Heroku's plugin makes it is understood: the test URLs count unless the others are asked for")
    func whole() throws {
        let test = try manifest(Self.full)
        #expect(test.baseURL == "http://localhost:4567/heroku/resources")
        #expect(test.signOn?.address.text == "http://localhost:4567/sso/login" && test.signOn?.method == .post)
        #expect(try manifest(Self.full, isProduction: true).baseURL == "https://my.example.com/heroku/resources")
        let service = test.service
        #expect(service.name == "my-addon" && service.humanName == "My Add-on" && service.attachmentName == "MYADDON")
        #expect(service.allowsSeveral && !service.allowsSharing)
        // Plans are in Heroku's partner portal: any will do, and test is the first.
        #expect(service.plans.map(\.name) == ["test"] && service.plan("premium")?.name == "premium")
        #expect(service.plan("No Plan") == nil)
        #expect(test.clientSecret == "secret-word")
    }

    @Test("may be as short as the API needs it, and as old as kensa made them")
    func others() throws {
        let short = try manifest(
            #"{"id":"tiny","api":{"password":"p","config_vars":["TINY_URL"],"base_url":"http://127.0.0.1:99/r"}}"#)
        #expect(short.baseURL == "http://127.0.0.1:99/r" && short.signOn == nil && short.service.humanName == "tiny")
        let old = try manifest(
            """
            {"id":"old","plans":[{"id":"basic","name":"Basic"}],"api":{"password":"p","sso_salt":"s",
             "config_vars":["OLD_URL"],"test":"http://localhost:4567/"}}
            """)
        #expect(old.baseURL == "http://localhost:4567/heroku/resources")
        #expect(old.signOn?.method == .get && old.signOn?.address.text == old.baseURL)
        #expect(old.service.plans.map(\.name) == ["basic"] && old.service.plan("premium") == nil)
    }

    @Test(
        "is refused with the field that is wrong, and nothing of its secrets",
        arguments: [
            ("[]", "it is no JSON object"), ("{}", "api is missing"),
            (Self.full.replacing("my-addon", with: "My Addon"), "id has to begin with a letter"),
            (Self.full.replacing("\"password\"", with: "\"pass\""), "api.password is missing"),
            (Self.full.replacing("\"sso_salt\"", with: "\"salt\""), "api.sso_salt is missing"),
            (Self.full.replacing("\"config_vars\"", with: "\"vars\""), "api.config_vars is missing"),
            (Self.full.replacing("MYADDON_KEY", with: "OTHER_KEY"), "which does not begin with MYADDON_"),
            (Self.full.replacing("\"base_url\"", with: "\"url\""), "api.test.base_url is missing"),
            (Self.full.replacing("http://localhost:4567", with: "ftp://localhost"), "is no http or https URL"),
            (Self.full.replacing("localhost:4567", with: "example.com"), "has to begin with https://"),
            (Self.full.replacing("\"version\": \"3\"", with: "\"version\": \"1\""), "api.version has to be \"3\""),
        ])
    func refused(_ text: String, _ reason: String) throws {
        let error = #expect(throws: ManifestError.self) { _ = try manifest(text) }
        let sentence = error?.explanation.sentence ?? ""
        #expect(sentence.contains(reason), "\(sentence)")
        #expect(!sentence.contains("secret-word") && !sentence.contains("salt-of-it"))
    }

    @Test("says which config vars its provider may set")
    func values() throws {
        let manifest = try manifest(Self.full)
        #expect(try manifest.values(["MYADDON_URL": "x", "MYADDON_KEY": nil]) == ["URL": "x", "KEY": nil])
        #expect(manifest.configVar("URL") == "MYADDON_URL" && manifest.configVar("") == "MYADDON")
        for name in ["DATABASE_URL", "MYADDON_OTHER", "MYADDONX", ""] {
            let error = #expect(throws: PartnerError.self) { _ = try manifest.values([name: "x"]) }
            #expect(error?.hasMadeNothing == false)
            #expect(error?.explanation.sentence.contains("has MYADDON_URL, MYADDON_KEY in api.config_vars") == true)
        }
    }

    @Test("proves who signs on as Heroku's Dev Center works it out")
    func signOn() throws {
        let salt = "2f97bfa52ca102f8874716e2eb1d3b4920ad0be4"
        let manifest = try manifest(Self.full.replacing("salt-of-it", with: salt))
        let time = Timestamp(microseconds: 1_267_597_772_000_000)
        let id = try #require(AddonID("01234567-89ab-4def-8123-456789abcdef"))
        let addon = Addon(
            id: id, app: AppID(), name: "my-addon-round-1", service: "my-addon", plan: "test",
            memory: ["provider": "123"], createdAt: time, updatedAt: time)
        let visitor = PartnerSignOn.Visitor(id: "u-1", email: "me@example.com", app: "shop")
        let signOn = try PartnerSignOn(addon, manifest, try #require(manifest.signOn), visitor, at: time)
        #expect(signOn.method == "post" && signOn.action == "http://localhost:4567/sso/login")
        // The example of the article.
        #expect(signOn.parameters["token"] == "bb466eb1d6bc345d11072c3cd25c311f21be130d")
        #expect(signOn.parameters["resource_id"] == "\(id)" && signOn.parameters["id"] == "123")
        // printf '%s' "$id:$salt:1267597772" | sha1sum, and with ":u-1:me@example.com" | sha256sum.
        #expect(signOn.parameters["resource_token"] == "3567f3d370e5a9ee959159fd039f8925916246b8")
        #expect(
            signOn.parameters["user_scoped_resource_token"]
                == "68785a6f2749a7ae8f5d2088aa9655cc283793c8d01480341fef625272019b47")
        #expect(signOn.parameters["timestamp"] == "1267597772" && signOn.parameters["email"] == "me@example.com")
    }

    @Test(
        "has URLs that are taken apart, or are none",
        arguments: [
            ("http://localhost:4567", "http://localhost:4567/"),
            ("https://Example.com:443/a/b/", "https://example.com/a/b"),
            ("http://[::1]:80/x", "http://[::1]/x"), ("http://user@host/", nil), ("http://host/?q", nil),
            ("http:///x", nil), ("host:80", nil), ("http://host:99999/", nil), ("http://ho st/", nil),
        ] as [(String, String?)])
    func addresses(_ text: String, _ expected: String?) { #expect(WebAddress(text)?.text == expected) }
}
