package import Model
internal import Store

extension Platform {
    /// One change that `ps:scale` or `ps:type` asks for.
    package struct FormationChange: Sendable {
        package enum Quantity: Sendable, Equatable {
            case exactly(Int)
            case by(Int)
        }

        package var type: String
        package var quantity: Quantity?
        package var size: String?

        package init(type: String, quantity: Quantity?, size: String?) {
            self.type = type
            self.quantity = quantity
            self.size = size
        }
    }

    package func formation(of app: App) async throws -> [FormationEntry] {
        try await machines.store.read { try $0.formation(of: app.id) }.sorted { $0.type < $1.type }
    }

    /// Changes all of `updates` or, when one of them cannot be, none. Dynos whose size changes are replaced: the new ones
    /// answer before the old ones go, and where they don't come up, sizes stay as they were.
    ///
    /// - Returns: the changed entries, in the order asked for.
    package func scale(_ app: App, _ updates: [FormationChange]) async throws -> [FormationEntry] {
        try await changes.take(app.id) {
            let actor = try await actor()
            let now = machines.time.now()
            let rules = SizeRules(app)
            let before = try await formation(of: app)
            let changed = try await machines.store.write { transaction in
                let changed = try updates.map { update in
                    guard let type = ProcessType(update.type),
                        var entry = try transaction.formation(of: app.id).first(where: { $0.type == type })
                    else { throw PlatformError.noSuchProcessType(update.type) }
                    let before = entry
                    try entry.apply(update, rules)
                    entry.updatedAt = now
                    try transaction.upsert(entry)
                    try transaction.record(
                        Event(
                            time: now, actor: actor, app: app.id, resource: "formation", resourceID: "\(entry.id)",
                            action: "update", before: before.summary, after: entry.summary))
                    return entry
                }
                try rules.check(try transaction.formation(of: app.id), changed: Set(changed.map(\.type)))
                return changed
            }
            if !changed.isEmpty {
                await say("Scaled to \(changed.map(\.summary).joined(separator: " ")) by user \(actor)", in: app.id)
            }
            do { try await reconciler.scale(app.id, to: try await formation(of: app)) } catch let failure as BootFailure
            {
                try await keepSizes(of: before, in: app)
                throw PlatformError.resizeFailed(app.name, reason: failure.reason)
            }
            return changed
        }
    }

    /// Puts the sizes of `before` back; quantities stay as they are.
    private func keepSizes(of before: [FormationEntry], in app: App) async throws {
        let sizes = Dictionary(before.map { ($0.type, $0.size) }, uniquingKeysWith: { $1 })
        let now = machines.time.now()
        try await machines.store.write { transaction in
            for var entry in try transaction.formation(of: app.id) {
                guard let size = sizes[entry.type], size != entry.size else { continue }
                entry.size = size
                entry.updatedAt = now
                try transaction.upsert(entry)
            }
        }
        try await reconciler.scale(app.id, to: try await formation(of: app))
    }
}

extension FormationEntry {
    /// `web@2:Basic`, as the log has it.
    var summary: String { "\(type)@\(quantity):\(size.name)" }

    fileprivate mutating func apply(_ change: Platform.FormationChange, _ rules: SizeRules) throws {
        switch change.quantity {
        case .exactly(let count): quantity = count
        case .by(let difference): quantity = max(0, quantity + difference)
        case nil: break
        }
        guard (0...100).contains(quantity) else { throw PlatformError.badQuantity("\(quantity)") }
        if let name = change.size { size = try rules.size(name) }
    }
}
