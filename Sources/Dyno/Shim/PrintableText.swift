extension String {
    /// Without what a terminal would obey and a log could not keep in one line: an app chooses the names of its files
    /// and programs.
    var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : $0 }))
    }
}
