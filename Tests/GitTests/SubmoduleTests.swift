import Glibc
import Model
import Posix
import Testing

@testable import Git

@Suite("A submodule", .timeLimit(.minutes(2)))
struct SubmoduleTests {
    @Test("is an empty folder of the export and is listed with its url and commit")
    func listed() throws {
        let workshop = try Workshop()
        let commit = String(repeating: "ab", count: 20)
        let modules = """
            # what it needs
            [submodule "some \\"lib\\""]
            \tpath = vendor/lib
            \turl = "https://example.com/a#b.git" ; comment
            [submodule "other"]
              URL=../other.git
              path = other # where it is
            """
        let tree = try workshop.tree([
            ("100644", ".gitmodules", try workshop.blob(modules)), ("160000", "other", commit),
            ("160000", "unknown", commit), ("40000", "vendor", try workshop.tree([("160000", "lib", commit)])),
        ])
        let (folder, export) = try workshop.export(workshop.commit(tree: tree))
        #expect(try FileTree.names(in: folder + "/vendor/lib") == [])
        #expect(
            export.submodules == [
                Submodule(path: "other", url: "../other.git", commit: commit),
                Submodule(path: "unknown", url: "", commit: commit),
                Submodule(path: "vendor/lib", url: "https://example.com/a#b.git", commit: commit),
            ])
    }

    @Test("is fetched over the network and written like any tree")
    func fetched() throws {
        let workshop = try Workshop()
        try workshop.write("library", to: "lib.txt")
        let commit = try workshop.commit()
        _ = try workshop.commit()
        let server = try GitServer(serving: workshop)
        let folder = workshop.path + "/export/vendor/lib"
        try FileTree.makeFolder(folder)
        let submodule = Submodule(path: "vendor/lib", url: "git://127.0.0.1:\(server.port)/clone", commit: commit)
        let export = try workshop.store.fetchSubmodule(submodule, into: folder)
        #expect(export.files == 1)
        #expect(try FileTree.readText(folder + "/lib.txt") == "library")

        let missing = Submodule(path: "vendor/lib", url: submodule.url, commit: String(repeating: "1", count: 40))
        let error = try #require(throws: SubmoduleError.self) {
            try workshop.store.fetchSubmodule(missing, into: folder)
        }
        #expect(
            error == .failed(path: "vendor/lib", url: submodule.url, message: "there is no commit \(missing.commit)"))
        #expect(try FileTree.names(in: workshop.store.folder).filter { $0.hasSuffix(".tmp") } == [])
    }

    @Test("whose server is not there gives git's own words")
    func unreachable() throws {
        let workshop = try Workshop()
        let port: UInt16
        do { port = try TCPSocket.localPort(of: TCPSocket.listen(address: "127.0.0.1", port: 0)) }
        let submodule = Submodule(
            path: "lib", url: "git://127.0.0.1:\(port)/x", commit: String(repeating: "1", count: 40))
        let error = try #require(throws: SubmoduleError.self) {
            try workshop.store.fetchSubmodule(submodule, into: workshop.path + "/out")
        }
        #expect(error.explanation.why.contains("Connection refused"))
    }

    @Test(
        "is refused when its url is no network address",
        arguments: [
            "/etc", "file:///etc", "ext::sh -c id", "-oProxyCommand=id", "--upload-pack=id", "C:\\x", "a\nb:c",
            "./x/../y",
            "fd::17", "ftp://example.com/x", "transport::address",
        ])
    func forbidden(url: String) throws {
        let workshop = try Workshop()
        let submodule = Submodule(path: "lib", url: url, commit: String(repeating: "1", count: 40))
        let error = try #require(throws: SubmoduleError.self) {
            try workshop.store.fetchSubmodule(submodule, into: workshop.path + "/out")
        }
        #expect(error == .forbiddenURL(path: "lib", url: url) || error == .relativeURL(path: "lib", url: url))
    }
}

/// git's own server on a free port of the loopback address, for what stands in a workshop.
final class GitServer: Sendable {
    let port: UInt16
    private let process: Int32
    /// Stays open, so that the server can go on talking.
    private let output: Pipe

    init(serving workshop: Workshop) throws {
        do { port = try TCPSocket.localPort(of: TCPSocket.listen(address: "127.0.0.1", port: 0)) }
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        var pipe = try Pipe()
        let program = try workshop.git("--exec-path") + "/git-daemon"
        process = try Subprocess.start(
            program,
            arguments: [
                "--verbose", "--export-all", "--base-path=\(workshop.path)", "--listen=127.0.0.1", "--port=\(port)",
                "--reuseaddr", workshop.path,
            ], environment: workshop.environment, descriptors: [null.raw, null.raw, pipe.write.raw])
        pipe.closeWriting()
        var said = ""
        while !said.contains("Ready") {
            let part = try pipe.read.read(atMost: 4096)
            guard !part.isEmpty else { throw Workshop.Failure(arguments: ["daemon"], message: said) }
            said += String(decoding: part, as: UTF8.self)
        }
        output = pipe
    }

    deinit {
        kill(process, SIGTERM)
        _ = try? Subprocess.wait(process)  // It has ended or it never was.
    }
}
