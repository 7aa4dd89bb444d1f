/// Finds the name that somebody meant.
package enum NearName {
    /// - Returns: the one of `names` that differs from `name` by the fewest slips of the keyboard, at most a quarter of
    ///   its letters; `nil` when none is near.
    package static func of(_ name: String, among names: some Sequence<String>) -> String? {
        names.map { (name: $0, distance: distance($0.lowercased(), name.lowercased())) }
            .filter { $0.distance <= max(1, name.count / 4) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
            .name
    }

    /// How many letters to insert, drop, change or swap with their neighbour.
    package static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { rows[i][0] = i }
        for j in 0...b.count { rows[0][j] = j }
        for i in 1...a.count {
            for j in 1...b.count {
                let change = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[a.count][b.count]
    }
}
