import Model
import Testing

@testable import Buildpacks

@Suite("A Procfile")
struct ProcfileTests {
    func parse(_ text: String) throws -> [String] {
        try Procfile.parse(Array(text.utf8)).map { "\($0.0)=\($0.1)" }
    }

    @Test(
        "names process types and their commands",
        arguments: [
            ("web: gunicorn app:app\nworker: python worker.py\n", ["web=gunicorn app:app", "worker=python worker.py"]),
            ("web:python app.py", ["web=python app.py"]),
            (
                "  web :  a b  \n\n# comment\nrelease: ./migrate && echo \"x: y\"",
                ["web=a b", "release=./migrate && echo \"x: y\""]
            ),
            ("web: a\r\nworker: b\r\n", ["web=a", "worker=b"]),
            ("web: a\rworker: b", ["web=a", "worker=b"]),
            ("\u{FEFF}web: a\n", ["web=a"]),
            ("web:\u{A0}a\u{A0}\n", ["web=a"]),
            ("web: a\nother: b\nweb: c\n", ["web=c", "other=b"]),
            ("", []), ("\n\n", []), ("this is no line\n", []), ("web:\nworker: b\n", ["worker=b"]),
            ("w\u{E9}b: a\nmy_type-2: b\n", ["my_type-2=b"]),
            ("web: echo h\u{E9}llo\n", ["web=echo h\u{E9}llo"]),
            (String(repeating: "x", count: 129) + ": a\n", []),
        ])
    func lines(_ text: String, _ expected: [String]) throws { #expect(try parse(text) == expected) }

    @Test("is read in UTF-16, with and without a mark", arguments: [true, false], [true, false])
    func utf16(isBigEndian: Bool, hasMark: Bool) throws {
        let units = Array(((hasMark ? "\u{FEFF}" : "") + "web: python app.py\r\n").utf16)
        let bytes = units.flatMap { unit in
            let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return isBigEndian ? pair : pair.reversed()
        }
        #expect(try Procfile.parse(bytes).map { "\($0.0)=\($0.1)" } == ["web=python app.py"])
    }

    @Test("that is no text names the byte and the line")
    func invalid() throws {
        let error = try #require(throws: ProcfileError.self) {
            try Procfile.parse(Array("web: a\nx: ".utf8) + [0xE9, 0x20])
        }
        #expect(error.offset == 10 && error.byte == 0xE9 && error.line == 2)
        #expect(error.explanation.why == "Byte 10 (0xE9, in line 2) is not UTF-8 text.")
        #expect(throws: ProcfileError.self) { try Procfile.parse([0x77, 0, 0x3A]) }
    }

    @Test("has remarks on lines that say nothing")
    func remarks() throws {
        let reading = try Procfile.read(Array("web: a\nw b: c\nplain\nweb: d\nworker:\nx: \u{7}\n".utf8))
        #expect(
            reading.remarks == [
                "line 2 has the byte 0x20 in its process type and was ignored; a type has letters, digits, - and _",
                "line 3 is not \"TYPE: COMMAND\" and was ignored", "line 4 replaces an earlier line for web",
                "line 5 has no command for worker and was ignored", "line 6 has the control byte 0x07 and was ignored",
            ])
    }

    @Test("of any bytes is read or refused, and what is read is valid")
    func fuzz() throws {
        var random = SplitMix(state: 0x5EED)
        let pieces: [[UInt8]] = [
            "web", ":", " ", "\n", "\r\n", "worker: x", "#", "\u{FEFF}", "é", "\u{0}", "-", "_", "\t",
        ].map { Array($0.utf8) }
        for _ in 0..<5_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                bytes +=
                    Bool.random(using: &random)
                    ? pieces.randomElement(using: &random) ?? [] : [UInt8.random(in: 0...255, using: &random)]
            }
            do {
                let entries = try Procfile.parse(bytes)
                #expect(Set(entries.map(\.0)).count == entries.count, "\(bytes)")
                for (_, command) in entries {
                    #expect(!command.isEmpty && !command.utf8.contains(0x0A) && !command.utf8.contains(0), "\(bytes)")
                }
            } catch {
                #expect(bytes.indices.contains(error.offset) && bytes[error.offset] == error.byte, "\(bytes)")
            }
        }
    }

    @Test("under nearly the right name is read with a hint, and not at all when strict")
    func nearName() async throws {
        let bench = try Workbench(["requirements.txt": "", "Procfile.txt": "web: python app.py", "app.py": ""])
        let product = try await bench.build()
        #expect(product.processTypes == [.web: "python app.py"])
        #expect(bench.text.contains("git mv Procfile.txt Procfile"))
        let strict = try Workbench(["requirements.txt": "", "Procfile.txt": "web: python app.py", "app.py": ""])
        #expect(try await strict.build(strict.request(isStrict: true)).processTypes == [:])
    }

    @Test("that runs a script which isn't there is told the near name")
    func nearScript() async throws {
        let bench = try Workbench([
            "requirements.txt": "", "Procfile": "web: python ap.py\nworker: gunicorn mian:app\n", "app.py": "",
            "main.py": "",
        ])
        try await bench.build()
        #expect(bench.lines.contains(" !     Procfile: web runs ap.py, which is not in the commit."), "\(bench.text)")
        #expect(bench.lines.contains(" !       Did you mean app.py?"))
        #expect(bench.lines.contains(" !       Did you mean main.py?"))
    }
}

