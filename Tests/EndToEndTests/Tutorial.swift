import Posix
import TestSupport
import Testing

/// The shell blocks of a page, typed one after the other as its reader types them.
struct Tutorial {
    private let platform: TestPlatform
    private var blocks: ArraySlice<String>

    /// - Parameter changes: what this reader types instead, for ports that are somebody else's here.
    init(_ page: String, on platform: TestPlatform, changes: [String: String]) async throws {
        self.platform = platform
        let text = try FileTree.readText(Repository.path(page))
        blocks =
            text.matches(of: /(?ms)^```sh\n(.*?)^```/).map { match in
                changes.reduce(String(match.1)) { $0.replacing($1.key, with: $1.value) }
            }[...]
        // Where the reader stands: at first in the repository, then wherever the last block led.
        try await platform.shell("echo \"$1\" > place", Repository.root).orThrow()
    }

    var isOver: Bool { blocks.isEmpty }

    /// Types the next block, which has to be the one with this in it, up to its end.
    @discardableResult
    mutating func type(_ mark: String) async throws -> Outcome {
        try await platform.run(script(try next(mark))).orThrow()
    }

    /// Types the next block, and leaves it running, as in a terminal of its own.
    mutating func start(_ mark: String) throws -> RunningCommand {
        try platform.command(script(try next(mark))).start()
    }

    private mutating func next(_ mark: String) throws -> String {
        let first = blocks.popFirst()
        let block = try #require(first, "the page ends before \"\(mark)\"")
        try #require(block.contains(mark), "the next block of the page is not \"\(mark)\" but\n\(block)")
        return block
    }

    private func script(_ block: String) -> [String] {
        let place = "\"$PAAS_TEST_ROOT/place\""
        // Python says nothing through a pipe before it ends, unless it is told to.
        return ["bash", "-euc", "export PYTHONUNBUFFERED=1\ncd \"$(cat \(place))\"\n\(block)pwd > \(place)\n"]
    }
}

extension RunningCommand {
    /// Ctrl-C, and waits until that has ended it.
    func interrupt() async throws {
        signal(Signals.interrupt)
        _ = try await ends()
    }
}

extension TestApp {
    /// An app of what lies in a folder of `Examples`.
    init(example: String, on platform: TestPlatform) async throws {
        try await self.init(example, on: platform, files: [:])
        try await platform.shell("cp -R \"$1\"/. .", Repository.path("Examples/\(example)"), in: folder).orThrow()
        try await commit([:], "What the tutorial begins with")
    }

    /// Posts what these words tell curl to.
    /// - Returns: the status.
    func post(_ path: String, _ words: [String]) async throws -> String {
        let url = "http://127.0.0.1:\(platform.port)\(path)"
        let curl = ["curl", "-sS", "--max-time", "60", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: \(host)"]
        return try await platform.run(curl + words + [url]).orThrow().output
    }
}
