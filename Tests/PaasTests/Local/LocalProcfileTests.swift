import Testing

@testable import paas

@Suite("A Procfile for paas local")
struct LocalProcfileTests {
    @Test("has a process type and its command a line, in their order")
    func lines() throws {
        let procfile = try LocalProcfile(
            parsing: "web: bin/web -p $PORT # not a comment\r\n\n# clock: x\n  # y: z\nmy-worker_2:a:b \n----\n")
        #expect(procfile.types == ["web", "my-worker_2"])
        #expect(procfile["web"] == "bin/web -p $PORT # not a comment")
        #expect(procfile["my-worker_2"] == "a:b")
    }

    @Test("has a type once, with the command that stands last")
    func repeated() throws {
        let procfile = try LocalProcfile(parsing: "web: a\nworker: b\nweb: c")
        #expect(procfile.types == ["web", "worker"])
        #expect(procfile["web"] == "c")
    }

    @Test(
        "is refused with the number and the text of a line that is none",
        arguments: [("web: a\nworker b", 2, "worker b"), ("web:", 1, "web:"), ("my worker: x", 1, "my worker: x")])
    func badLine(text: String, number: Int, line: String) throws {
        let failure = try #require(throws: (any Error).self) { _ = try LocalProcfile(parsing: text) }
        #expect("\(failure)".contains("line \(number) parse error: \(line)"))
    }

    @Test("is started whole but for the release phase, which belongs to a deploy")
    func all() throws {
        let procfile = try LocalProcfile(parsing: "release: a\nweb: b\nworker: c")
        #expect(StartList(allOf: procfile) == (try StartList(parsing: "web,worker")))
    }

    @Test("is started as far as it is named, so many of each; the last count of a type holds")
    func named() throws {
        let list = try StartList(parsing: "worker=2, web,release=0,worker=3")
        #expect(list.entries.map(\.type) == ["worker", "web", "release"])
        #expect(list.entries.map(\.count) == [3, 1, 0])
    }

    @Test("is not started by what is no type and no count", arguments: ["web=x", "web=-1", "web=", "a b", "web=1=2"])
    func badCount(text: String) throws {
        let failure = try #require(throws: (any Error).self) { _ = try StartList(parsing: text) }
        #expect("\(failure)".contains("\(text) is invalid. Must be in the format TYPE or TYPE=COUNT."))
    }

    @Test("gives the base port, 1 more a process, 100 more a type, counted in the list that is started")
    func ports() throws {
        let procfile = try LocalProcfile(parsing: "release: a\nweb: b\nworker: c")
        let places = LocalPorts.places(of: try StartList(parsing: "worker=2,absent,web=2"), in: procfile)
        #expect(places.map(\.name) == ["worker.1", "worker.2", "web.1", "web.2"])
        #expect(places.map(\.offset) == [0, 1, 200, 201])
        #expect(places.map(\.colour) == [0, 1, 2, 3])
    }
}
