internal import Posix

/// Names that nobody has given, and the time.
enum Identifiers {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".unicodeScalars)

    /// As long as Elasticsearch's own.
    static func random() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<20 { text.append(letters[Int.random(in: letters.indices)]) }
        return String(text)
    }

    /// Milliseconds since 1970.
    static func now() -> Int64 { Moment.realtimeMicroseconds / 1000 }
}
