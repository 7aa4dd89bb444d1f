import APISchema
import Console
import Posix

/// What git tells a receive hook. Source: githooks(5), git-receive-pack(1) "Quarantine environment".
enum HookInput {
    /// A push names few refs; more than this is no push.
    private static let limitBytes = 1 << 22

    static let brokenOff = [
        "The platform stopped during the push. Nothing was released; what ran before still runs.",
        "Push again; `paas doctor` tells whether something is wrong.",
    ]

    static func readAll() throws -> String {
        var bytes: [UInt8] = []
        while true {
            let part = try StandardStream.read(0, atMost: 65_536)
            if part.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += part
            guard bytes.count <= limitBytes else { throw Failure("This push names too many refs.") }
        }
    }

    /// `OLD NEW REF` lines.
    static func updates(_ text: String) throws(Failure) -> [RefUpdate] {
        var updates: [RefUpdate] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3 else { throw Failure("git handed over a line that is no ref update: \(line)") }
            updates.append(RefUpdate(old: words[0], new: words[1], ref: words[2]))
        }
        return updates
    }

    /// Where the pushed objects are, absolute: the quarantine first, then what it builds on.
    static func objectDirectories() -> [String] {
        let alternates = Environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? ""
        var folders = [Environment.nonEmpty("GIT_QUARANTINE_PATH"), Environment.nonEmpty("GIT_OBJECT_DIRECTORY")]
            .compactMap(\.self)
        folders += alternates.split(separator: ":").map(String.init)
        var seen: Set<String> = []
        // Git runs the hook in the repository, which is there.
        let here = Environment.folder ?? "."
        return folders.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" }.filter { seen.insert($0).inserted }
    }

    /// Lines as the build output marks errors.
    static func complain(_ lines: [String]) {
        Terminal.standard.output.write(" !\n" + lines.map { " !     \($0)\n" }.joined() + " !\n")
    }
}
