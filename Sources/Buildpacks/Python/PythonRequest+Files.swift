extension PythonRequest {
    /// Why a version file could not be understood; the text is what the person reads.
    struct Unclear: Error, Equatable { var text: String }

    /// What the app's files ask for: `runtime.txt`, then `.python-version`, then `Pipfile.lock`.
    ///
    /// - Returns: `nil` when they ask for nothing.
    static func read(from tree: WorkTree, isStrict: Bool) throws(Unclear) -> PythonRequest? {
        if let bytes = tree.read("runtime.txt", limit: 4_096) { return try runtimeText(bytes, isStrict: isStrict) }
        if let bytes = tree.read(".python-version", limit: 4_096) { return try pythonVersion(bytes) }
        if let bytes = tree.read("Pipfile.lock"), let lock = JSON(bytes) {
            let requires = lock["_meta"]?["requires"]
            for key in ["python_full_version", "python_version"] {
                guard let text = requires?[key]?.text else { continue }
                guard let request = PythonRequest(text, source: "Pipfile.lock") else {
                    throw Unclear(
                        text: "Error: Invalid Python version in Pipfile.lock.\n\nThe \(key) is not X.Y or X.Y.Z.")
                }
                return request
            }
        }
        return nil
    }

    private static func runtimeText(_ bytes: [UInt8], isStrict: Bool) throws(Unclear) -> PythonRequest {
        let content = try text(bytes, "runtime.txt").trimming(\.isWhitespace)
        // People copy `Python-3.11.4`, `python 3.11.4` and `3.11.4` from elsewhere; the meaning is plain.
        var version = content
        if version.lowercased().hasPrefix("python") { version = version.dropFirst(6) }
        if !isStrict {
            version = version.trimming { "- =".contains($0) }
        } else if version.first == "-" {
            version = version.dropFirst()
        }
        let isExactForm = content.hasPrefix("python-")
        guard isExactForm || !isStrict, let request = PythonRequest(version, source: "runtime.txt") else {
            throw Unclear(
                text: """
                    Error: Invalid Python version in runtime.txt.

                    The Python version specified in your runtime.txt file isn't
                    in the correct format. Use for example:
                    python-3.13
                    """)
        }
        return request
    }

    private static func pythonVersion(_ bytes: [UInt8]) throws(Unclear) -> PythonRequest {
        let entries = try text(bytes, ".python-version").split(whereSeparator: \.isNewline)
            .map { ($0.split(separator: "#", omittingEmptySubsequences: false).first ?? "").trimming(\.isWhitespace) }
            .filter { !$0.isEmpty }
        guard let first = entries.first else {
            throw Unclear(
                text: """
                    Error: Invalid Python version in .python-version.

                    No Python version was found in your .python-version file.
                    Write a version into it, for example: 3.13
                    """)
        }
        guard entries.count == 1 else {
            throw Unclear(
                text: """
                    Error: Multiple Python versions found in .python-version.

                    \(entries.joined(separator: "\n"))

                    Keep the one that the app needs.
                    """)
        }
        let version = first.hasPrefix("python-") ? first.dropFirst(7) : first
        guard let request = PythonRequest(version, source: ".python-version") else {
            throw Unclear(
                text: """
                    Error: Invalid Python version in .python-version.

                    The Python version specified in your .python-version file
                    isn't in the correct format. Found: \(printable(first))
                    Use X.Y or X.Y.Z, for example: 3.13
                    """)
        }
        return request
    }

    private static func text(_ bytes: [UInt8], _ file: String) throws(Unclear) -> Substring {
        do {
            return Substring(try SourceText(bytes).text)
        } catch {
            throw Unclear(text: "Error: Couldn't read \(file).\n\nByte \(error.offset) is not UTF-8 text.")
        }
    }

    private static func printable(_ text: Substring) -> String {
        String(text.prefix(60).filter { $0.isLetter || $0.isNumber || $0.isPunctuation || $0 == " " })
    }
}
