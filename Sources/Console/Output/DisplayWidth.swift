extension String {
    /// The text with blanks behind it up to `width` columns.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - displayWidth))
    }

    /// Columns on a terminal, without colour sequences; wide East Asian characters and emoji count two.
    package var displayWidth: Int {
        guard utf8.contains(where: { $0 == 0x1B || $0 >= 0x80 }) else { return utf8.count }
        var width = 0
        for character in Style.plain(self) {
            guard let scalar = character.unicodeScalars.first else { continue }
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF:
                width += 2
            default:
                width += 1
            }
        }
        return width
    }
}
