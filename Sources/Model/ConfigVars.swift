/// An app's config vars. Prints as `[redacted]`, so that no value reaches a log by accident.
package struct ConfigVars: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    private var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    package subscript(key: String) -> String? { values[key] }
    package var keys: [String] { values.keys.sorted() }
    /// Every pair, for the places that hand the values on: dynos, builds, the API.
    package var revealed: [String: String] { values }
    package var isEmpty: Bool { values.isEmpty }
    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }

    /// The most that all keys and values of an app may add up to, in bytes. Source: "Configuration and Config Vars".
    package static let limitBytes = 65_536

    /// These vars after `changes`; `nil` for a key removes it.
    ///
    /// - Throws: ``InvalidConfigVar`` for a key that is no shell name or is reserved, a value with a NUL, or more than
    ///   ``limitBytes`` altogether; nothing is changed then.
    package func applying(_ changes: [String: String?]) throws(InvalidConfigVar) -> ConfigVars {
        var result = values
        for (key, value) in changes {
            guard let value else {
                result[key] = nil
                continue
            }
            guard Self.isName(key) else { throw .badKey(key) }
            guard !key.hasPrefix("__"), !key.hasPrefix("HEROKU_") else { throw .reserved(key) }
            guard !value.utf8.contains(0) else { throw .nulByte(key) }
            result[key] = value
        }
        let changed = ConfigVars(result)
        // Whoever takes something away makes it better.
        if changed.size > size { try changed.requireSize() }
        return changed
    }

    private var size: Int { values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } }

    /// - Throws: ``InvalidConfigVar/tooLarge(bytes:)`` for more than ``limitBytes`` altogether.
    package func requireSize() throws(InvalidConfigVar) {
        guard size <= Self.limitBytes else { throw .tooLarge(bytes: size) }
    }

    /// Without `keys`, and with these values of add-ons, whose names may begin with `HEROKU_`.
    package func replacing(_ keys: [String], with added: [String: String]) -> ConfigVars {
        var result = values
        for key in keys { result[key] = nil }
        return ConfigVars(result.merging(added) { $1 })
    }

    private static func isName(_ key: String) -> Bool {
        guard let first = key.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// Why a config var was refused.
package enum InvalidConfigVar: Explained {
    case badKey(String)
    case reserved(String)
    case nulByte(String)
    case tooLarge(bytes: Int)

    package var explanation: Explanation {
        switch self {
        case .badKey(let key):
            Explanation(
                "Couldn't set \(key)",
                because: "A config var's name has letters, digits and underscores, and doesn't start with a digit.",
                mend: ["paas config:set MY_NAME=value"])
        case .reserved(let key):
            Explanation(
                "Couldn't set \(key)", because: "Names that start with __ or HEROKU_ belong to the platform.",
                mend: ["Choose a name with another beginning"])
        case .nulByte(let key):
            Explanation(
                "Couldn't set \(key)", because: "Its value has a NUL byte, which no environment can hold.",
                mend: ["Encode binary values, for example with base64"])
        case .tooLarge(let bytes):
            Explanation(
                "Couldn't set config vars",
                because: "All names and values together would take \(bytes) bytes, the limit is"
                    + " \(ConfigVars.limitBytes).",
                mend: ["Keep large data in a file of the app or in a database"])
        }
    }
}
