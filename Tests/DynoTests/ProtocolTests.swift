import Model
import Posix
import Testing

@testable import Dyno

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("The shim protocol")
struct ProtocolTests {
    static let requests: [ShimRequest] = [
        .hello(version: 1), .launch(plan: [1, 2, 3]), .signal(15), .stop(graceMilliseconds: 30_000), .input([0, 255]),
        .closeInput, .resize(rows: 50, columns: 132), .hasRead(position: 1 << 40), .release,
        .execute(plan: [4, 5]), .prepare(plan: [6]), .become(folder: "/run/x", plan: [7, 8]),
    ]
    static let reports: [ShimReport] = [
        .hello(version: 1, shim: 4711), .launched, .failed(LaunchFailure(step: "mount", code: 13)),
        .bound(address: "127.0.0.1", port: 20_000), .output(position: 77), .tookInput(total: 5),
        .executing, .notExecuted(LaunchFailure(step: "fork", code: 11)), .executionOutput([0, 255]),
        .executionEnded(.signal(9)),
        .portTaken(PortThief(port: 20_000, userID: 0)),
        .portTaken(PortThief(port: 20_000, userID: 1000, program: "node", processID: 812, dyno: DynoID())),
        .ended(
            ExitRecord(ending: .signal(9), wasKilled: true, time: Timestamp(microseconds: 1), position: 99)),
    ]
    static var plan: LaunchPlan {
        var plan = LaunchPlan(
            level: .l1b, userID: 1000, groupID: 100,
            content: .build(.init(tree: "/t", cache: "/c", overlays: [("/o", "x")], readable: ["/r"])), command: "run",
            environment: ["A": "1", "B": ""], port: 20_001, streams: .terminal(rows: 1, columns: 2),
            hostname: "h", toolchains: ["/root/.pyenv"], hidden: ["/root"], hostsFile: "/h")
        plan.quota.memoryBytes = 512 << 20
        plan.quota.processes = 256
        plan.quota.scratchBytes = 1 << 30
        plan.groups.memory = "/sys/fs/cgroup/memory"
        plan.metrics = "source=web.1"
        plan.acceptsLoopback = false
        plan.hasOwnDisk = true
        return plan
    }

    @Test("brings every message across, however its bytes arrive", arguments: [1, 2, 3, 7, 1000])
    func roundTrip(_ step: Int) throws {
        let stream = Self.requests.flatMap(\.frame.bytes) + Self.reports.flatMap(\.frame.bytes)
        var decoder = FrameDecoder()
        var frames: [Frame] = []
        for start in stride(from: 0, to: stream.count, by: step) {
            decoder.append(Array(stream[start..<min(start + step, stream.count)]))
            while let frame = try decoder.next() { frames.append(frame) }
        }
        #expect(try frames.prefix(Self.requests.count).compactMap { try ShimRequest($0) } == Self.requests)
        #expect(try frames.dropFirst(Self.requests.count).compactMap { try ShimReport($0) } == Self.reports)
    }

    @Test("brings plans and records across")
    func plans() throws {
        #expect(try LaunchPlan(decoding: Self.plan.encoded) == Self.plan)
        let record = DynoRecord(
            id: DynoID(), app: AppID(), name: try #require(DynoName("web.12")), tags: ["a": "b"], command: "c",
            startedAt: Timestamp(microseconds: 5), port: nil, size: .basic, level: .l2, isInteractive: true)
        #expect(try DynoRecord(decoding: record.encoded) == record)
    }

    @Test("passes over kinds that it does not know, and refuses lengths that cannot be")
    func foreign() throws {
        #expect(try ShimRequest(Frame(kind: 200, payload: [1])) == nil)
        #expect(try ShimReport(Frame(kind: 200, payload: [1])) == nil)
        for length in [[0, 0, 0, 0], [255, 255, 255, 255], [0x7F, 0, 0, 0]] as [[UInt8]] {
            var decoder = FrameDecoder()
            decoder.append(length + [1])
            #expect(throws: ByteReader.Malformed.self) { try decoder.next() }
        }
    }

    @Test("never traps on random or damaged bytes", arguments: [1, 2, 3, 4] as [UInt64])
    func fuzz(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let whole = (Self.requests.map(\.frame.bytes) + Self.reports.map(\.frame.bytes)) + [Self.plan.encoded]
        for _ in 0..<5000 {
            var bytes: [UInt8]
            if Bool.random(using: &random) {
                bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                bytes = whole.randomElement(using: &random) ?? []
                for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: index)
                    default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                    }
                }
            }
            _ = try? LaunchPlan(decoding: bytes)
            _ = try? DynoRecord(decoding: bytes)
            for kind in UInt8(0)...40 {
                _ = try? ShimRequest(Frame(kind: kind, payload: bytes))
                _ = try? ShimReport(Frame(kind: kind, payload: bytes))
                _ = try? InitNews(Frame(kind: kind, payload: bytes))
                _ = try? InitOrder(Frame(kind: kind, payload: bytes))
            }
            var decoder = FrameDecoder()
            decoder.append(bytes)
            while let frame = try? decoder.next() { _ = try? ShimRequest(frame) }
        }
    }
}