/// Sebastiano Vigna's splitmix64: the same numbers each time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("A .slugignore")
struct SlugIgnoreTests {
    @Test(
        "matches as .gitignore does, without negation",
        arguments: [
            ("*.log", "a/b.log", false, true), ("*.log", "a/b.logs", false, false), ("/docs", "docs", true, true),
            ("/docs", "a/docs", true, false), ("docs/", "docs", true, true), ("docs/", "docs", false, false),
            ("docs", "a/docs", true, true),
            ("a/*.txt", "a/b.txt", false, true), ("a/*.txt", "a/b/c.txt", false, false),
            ("**/tmp", "a/b/tmp", true, true),
            ("a/**/z", "a/z", true, true), ("a/**/z", "a/b/c/z", true, true), ("a/**", "a/b", false, true),
            ("a/**", "a", true, false),
            ("file?.txt", "file1.txt", false, true), ("[abc].txt", "b.txt", false, true),
            ("[!abc].txt", "b.txt", false, false),
            ("[a-c]x", "bx", false, true), ("!keep", "keep", false, false), ("\\*", "*", false, true),
            ("\\*", "a", false, false),
            ("*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false),
        ])
    func matches(_ pattern: String, _ path: String, _ isFolder: Bool, _ expected: Bool) {
        #expect(SlugIgnore(pattern).matches(path, isFolder: isFolder) == expected)
    }

    @Test("deletes before detection, and says how many")
    func deletes() async throws {
        let bench = try Workbench([
            "package.json": "{}", "requirements.txt": "", "docs/a.md": "a", "docs/b/c.md": "b",
            ".slugignore": "package.json\n# comment\ndocs/\n!x\n",
        ])
        let product = try await bench.build()
        #expect(product.buildpackName == "Python")
        #expect(bench.lines.contains("-----> Deleting 2 files matching .slugignore patterns."))
        #expect(bench.text.contains(".slugignore has no negation; !x was ignored."))
        #expect(WorkTree(root: bench.tree).names(in: "") == [".profile.d", ".slugignore", "requirements.txt"])
    }
}

@Suite("A digest")
struct DigestTests {
    @Test(
        "is SHA-256",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func vectors(_ text: String, _ hex: String) {
        var digest = Digest()
        digest.feed(Array(text.utf8))
        #expect(digest.hex == hex)
    }

    @Test(
        "with a key is HMAC",
        arguments: [
            (
                "Jefe", "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                String(repeating: "k", count: 100), "text",
                "5964a5c58b736800917a8e85cf03892e9ab8a997a15175b1d876119624a9b699"
            ),
        ])
    func codes(_ key: String, _ text: String, _ hex: String) {
        #expect(Digest.code(of: text, key: key).hex == hex)
    }

    @Test("of a million letters fed in pieces is the same")
    func long() {
        var digest = Digest()
        for _ in 0..<1_000 { digest.feed([UInt8](repeating: UInt8(ascii: "a"), count: 1_000)) }
        #expect(digest.hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("tells lists of parts apart")
    func parts() { #expect(Digest(of: ["ab", "c"]).hex != Digest(of: ["a", "bc"]).hex) }
}
