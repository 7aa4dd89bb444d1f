internal import APISchema
internal import Model
internal import Platform

extension AppResource {
    init(_ app: App, account: Account, slug: Slug?, platform: Platform) {
        let stack = NamedReference.stack
        self.init(
            acm: app.hasAutomaticCertificates, buildpackProvidedDescription: slug?.buildpackName, buildStack: stack,
            createdAt: app.createdAt.iso8601,
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
}
