/// What a pack remembers of its last build of this app; lost with the cache, and only good for what is printed.
struct PackState {
    private let file: String
    private var values: [String: String] = [:]

    init(_ pack: String, _ cache: WorkTree) {
        file = "\(pack)/state"
        for line in (cache.readText(file) ?? "").split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
    }

    subscript(key: String) -> String? { values[key] }

    func save(_ values: [String: String], to cache: WorkTree) throws {
        guard values != self.values else { return }
        try cache.write(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined(), to: file)
    }
}
