internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The documents that a query finds, by their rows, and how well they fit.
typealias Hits = [Int64: Double]

extension Hits {
    func multiplied(by boost: Double) -> Hits { boost == 1 ? self : mapValues { $0 * boost } }
}

/// How many documents have a field, and how many values; kept as long as nothing is written.
final class FieldStatistics: Sendable {
    struct Count: Sendable {
        var documents: Double
        var values: Double
    }
    private struct Key: Hashable {
        var index: Int64
        var field: Int
    }
    private let known = Mutex<[Key: (sequence: Int64, count: Count)]>([:])

    func count(of field: Field, in index: Index, _ look: () throws -> Count) rethrows -> Count {
        let key = Key(index: index.number, field: field.number)
        if let entry = known.withLock({ $0[key] }), entry.sequence == index.nextSequence { return entry.count }
        let count = try look()
        known.withLock { known in
            // Of indexes that are gone, too.
            if known.count > 10_000 { known = [:] }
            known[key] = (index.nextSequence, count)
        }
        return count
    }
}

/// How Elasticsearch scores: Okapi BM25 with k1 = 1.2 and b = 0.75, each field by itself.
enum BM25 {
    private static let k1 = 1.2

    /// How rare a word is that `found` of `all` documents have.
    static func rarity(_ found: Double, of all: Double) -> Double { log1p((all - found + 0.5) / (found + 0.5)) }

    /// How rare FTS5 takes it to be; its `bm25()` is the negative product with that, for one phrase.
    static func rarityOfFTS5(_ found: Double, of all: Double) -> Double {
        let rarity = log((all - found + 0.5) / (found + 0.5))
        return rarity <= 0 ? 1e-6 : rarity
    }

    /// What one occurrence is worth in a field whose values are not taken apart, in documents with so many values.
    static func weight(average: Double) -> Double { (k1 + 1) / (1 + k1 * (0.25 + 0.75 / max(average, 1))) }
}
