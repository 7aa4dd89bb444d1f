import Glibc
import Model
import Posix
import Testing

@testable import Store

@Suite("The database file")
struct MigrationTests {
    let scratch: ScratchFolder
    var path: String { scratch.path + "/platform.db" }

    init() throws { scratch = try ScratchFolder() }

    @Test("keeps everything over a restart, and is readable by its owner alone")
    func reopen() async throws {
        let app = try Samples.app("webchecker")
        let store = try Store(path: path)
        try await store.write { try $0.insert(app) }
        for name in try FileTree.names(in: scratch.path) {
            var info = stat()
            #expect(stat("\(scratch.path)/\(name)", &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600, "\(name)")
        }
        // Not closed: as after a crash of the daemon.
        let second = try Store(path: path)
        #expect(try await second.read { try $0.apps() } == [app])
        await store.close()
        await second.close()
    }

    @Test("is refused untouched when it knows a newer schema, with a message that says so")
    func newer() async throws {
        do {
            let connection = try Connection(path: path)
            try connection.migrate(path: path)
            try connection.run("INSERT INTO migrations VALUES ('999-tomorrow')")
        }
        let before = try FileTree.read(path)
        let error = try #require(throws: StoreError.self) { try Store(path: path) }
        #expect(error == .newerSchema(path: path, migrations: ["999-tomorrow"]))
        #expect(error.explanation.what == "Couldn't open the platform's database")
        #expect(try FileTree.read(path) == before)
    }

    @Test("runs each missing migration once, after a copy of the file has been made")
    func migrates() throws {
        let next = Migration(name: "002-test", script: "CREATE TABLE extra (x INTEGER) STRICT")
        let connection = try Connection(path: path)
        try connection.migrate(path: path)
        #expect(try FileTree.names(in: scratch.path) == ["platform.db"])
        try connection.run("INSERT INTO settings VALUES ('port', '8080')")
        try connection.migrate(path: path, migrations: Migration.all + [next])
        try connection.migrate(path: path, migrations: Migration.all + [next])
        let copy = try Connection(path: path + ".before-002-test")
        #expect(try copy.row("SELECT value FROM settings") { $0.text(0) } == "8080")
        #expect(try copy.row("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'") { $0.int(0) } == 0)
        var info = stat()
        #expect(stat(path + ".before-002-test", &info) == 0 && info.st_mode & 0o777 == 0o600)
    }

    @Test("stays as it was when a migration fails")
    func failedMigration() throws {
        let bad = Migration(
            name: "002-bad", script: "CREATE TABLE extra (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)")
        let connection = try Connection(path: path)
        try connection.migrate(path: path)
        #expect(throws: StoreError.self) { try connection.migrate(path: path, migrations: Migration.all + [bad]) }
        #expect(try connection.row("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'") { $0.int(0) } == 0)
        try connection.migrate(path: path)
    }

    @Test("is no database: the error says what SQLite found")
    func garbage() throws {
        try FileTree.write(Array(repeating: UInt8(ascii: "x"), count: 4096), to: path)
        let error = try #require(throws: StoreError.self) { try Store(path: path) }
        #expect(error.explanation.why == "SQLite says: file is not a database (26).")
    }
}
