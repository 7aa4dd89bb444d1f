import Git
import Model
import Posix
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("An app's repository", .timeLimit(.minutes(2)))
struct GitStoreTests {
    @Test("is bare, empty, closed to others, and its HEAD is main")
    func created() throws {
        let workshop = try Workshop()
        #expect(try workshop.git("symbolic-ref", "HEAD", in: workshop.bare) == "refs/heads/main")
        #expect(try workshop.git("rev-parse", "--is-bare-repository", in: workshop.bare) == "true")
        #expect(try workshop.git("fsck", "--strict", in: workshop.bare) == "")
        #expect(workshop.mode(workshop.bare) & 0o777 == 0o700)
        #expect(try workshop.store.head(of: workshop.app) == nil)
        #expect(workshop.store.sizeBytes(of: workshop.app) > 0)
    }

    @Test("takes a push of main or master through the hook, and knows its head", arguments: ["main", "master"])
    func push(to branch: String) throws {
        let workshop = try Workshop(hook: "#!/bin/sh\necho \"hook of $PWD says hello\"\n")
        let commit = try workshop.commit()
        let pushed = try workshop.attempt(["push", "paas", "HEAD:\(branch)"])
        #expect(pushed.isSuccess)
        #expect(pushed.errors.contains("remote: hook of \(workshop.bare) says hello"))
        #expect(try workshop.store.head(of: workshop.app) == commit)
        #expect(GitStore.shortID(of: commit) == String(commit.prefix(8)))
    }

    @Test("runs its hook even where the person who pushes has a hooks path of his own")
    func foreignHooksPath() throws {
        let workshop = try Workshop(hook: "#!/bin/sh\nexit 1\n")
        try workshop.git("config", "--global", "core.hooksPath", "/nonexistent")
        _ = try workshop.commit()
        let pushed = try workshop.attempt(["push", "paas", "main"])
        #expect(!pushed.isSuccess)
        #expect(pushed.errors.contains("(pre-receive hook declined)"))
        #expect(try workshop.store.head(of: workshop.app) == nil)
    }

    @Test("works below a home with blanks, quotes, signs of comment and letters of any kind in its path")
    func oddHome() throws {
        let workshop = try Workshop()
        let store = GitStore(folder: workshop.path + "/my home; #1 \"ü\" it's \\ a:b")
        let app = AppID()
        try store.create(app, hook: "#!/bin/sh\necho hello from the hook\n")
        #expect(try workshop.git("config", "core.hooksPath", in: store.path(of: app)) == store.path(of: app) + "/hooks")
        let commit = try workshop.commit()
        #expect(
            try workshop.attempt(["push", store.path(of: app), "main"]).errors.contains("remote: hello from the hook"))
        #expect(try store.head(of: app) == commit)
        let folder = workshop.path + "/out"
        #expect(try store.export(commit, of: app, alternates: [], into: folder) == Export())
    }

    @Test("has its hook put right that may not be run any more")
    func unrunnable() throws {
        let hook = "#!/bin/sh\nexit 1\n"
        let workshop = try Workshop(hook: hook)
        _ = try workshop.commit()
        chmod("\(workshop.bare)/hooks/pre-receive", 0o600)
        try workshop.store.refreshHook(of: workshop.app, hook: hook)
        #expect(try workshop.attempt(["push", "paas", "main"]).isSuccess == false)
    }

    @Test("has its hook replaced when told")
    func refresh() throws {
        let workshop = try Workshop(hook: "#!/bin/sh\nexit 1\n")
        _ = try workshop.commit()
        try workshop.store.refreshHook(of: workshop.app, hook: "#!/bin/sh\nexit 0\n")
        #expect(try workshop.attempt(["push", "paas", "main"]).isSuccess)
    }

    @Test("takes forced pushes, tags, other branches and their deletion, and keeps main")
    func references() throws {
        let workshop = try Workshop()
        _ = try workshop.commit()
        try workshop.git("push", "--quiet", "paas", "main", "main:topic")
        try workshop.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "y")
        #expect(try workshop.attempt(["push", "paas", "main"]).isSuccess == false)
        try workshop.git("push", "--quiet", "--force", "paas", "main")
        try workshop.git("tag", "v1")
        try workshop.git("push", "--quiet", "paas", "v1", ":topic")
        #expect(try workshop.attempt(["push", "paas", ":main"]).isSuccess == false)
        #expect(try workshop.store.head(of: workshop.app) == workshop.git("rev-parse", "HEAD"))
    }

    @Test("knows what was pushed: a commit, or something that git puts into no branch")
    func kinds() throws {
        let workshop = try Workshop()
        let commit = try workshop.commit()
        try workshop.git("tag", "-a", "-m", "tag of a tag: tag other", "v2.0")
        let ids = try ["HEAD", "v2.0", "HEAD^{tree}"].map { try workshop.git("rev-parse", $0) }
        let kinds = try ids.map {
            try workshop.store.kind(of: $0, in: workshop.app, alternates: ["\(workshop.clone)/.git/objects"])
        }
        #expect(kinds == [.commit, .tag(name: "v2.0"), .tree])
        #expect(ids[0] == commit)
    }

    @Test("refuses a push from a shallow clone, as Heroku does")
    func shallow() throws {
        let workshop = try Workshop()
        _ = try workshop.commit()
        _ = try workshop.commit()
        try workshop.git("clone", "--quiet", "--depth=1", "file://\(workshop.clone)", "\(workshop.path)/shallow")
        let pushed = try workshop.attempt(["push", workshop.bare, "main"], in: workshop.path + "/shallow")
        #expect(!pushed.isSuccess)
        #expect(pushed.errors.contains("shallow update not allowed"))
    }

    @Test("is packed without losing anything")
    func repack() throws {
        let workshop = try Workshop()
        for number in 1...5 {
            try workshop.write("\(number)", to: "file")
            _ = try workshop.commit()
            try workshop.git("push", "--quiet", "paas", "main")
        }
        try workshop.store.repack(workshop.app)
        #expect(try workshop.git("count-objects", in: workshop.bare) == "0 objects, 0 kilobytes")
        let (folder, _) = try workshop.export(try #require(try workshop.store.head(of: workshop.app)))
        #expect(try FileTree.readText(folder + "/file") == "5")
    }

    @Test("is removed with all that is in it")
    func remove() throws {
        let workshop = try Workshop()
        try workshop.store.remove(workshop.app)
        #expect(!FileTree.exists(workshop.bare))
        #expect(workshop.store.sizeBytes(of: workshop.app) == 0)
        try workshop.store.remove(workshop.app)
    }

    @Test("that is not there is told as git tells it")
    func missing() throws {
        let store = GitStore(folder: "/nonexistent")
        let error = try #require(throws: GitError.self) { try store.head(of: AppID()) }
        #expect(error.isNotFound)
        #expect(error.explanation.what == "Couldn't use the app's Git repository")
    }
}
