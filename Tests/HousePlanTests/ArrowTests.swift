import Testing

@Suite("The arrows between rooms")
struct ArrowTests {
    @Test("each room declares only dependencies that the plan allows")
    func declarations() throws {
        let manifest = try Manifest.read()
        #expect(manifest.targets.count > 15, "Package.swift could not be read")
        for target in manifest.targets where !target.path.hasPrefix("Tests/") {
            let allowed = try #require(Arrows.allowed[target.name], "\(target.name) is not in the plan")
            let more = target.dependencies.subtracting(allowed)
            #expect(more.isEmpty, "\(target.name) may not depend on \(more.sorted().joined(separator: ", "))")
        }
    }

    @Test("each file imports only what its room declares, the standard library, and the system where it may")
    func imports() throws {
        let manifest = try Manifest.read()
        let files = try SourceTree.sources()
        #expect(files.count > 30, "the sources could not be read")
        for file in files {
            let declared = try #require(manifest[file.room], "\(file) belongs to no target").dependencies
            var allowed = declared.union(Arrows.standardModules)
            allowed.formUnion(Arrows.allowed[file.room, default: []].intersection(["FoundationEssentials"]))
            if Arrows.systemCallers.contains(file.room) { allowed.formUnion(Arrows.systemModules) }
            let more = file.imports.subtracting(allowed)
            #expect(more.isEmpty, "\(file) may not import \(more.sorted().joined(separator: ", "))")
        }
    }

    @Test("make builds with the compiler's own check of the arrows")
    func flag() throws {
        let makefile = try SourceTree.text(of: "Makefile")
        #expect(makefile.contains("arrows := --explicit-target-dependency-import-check error"))
        for command in ["build -c release", "build --build-tests"] {
            #expect(makefile.contains(try Regex("\\(SWIFT\\) \(command).*\\$\\(arrows\\)")), "swift \(command)")
        }
    }

    @Test("no machine knows another machine")
    func machines() throws {
        let manifest = try Manifest.read()
        for machine in Arrows.machines {
            guard manifest[machine] != nil else { continue }
            let others = manifest.closure(of: machine).intersection(Arrows.machines).subtracting([machine])
            #expect(others.isEmpty, "\(machine) reaches \(others.sorted().joined(separator: ", "))")
        }
    }

    @Test("no arrow leads back to where it came from", arguments: Arrows.allowed.keys.sorted())
    func circles(room: String) throws {
        let manifest = try Manifest.read()
        for dependency in manifest[room]?.dependencies ?? [] {
            #expect(!manifest.closure(of: dependency).contains(room), "\(room) and \(dependency) know each other")
        }
    }
}
