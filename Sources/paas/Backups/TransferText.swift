import APISchema

/// A transfer as people read it. Source: platform-api.md §3, heroku-cli.md §14.3.
extension TransferResource {
    /// `b001`
    var name: String {
        let letter =
            if fromType == "pg_dump" { toType == "pg_restore" ? "c" : schedule == nil ? "b" : "a" } else { "r" }
        let digits = "\(num)"
        return letter + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    var isBackup: Bool { fromType == "pg_dump" && toType == "gof3r" }
    var isRestore: Bool { fromType == "gof3r" }
    var isCopy: Bool { fromType == "pg_dump" && toType == "pg_restore" }

    /// `Completed 2026-01-02 03:04:05 +0000`
    var status: String {
        if let canceledAt { return "Canceled \(Self.time(canceledAt))" }
        guard let finishedAt else { return "Running" }
        return succeeded == true ? "Completed \(Self.time(finishedAt))" : "Failed \(Self.time(finishedAt))"
    }

    /// `2026-01-02 03:04:05 +0000`
    static func time(_ text: String) -> String { text.replacing("T", with: " ").replacing("Z", with: " +0000") }

    var size: String {
        let value = Double(sourceBytes)
        if value < 1000 { return "\(sourceBytes)B" }
        for (unit, scale) in [("KB", 1024.0), ("MB", 1_048_576.0)] where value / scale < 1000 {
            return "\(Self.hundredths(value / scale))\(unit)"
        }
        return "\(Self.hundredths(value / 1_073_741_824))GB"
    }

    private static func hundredths(_ value: Double) -> String {
        let whole = Int((value * 100).rounded())
        let rest = whole % 100
        return "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
