/// What Package.swift declares, read from its text: a test run may not start the package manager a second time.
struct Manifest {
    struct Target {
        enum Kind: String { case room, program, cModule, tests }

        let kind: Kind
        let name: String
        let path: String
        let dependencies: Set<String>
    }

    let targets: [Target]

    static func read() throws -> Manifest {
        let text = try SourceTree.text(of: "Package.swift")
        let starts = text.matches(of: /(room|program|tests|\.target|\.systemLibrary)\(\s*(?:name: )?"([\w-]+)"/)
        let ends = starts.dropFirst().map(\.range.lowerBound) + [text.endIndex]
        return Manifest(
            targets: zip(starts, ends).map { start, end in
                let rest = text[start.range.upperBound..<end]
                let name = String(start.2)
                let kind = Target.Kind(rawValue: String(start.1)) ?? .cModule
                let folder = kind == .tests ? "Tests" : "Sources"
                return Target(
                    kind: kind, name: name,
                    path: rest.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) } ?? "\(folder)/\(name)",
                    dependencies: dependencies(in: rest))
            })
    }

    /// The names in the first list of a declaration.
    private static func dependencies(in text: Substring) -> Set<String> {
        guard let list = text.prefixMatch(of: /,\s*(?:dependencies: )?\[([^\]]*)\]/) else { return [] }
        return Set(list.1.matches(of: /"([^"]+)"/).map { String($0.1) })
    }

    subscript(name: String) -> Target? { targets.first { $0.name == name } }

    /// Everything that ends up in a program, itself included.
    func closure(of name: String) -> Set<String> {
        var found: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            if found.insert(next).inserted { waiting += self[next]?.dependencies ?? [] }
        }
        return found
    }
}
