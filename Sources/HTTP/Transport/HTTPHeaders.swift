/// Header fields in order, as the transports' callers know them; names compare without case.
package typealias HTTPHeaders = HTTPFields

extension HTTPFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    /// Replaces every field of that name by one.
    package mutating func set(_ name: String, to value: String) { set(name, value) }

    /// Appends `Name: value` lines; control bytes in a value become spaces, so that no value can add a field.
    func write(to bytes: inout [UInt8]) {
        for field in list {
            bytes += field.name.utf8
            bytes += [Bytes.colon, Bytes.space]
            bytes += field.value.utf8.map { $0 < 0x20 && $0 != Bytes.tab ? Bytes.space : $0 }
            bytes += [Bytes.cr, Bytes.lf]
        }
    }
}
