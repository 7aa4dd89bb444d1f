import Console
import Posix

/// The authorities that the system's own programs trust, as Debian keeps them.
struct SystemStore {
    /// `/`, or what stands for it.
    private let root: String
    private let authority: LocalAuthority

    init(root: String, authority: LocalAuthority) {
        self.root = root.hasSuffix("/") ? root : root + "/"
        self.authority = authority
    }

    private var file: String { "\(root)usr/local/share/ca-certificates/\(authority.fileName)" }

    /// All authorities in one file.
    var bundle: String { "\(root)etc/ssl/certs/ca-certificates.crt" }

    var isKnown: Bool { FileTree.exists(file) }

    private static let folders = (Environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
    private var tool: String? { Subprocess.find("update-ca-certificates", path: Self.folders) }
    var hasTool: Bool { tool != nil }

    var additions: [[String]] { [["install", "-D", "-m", "644", authority.path, file], update] }
    var removals: [[String]] { [["rm", "-f", file], update + ["--fresh"]] }

    private var update: [String] {
        guard root != "/" else { return ["update-ca-certificates"] }
        return [
            "update-ca-certificates", "--localcertsdir", "\(root)usr/local/share/ca-certificates", "--etccertsdir",
            "\(root)etc/ssl/certs", "--hooksdir", "\(root)etc/ca-certificates/update.d",
        ]
    }

    /// Runs the steps as root; through sudo where this is somebody else, who is asked for a password only when
    /// somebody is there.
    ///
    /// - Throws: ``Failure`` with what stood in the way.
    func run(_ steps: [[String]], _ terminal: Terminal) throws {
        if root != "/" {
            for folder in ["etc/ssl/certs", "etc/ca-certificates/update.d"] {
                try FileTree.makeFolder(root + folder, mode: 0o755)
            }
        }
        for step in steps {
            var words = step
            if let path = Subprocess.find(words[0], path: Self.folders) { words[0] = path }
            if root == "/", Environment.userID != 0 {
                guard let sudo = MachineProgram.path(of: "sudo") else {
                    throw Failure("Only root may change the system's store, and sudo is not installed.")
                }
                words = [sudo] + (terminal.canAsk ? [] : ["-n"]) + words
            }
            try Self.run(words, asks: terminal.canAsk && root == "/" && Environment.userID != 0)
        }
    }

    private static func run(_ words: [String], asks: Bool) throws {
        if asks {
            // sudo asks for the password on the terminal itself.
            let process = try Subprocess.start(
                words[0], arguments: Array(words.dropFirst()), environment: Environment.all, descriptors: [0, 2, 2])
            guard try Subprocess.wait(process).isSuccess else {
                throw Failure("\(words.joined(separator: " ")) failed.")
            }
            return
        }
        let run = try Subprocess.capture(
            words[0], arguments: Array(words.dropFirst()), environment: Environment.all)
        guard run.end.isSuccess else {
            let said = String(decoding: run.errors.suffix(300), as: UTF8.self)
            throw Failure("\(words.joined(separator: " ")) failed: \(said.isEmpty ? "it does not say why" : said)")
        }
    }
}
