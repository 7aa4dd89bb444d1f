import APISchema
import Console

/// The buildpacks of an app in order, and how commands change them. Source: heroku-cli.md §10.
struct BuildpackList: Equatable {
    /// Names where they have one, else URLs.
    private(set) var names: [String]

    init(_ installations: [BuildpackInstallationResource]) {
        names = installations.sorted { $0.ordinal < $1.ordinal }.map(\.buildpack.name)
    }

    init(names: [String]) { self.names = names }

    /// One name as it is; several with their number in front.
    var lines: [String] {
        names.count == 1 ? names : names.enumerated().map { "\($0.offset + 1). \($0.element)" }
    }

    mutating func set(_ name: String, at index: Int?) throws(Failure) {
        try checkAbsent(name)
        let position = (index ?? 1) - 1
        if position < names.count { names[position] = name } else { names.append(name) }
    }

    mutating func add(_ name: String, at index: Int?) throws(Failure) {
        try checkAbsent(name)
        let position = index.map { $0 - 1 } ?? names.count
        names.insert(name, at: min(position, names.count))
    }

    mutating func remove(_ name: String?, at index: Int?, app: String) throws(Failure) {
        guard !names.isEmpty else {
            throw Failure("No buildpacks were found. Next release on \(app) will detect buildpack normally.")
        }
        if let index {
            guard index <= names.count else {
                throw Failure(
                    names.count == 1
                        ? "Invalid index. Only valid value is 1."
                        : "Invalid index. Please choose a value between 1 and \(names.count)")
            }
            names.remove(at: index - 1)
        } else if let position = names.firstIndex(where: { Self.same($0, name ?? "") }) {
            names.remove(at: position)
        } else {
            throw Failure("Buildpack not found. Nothing was removed.")
        }
    }

    private func checkAbsent(_ name: String) throws(Failure) {
        guard !names.contains(where: { Self.same($0, name) }) else {
            throw Failure("The buildpack \(name) is already set on your app.")
        }
    }

    /// `heroku/python` and `urn:buildpack:heroku/python` are one.
    private static func same(_ left: String, _ right: String) -> Bool { bare(left) == bare(right) }

    private static func bare(_ name: String) -> String {
        let prefix = "urn:buildpack:"
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}
