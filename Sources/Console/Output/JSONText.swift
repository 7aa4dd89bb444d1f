/// Lays out JSON for reading, without changing what it says or its order.
package enum JSONText {
    /// Two blanks a level, as `JSON.stringify(x, null, 2)` writes it.
    package static func indented(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        var depth = 0
        var index = 0
        func newline() { output += [0x0A] + [UInt8](repeating: 0x20, count: depth * 2) }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let end = endOfString(bytes, from: index)
                output += bytes[index..<end]
                index = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                if let next = nextVisible(bytes, after: index), bytes[next] == byte + 2 {
                    output.append(byte + 2)
                    index = next
                } else {
                    depth += 1
                    newline()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                newline()
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                newline()
            case UInt8(ascii: ":"):
                output += [byte, 0x20]
            case 0x20, 0x0A, 0x0D, 0x09:
                break
            default:
                output.append(byte)
            }
            index += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    private static func nextVisible(_ bytes: [UInt8], after index: Int) -> Int? {
        bytes.indices.dropFirst(index + 1).first { ![0x20, 0x0A, 0x0D, 0x09].contains(bytes[$0]) }
    }
}
