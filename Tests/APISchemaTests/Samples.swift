import APISchema

/// One value of each resource, with as much `null` in it as it can have.
enum Samples {
    static let id = "01234567-89ab-cdef-0123-456789abcdef"
    static let time = "2026-01-02T03:04:05Z"
    static let named = NamedReference(id: id, name: "example")
    static let person = AccountReference(id: id, email: "me@localhost")

    static let app = AppResource(
        buildStack: named, createdAt: time, generation: named, gitURL: "/home/me/git/1.git", id: id, maintenance: false,
        name: "example", owner: person, region: named, stack: named, updatedAt: time,
        webURL: "http://example.localhost:8080/")

    /// By the resource's name in the schema.
    static let all: [(resource: String, value: any Encodable & Sendable)] = [
        ("account", AccountResource(createdAt: time, email: "me@localhost", id: id, updatedAt: time)),
        ("app", app),
        (
            "build",
            BuildResource(
                app: Reference(id: id), createdAt: time, id: id, outputStreamURL: "http://localhost/x",
                sourceBlob: SourceBlob(url: "git:", version: "1a2b"), stack: "paas", status: "succeeded",
                updatedAt: time, user: person)
        ),
        (
            "buildpack-installation",
            BuildpackInstallationResource(
                ordinal: 0, buildpack: BuildpackReference(url: "urn:buildpack:heroku/python", name: "heroku/python"))
        ),
        (
            "dyno",
            DynoResource(
                command: "bash", createdAt: time, id: id, name: "run.1", release: ReleaseReference(id: id, version: 1),
                app: named, size: "Basic", state: "up", type: "run", updatedAt: time)
        ),
        (
            "dyno-size",
            DynoSizeResource(
                architecture: "amd64", compute: 1, dedicated: false, preciseDynoUnits: 0.28, generation: named, id: id,
                memory: 0.5, name: "Basic")
        ),
        (
            "formation",
            FormationResource(
                app: named, command: "npm start", createdAt: time, dynoSize: named, id: id, quantity: 1, size: "Basic",
                type: "web", updatedAt: time)
        ),
        (
            "release",
            ReleaseResource(
                artifacts: [Artifact(type: "slug", id: id)], app: named, createdAt: time,
                description: "Deploy 1a2b3c4d",
                id: id, updatedAt: time, status: "succeeded", user: person, version: 3, current: true,
                eligibleForRollback: true)
        ),
        (
            "slug",
            SlugResource(
                blob: SlugBlob(method: "GET", url: "http://localhost/x"), createdAt: time, id: id,
                processTypes: ["web": "npm start"], stack: named, updatedAt: time)
        ),
        (
            "log-session",
            LogSessionResource(createdAt: time, id: id, logplexURL: "http://localhost/x", updatedAt: time)
        ),
        (
            "app-feature",
            AppFeatureResource(
                createdAt: time, description: "What it does", docURL: "", enabled: true, id: id, name: "strict",
                state: "general", updatedAt: time, displayName: "Strict", feedbackEmail: "")
        ),
        (
            "stack",
            StackResource(isDefault: true, createdAt: time, id: id, name: "paas", state: "public", updatedAt: time)
        ),
        (
            "region",
            RegionResource(
                country: "Here", createdAt: time, description: "This machine", id: id, locale: "localhost", name: "us",
                provider: RegionProvider(name: "localhost", region: "us-east-1"), updatedAt: time)
        ),
    ]
}
