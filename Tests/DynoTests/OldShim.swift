import Model
import Posix

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

/// A shim of an earlier version, played by a thread of the test: what it writes is spelled out byte by byte, as it was
/// then, and what it does not know it passes over.
final class OldShim: Sendable {
    let id = DynoID()
    private let folder: RunFolder

    /// Its run folder stands and it listens when this returns.
    init(in home: String, level: SandboxLevel, saying output: String) throws {
        folder = RunFolder(path: "\(home)/run/dynos/\(id)")
        try FileTree.makeFolder(folder.path)
        try FileTree.write(record(level), to: folder.record)
        var spool = try SpoolWriter(folder: folder.spool)
        spool.append(Array(output.utf8))
        let position = spool.position
        let lock = try Descriptor(opening: folder.lock, O_RDWR | O_CREAT)
        guard flock(lock.raw, LOCK_EX | LOCK_NB) == 0 else { throw PosixError.last("flock") }
        let listener = try UnixSocket.listen(at: folder.socket)
        let (lockNumber, listenerNumber) = (lock.release(), listener.release())
        startThread(named: "old-shim") {
            Self.serve(Descriptor(owning: listenerNumber), position: position)
            _ = Descriptor(owning: lockNumber)
        }
    }

    /// The record of version 1.
    private func record(_ level: SandboxLevel) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(UInt16(1))
        writer.put(id.description)
        writer.put(AppID().description)
        writer.put("web.1")
        writer.put(["role": "formation", "release": "3"])
        writer.put("serve")
        writer.put(Int64(1_700_000_000_000_000))
        writer.put(UInt16(20_123))
        writer.put("Basic")
        writer.put(level.rawValue)
        writer.put(false)
        return writer.bytes
    }

    private static func serve(_ listener: consuming Descriptor, position: UInt64) {
        var waiting = pollfd(fd: listener.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 30_000) > 0 else { return }
        let connection = Descriptor(owning: accept(listener.raw, nil, nil))
        let process = UInt32(bitPattern: getpid())
        // Version 0, and its process; launched; bound to 127.0.0.1:20123; output up to here.
        var hello: [UInt8] = [0, 0, 0, 7, 1, 0, 0]
        hello += (0..<4).map { UInt8(truncatingIfNeeded: process >> (24 - 8 * UInt32($0))) }
        hello += [0, 0, 0, 1, 2]
        hello += [0, 0, 0, 16, 4, 0, 0, 0, 9] + Array("127.0.0.1".utf8) + [0x4E, 0x9B]
        hello += [0, 0, 0, 9, 5] + bytes(position)
        try? connection.writeAll(hello)
        var decoder = FrameDecoder()
        while let part = try? connection.read(atMost: 4096), !part.isEmpty {
            decoder.append(part)
            while let frame = try? decoder.next() {
                switch frame.kind {
                case 4:  // Stop: it has ended with signal 15, was not killed.
                    let ended = [UInt8]([0, 0, 0, 23, 6, 1, 0, 0, 0, 15, 0]) + bytes(0) + bytes(position)
                    try? connection.writeAll(ended)
                case 9: return  // Release.
                default: break
                }
            }
        }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
