import Glibc
import Posix
import Testing

@testable import Slugs

@Suite("The layer store")
struct LayerStoreTests {
    /// A scratch folder that goes with the test.
    final class Scratch {
        let path: String
        init() throws {
            var template = Array("/tmp/paas-slugs-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw PosixError.last("mkdtemp") }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        deinit { try? FileTree.remove(path) }

        func folder(_ name: String, _ files: [String: String]) throws -> String {
            for (file, text) in files {
                let full = "\(path)/\(name)/\(file)"
                if let slash = full.lastIndex(of: "/") { try FileTree.makeFolder(String(full[..<slash])) }
                try FileTree.write(Array(text.utf8), to: full)
            }
            return "\(path)/\(name)"
        }
    }

    let scratch: Scratch
    let store: LayerStore

    init() throws {
        scratch = try Scratch()
        store = LayerStore(folder: "\(scratch.path)/layers")
    }

    @Test("has a layer under its name after keeping it, and the folder has moved")
    func keep() throws {
        let source = try scratch.folder("new", ["lib/a.txt": "one"])
        let path = try store.keep("abc123", movingFrom: source)
        #expect(store.path(of: "abc123") == path)
        #expect(try FileTree.readText("\(path)/lib/a.txt") == "one")
        #expect(!FileTree.exists(source))
        #expect(store.names() == ["abc123"])
        #expect(store.path(of: "other") == nil)
    }

    @Test("keeps the first of two layers of one name and drops the second")
    func keepTwice() throws {
        let first = try store.keep("abc", movingFrom: try scratch.folder("one", ["a": "first"]))
        let again = try scratch.folder("two", ["a": "second"])
        #expect(try store.keep("abc", movingFrom: again) == first)
        #expect(try FileTree.readText("\(first)/a") == "first")
        #expect(!FileTree.exists(again))
    }

    @Test(
        "refuses names that could lead out of its folder", arguments: ["", ".", "..", "../x", "a/b", ".hidden", "a\0b"])
    func names(_ name: String) throws {
        let source = try scratch.folder("new", ["a": "one"])
        #expect(throws: InvalidLayerName.self) { try store.keep(name, movingFrom: source) }
        #expect(store.path(of: name) == nil)
        #expect(FileTree.exists(source))
    }

    @Test("measures a layer once: files with several names count once")
    func size() throws {
        let source = try scratch.folder("new", ["a": "12345", "b/c": "123"])
        #expect(link("\(source)/a", "\(source)/d") == 0)
        #expect(symlink("/usr", "\(source)/e") == 0)
        let path = try store.keep("abc", movingFrom: source)
        #expect(store.size(of: "abc") == 8)
        try FileTree.write(Array("more".utf8), to: "\(path)/f")
        #expect(store.size(of: "abc") == 8)
        #expect(store.size(of: "absent") == 0)
    }

    @Test("collects what no release needs, and what a crash left half removed")
    func collect() throws {
        for name in ["old", "needed"] { _ = try store.keep(name, movingFrom: try scratch.folder("x", ["a": name])) }
        _ = store.size(of: "old")
        let half = try scratch.folder("layers/.dead-older", ["a": "half"])
        #expect(store.names() == ["old", "needed"])
        try store.collect(keeping: ["needed", "unknown"])
        #expect(store.names() == ["needed"])
        #expect(!FileTree.exists(half))
        #expect(!FileTree.exists("\(scratch.path)/layers/.size/old"))
    }

    @Test("is an empty store before its folder is there")
    func absent() throws {
        #expect(store.names() == [])
        try store.collect(keeping: [])
        #expect(store.size(of: "abc") == 0)
    }

    @Test(
        "shows sizes as Heroku does",
        arguments: [
            (0, "0K"), (1023, "1K"), (831_488, "812K"), (1 << 20, "1.0M"), (59_454_259, "56.7M"),
            (604_607_283, "576.6M"),
        ]
    )
    func format(_ bytes: Int, _ text: String) { #expect(SlugSize.format(Int64(bytes)) == text) }

    @Test("judges a slug above the limit by its compressed size")
    func compressed() throws {
        let path = try store.keep(
            "abc", movingFrom: try scratch.folder("new", ["a": String(repeating: "x", count: 300_000)]))
        let sum = store.size(of: "abc")
        #expect(sum == 300_000)
        #expect(try SlugSize.measured(layers: [path], sum: sum, limit: 400_000) == 300_000)
        let packed = try SlugSize.measured(layers: [path], sum: sum, limit: 200_000)
        #expect((500..<20_000).contains(packed))
    }
}
