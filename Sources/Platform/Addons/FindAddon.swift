internal import Addons
package import Model
internal import Store

extension Platform {
    package var addonServices: [AddonService] { machines.addons.services }

    /// The service of that name, or of one of the other names it has.
    package func addonService(_ name: String) throws -> AddonService {
        guard let provider = machines.addons.provider(of: name) else {
            throw AddonError.noSuchService(name, there: addonServices.map(\.name))
        }
        return provider.service
    }

    /// What `addons:open` shows of an add-on whose service has something to show.
    package func page(of addon: Addon) -> String? { machines.addons.provider(of: addon.service)?.page(of: addon) }

    /// The add-ons that belong to an app, by name.
    package func addons(of app: App) async throws -> [Addon] {
        try await machines.store.read { try $0.addons(of: app.id) }
    }

    package func allAddons() async throws -> [Addon] { try await machines.store.read { try $0.allAddons() } }

    package func attachments(in app: App) async throws -> [AddonAttachment] {
        try await machines.store.read { try $0.attachments(in: app.id) }
    }

    package func attachments(of addon: Addon) async throws -> [AddonAttachment] {
        try await machines.store.read { try $0.attachments(of: addon.id) }
    }

    package func allAttachments() async throws -> [AddonAttachment] {
        try await machines.store.read { try $0.allAttachments() }
    }

    package func addon(_ id: AddonID) async throws -> Addon? { try await machines.store.read { try $0.addon(id) } }

    /// Every add-on that a text may mean: an add-on's id or name, `APP::ATTACHMENT`, or, in an app, an attachment's name
    /// or the name of a service.
    ///
    /// - Parameter service: others are left out.
    package func addons(meant text: String, in app: App?, service: String? = nil) async throws -> [Addon] {
        let wanted = try service.map { try addonService($0).name }
        let named = machines.addons.provider(of: text.lowercased())?.service.name
        return try await machines.store.read { transaction in
            func isWanted(_ addon: Addon) -> Bool { wanted == nil || addon.service == wanted }
            if let id = AddonID(text) { return try [transaction.addon(id)].compactMap(\.self).filter(isWanted) }
            if let addon = try transaction.addon(named: text.lowercased()), isWanted(addon) { return [addon] }
            var (place, name) = (app, text)
            if let range = text.firstRange(of: "::") {
                guard let appName = try? AppName(String(text[..<range.lowerBound])) else { return [] }
                place = try transaction.app(named: appName)
                name = String(text[range.upperBound...])
            }
            guard let place else { return [] }
            let attachments = try transaction.attachments(in: place.id)
            let exact = AddonName.attachment(name)
            if let one = attachments.first(where: { $0.name == exact }) {
                return try [transaction.addon(one.addon)].compactMap(\.self).filter(isWanted)
            }
            let attached = try attachments.compactMap { try transaction.addon($0.addon) }.filter(isWanted)
            if let named { return unique(attached.filter { $0.service == named }) }
            // `RED` for `HEROKU_POSTGRESQL_RED`, as the tutorials have it.
            let short = attachments.filter { $0.name.hasSuffix("_\(exact)") }
            return unique(try short.compactMap { try transaction.addon($0.addon) }.filter(isWanted))
        }
    }

    /// The one add-on that a text means.
    ///
    /// - Throws: ``AddonError/noSuchAddon(_:)`` or ``AddonError/ambiguous(_:_:)``.
    package func addon(_ text: String, in app: App?, service: String? = nil) async throws -> Addon {
        let found = try await addons(meant: text, in: app, service: service)
        guard let addon = found.first else { throw AddonError.noSuchAddon(text) }
        guard found.count == 1 else { throw AddonError.ambiguous(text, found.map(\.name)) }
        return addon
    }

    /// Every attachment that a text may mean: its id, its name in the app or behind `APP::`, or what
    /// ``addons(meant:in:service:)`` knows of an add-on that is attached there.
    ///
    /// - Throws: ``AddonError/noSuchAttachment(_:)``
    package func attachments(
        meant text: String, in app: App?, service: String? = nil
    ) async throws -> [AddonAttachment] {
        if let id = AttachmentID(text), let one = try await machines.store.read({ try $0.attachment(id) }) {
            return [one]
        }
        let found = try await addons(meant: text, in: app, service: service)
        let name = AddonName.attachment(text.split(separator: ":").last.map(String.init) ?? text)
        var all: [AddonAttachment] = []
        for addon in found { all += try await attachments(of: addon) }
        let named = all.filter { $0.name == name || $0.name.hasSuffix("_\(name)") }
        let here = (named.isEmpty ? all : named).filter { app == nil || text.contains("::") || $0.app == app?.id }
        guard !here.isEmpty else { throw AddonError.noSuchAttachment(text) }
        return here
    }

    /// - Parameter text: an attachment's id, or its name in the app.
    package func attachment(_ text: String, in app: App?) async throws -> AddonAttachment {
        let found = try await machines.store.read { transaction -> AddonAttachment? in
            if let id = AttachmentID(text) { return try transaction.attachment(id) }
            guard let app else { return nil }
            return try transaction.attachment(named: AddonName.attachment(text), in: app.id)
        }
        guard let found else { throw AddonError.noSuchAttachment(text) }
        return found
    }
}

/// Each once, in their order.
private func unique(_ addons: [Addon]) -> [Addon] {
    var seen: Set<AddonID> = []
    return addons.filter { seen.insert($0.id).inserted }
}
