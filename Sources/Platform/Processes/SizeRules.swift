internal import Model

/// What Heroku refuses about sizes; here only for an app with the feature `strict`. Source: heroku-platform.md §4.
struct SizeRules {
    let isStrict: Bool

    init(_ app: App) { isStrict = app.has(.strict) }

    func size(_ name: String) throws(PlatformError) -> DynoSize {
        guard let size = DynoSize.named(name), !isStrict || !DynoSize.isRetired(name) else {
            throw .unknownSize(name)
        }
        return size
    }

    /// - Parameter changed: the entries of the formation that are new.
    func check(_ formation: [FormationEntry], changed: Set<ProcessType>) throws(PlatformError) {
        guard isStrict else { return }
        for entry in formation where changed.contains(entry.type) && entry.quantity > entry.size.mostPerType {
            throw .tooMany(entry.size)
        }
        let families = Set(formation.map(\.size.family))
        guard families.count > 1, let first = formation.first(where: { changed.contains($0.type) }),
            let other = formation.first(where: { $0.size.family != first.size.family })
        else { return }
        throw .mixedSizes(first.size, other.size, other.type)
    }
}
