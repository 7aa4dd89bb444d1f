/// A number made of a text that is the same in every process, which `hashValue` is not (FNV-1a, 64 bits).
///
/// For names and for spreading; who may choose the text may choose the number.
package func stableHash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
