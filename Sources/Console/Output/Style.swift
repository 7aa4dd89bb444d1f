/// How a piece of text looks on a terminal with colours. Source: heroku-cli.md §1.4.
package enum Style: Sendable, Hashable {
    case bold, dim
    case red, green, yellow, blue, magenta, cyan, teal, orange, pink, grey
    case brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan
    case app, addon, name, success, failure, warning, info, user, inactive

    var codes: String {
        switch self {
        case .bold: "1"
        case .dim: "2"
        case .red: "31"
        case .green: "32"
        case .yellow: "33"
        case .blue: "34"
        case .magenta: "35"
        case .cyan: "36"
        case .teal, .info: "38;5;43"
        case .orange, .warning: "38;5;214"
        case .pink, .name: "38;5;212"
        case .grey: "90"
        case .brightRed: "91"
        case .brightGreen: "92"
        case .brightYellow: "93"
        case .brightBlue: "94"
        case .brightMagenta: "95"
        case .brightCyan: "96"
        case .app: "38;5;147"
        case .addon: "38;5;185"
        case .success: "38;5;40"
        case .failure: "38;2;255;135;135"
        case .user: "38;2;80;211;213"
        case .inactive: "38;5;248"
        }
    }

    /// The text between this style's sequence and the one that ends it.
    package func applied(to text: String) -> String {
        text.isEmpty ? text : "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }

    /// The text without colour sequences.
    package static func plain(_ text: String) -> String {
        guard text.utf8.contains(0x1B) else { return text }
        var bytes: [UInt8] = []
        var isInside = false
        for byte in text.utf8 {
            if isInside {
                if (0x40...0x7E).contains(byte), byte != UInt8(ascii: "[") { isInside = false }
            } else if byte == 0x1B {
                isInside = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
