internal import APISchema
internal import Model
internal import Platform

extension AppResource {
    init(_ app: App, account: Account, slug: Slug?, platform: Platform) {
        let stack = NamedReference.stack
        self.init(
            buildpackProvidedDescription: slug?.buildpackName, buildStack: stack, createdAt: app.createdAt.iso8601,
            generation: .cedar, gitURL: platform.repositoryPath(of: app), id: "\(app.id)",
            maintenance: app.maintenance, name: app.name.text, owner: AccountReference(account), region: .local,
            releasedAt: app.releasedAt?.iso8601, repoSize: platform.repositoryBytes(of: app),
            slugSize: slug?.sizeBytes, stack: stack, updatedAt: app.updatedAt.iso8601,
            webURL: platform.settings.webURL(app.name))
    }
}

extension AccountReference {
    init(_ account: Account) { self.init(id: "\(account.id)", email: account.email) }
}

extension NamedReference {
    init(_ app: App) { self.init(id: "\(app.id)", name: app.name.text) }

    // Fixed resources have fixed ids, so that clients may remember them.
    static let stack = NamedReference(id: "6a1b5c9e-24aa-4f0e-9c4b-0d3c1f5e2400", name: "heroku-24")
    static let cedar = NamedReference(id: "6a1b5c9e-24aa-4f0e-9c4b-0d3c1f5e2401", name: "cedar")
    static let local = NamedReference(id: "6a1b5c9e-24aa-4f0e-9c4b-0d3c1f5e2402", name: "us")
}
