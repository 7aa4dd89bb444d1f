/// Sizes as Heroku's CLI writes them: units of 1024, rounded to whole numbers.
enum ByteText {
    static func text(_ bytes: Int64) -> String {
        var value = Double(max(0, bytes))
        for unit in ["B", "KB", "MB", "GB"] {
            if value < 1023.5 { return "\(Int(value.rounded())) \(unit)" }
            value /= 1024
        }
        return "\(Int(value.rounded())) TB"
    }
}
