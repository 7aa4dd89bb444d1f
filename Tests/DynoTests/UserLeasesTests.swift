import Posix
import TestSupport
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("The user ids of a home's apps", .timeLimit(.minutes(1)))
struct UserLeasesTests {
    /// Two homes and the folder where they agree.
    private final class Scene {
        let root: String
        let folder: String

        init() throws {
            root = try Scratch.make()
            folder = "\(root)/users"
            for name in ["one", "other"] { try FileTree.makeFolder("\(root)/\(name)") }
        }

        func leases(_ home: String) -> UserLeases { UserLeases(folder: folder, home: "\(root)/\(home)") }

        deinit { try? FileTree.remove(root) }
    }

    @Test("are no other home's, and an app's own within the home")
    func distinct() throws {
        let scene = try Scene()
        let (one, other) = (scene.leases("one"), scene.leases("other"))
        let ids = try [1, 2, 999, 1000, 31_000, 61_001].flatMap { [try one.user(of: $0), try other.user(of: $0)] }
        #expect(Set(ids).count == ids.count)
        #expect(!ids.contains { $0 < 1000 || (60_000...65_535).contains($0) })
    }

    @Test("are not the router's, which is the same over restarts and no other home's")
    func router() throws {
        let scene = try Scene()
        let router = try scene.leases("one").routerUser()
        #expect(try scene.leases("one").routerUser() == router)
        #expect(try scene.leases("other").routerUser() != router)
        let one = scene.leases("one")
        #expect(try !(0..<3000).map { try one.user(of: $0) }.contains(router))
    }

    @Test("stay the same over restarts, whichever home starts first, and when the home is moved")
    func stable() throws {
        let scene = try Scene()
        let before = try [scene.leases("one").user(of: 7), scene.leases("other").user(of: 1007)]
        let other = scene.leases("other")
        #expect(try other.user(of: 1007) == before[1])
        #expect(try scene.leases("one").user(of: 7) == before[0])
        #expect(rename("\(scene.root)/one", "\(scene.root)/moved") == 0)
        #expect(try scene.leases("moved").user(of: 7) == before[0])
        try FileTree.makeFolder("\(scene.root)/third")
        #expect(try scene.leases("third").user(of: 7) != before[0])
    }

    @Test("of the first home are those that it had before there were leases")
    func first() throws {
        let scene = try Scene()
        let block = try scene.leases("one").user(of: 0)
        // Where accounts of this machine are in the way, it is another block.
        guard block == 30_000 else { return }
        #expect(try scene.leases("one").user(of: 12) == 30_012)
    }

    @Test("are given to others when the home is gone")
    func gone() throws {
        let scene = try Scene()
        let before = try scene.leases("one").user(of: 7)
        try FileTree.remove("\(scene.root)/one")
        #expect(try scene.leases("other").user(of: 7) == before)
    }
}
