import Console
import Posix

/// Where the keeper shows what processes say. Belongs to its thread.
final class KeeperOutput {
    private let output = Terminal.standard.output
    private let errors = Terminal.standard.errors
    /// Whether nobody can read it any more: the reader of a pipe, or the terminal, has gone.
    private(set) var isCutOff = false

    func lines(_ lines: [[UInt8]], of prefix: ProcessPrefix) {
        let time = time
        write(lines.flatMap { prefix.lines($0, at: time, hasColours: output.hasColours) }, to: output)
    }

    /// Good ends go with the output, bad ones to standard error, as on Heroku. Where that prints "null" for a code
    /// other than 0, this prints the code.
    func ending(_ end: Subprocess.End, of prefix: ProcessPrefix) {
        switch end {
        case .code(0): ending("Exited Successfully", .cyan, of: prefix, to: output)
        case .code(let code): ending("Exited with exit code \(code)", .red, of: prefix, to: errors)
        case .signal(let number):
            ending("Exited with exit code \(Signals.name(of: number))", .red, of: prefix, to: errors)
        }
    }

    func done(_ text: String) { remark("[DONE] \(text)", .cyan, to: output) }
    func warn(_ text: String) { remark("[WARN] \(text)", .yellow, to: errors) }
    func fail(_ text: String) { remark("[FAIL] \(text)", .brightRed, to: errors) }

    private func ending(_ text: String, _ style: Style, of prefix: ProcessPrefix, to stream: Console.Stream) {
        write(Array(prefix.ending(text, style, at: time, hasColours: stream.hasColours).utf8), to: stream)
    }

    private func remark(_ text: String, _ style: Style, to stream: Console.Stream) {
        write(Array((stream.styled(text, style) + "\n").utf8), to: stream)
    }

    private func write(_ bytes: [UInt8], to stream: Console.Stream) {
        guard !bytes.isEmpty, !isCutOff else { return }
        do {
            try StandardStream.write(bytes, to: stream.descriptor)
        } catch {
            isCutOff = true
        }
    }

    private var time: String {
        let (hour, minute, second) = Moment.timeOfDay
        return ClockText.text(hour: hour, minute: minute, second: second)
    }
}
