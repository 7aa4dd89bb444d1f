/// Writes a build's text in the form of Heroku's buildpacks. Source: buildpack-api.md §1.4.
package struct BuildOutput: Sendable {
    private let write: @Sendable ([UInt8]) async -> Void
    private let secrets: Secrets

    /// - Parameter line: receives each finished line, without its newline.
    package init(_ line: @Sendable @escaping ([UInt8]) async -> Void) {
        write = line
        secrets = Secrets()
    }

    init(_ other: BuildOutput, hiding secrets: Secrets) {
        write = other.write
        self.secrets = secrets
    }

    /// A line as it is.
    package func raw(_ line: [UInt8]) async { await write(secrets.hidden(in: line)) }

    /// A line as it is.
    package func raw(_ text: String) async { await raw(Array(text.utf8)) }

    package func blank() async { await raw("") }

    /// `-----> Installing Python 3.13.0`
    package func step(_ text: String) async { await raw("-----> \(text)") }

    /// Text indented by seven spaces, line by line.
    package func body(_ text: String) async {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { await raw("       \(line)") }
    }

    /// A program's line indented by seven spaces. Of a progress bar that redraws itself, the last state is shown.
    package func body(_ line: [UInt8]) async {
        let carriageReturn = UInt8(ascii: "\r")
        var shown = line[...]
        while shown.last == carriageReturn { shown = shown.dropLast() }
        if let last = shown.lastIndex(of: carriageReturn) { shown = shown[(last + 1)...] }
        await raw(Array("       ".utf8) + shown)
    }

    /// ` !     Push failed`
    package func failure(_ text: String) async {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            await raw(line.isEmpty ? " !" : " !     \(line)")
        }
    }

    /// A block in red, with an empty line before and after.
    func error(_ text: String) async { await block(text, colour: 31) }

    /// A block in yellow.
    func warning(_ text: String) async { await block(text, colour: 33) }

    private func block(_ text: String, colour: Int) async {
        await blank()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            await raw("\u{1B}[1;\(colour)m !     \(line)\u{1B}[0m")
        }
        await blank()
    }
}
