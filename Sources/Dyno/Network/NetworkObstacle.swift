internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Why a dyno cannot have a network of its own on this machine.
package struct NetworkObstacle: Sendable, Equatable {
    package let reason: String
    package let mend: [String]

    /// What can be seen without trying.
    static func find(at level: SandboxLevel) -> NetworkObstacle? {
        if level == .l3 {
            return NetworkObstacle(
                reason: "This machine has no namespaces for dynos (level L3), and a network is one.",
                mend: ["paas doctor"])
        }
        return find()
    }

    /// The same without namespaces, which the level tells.
    static func find() -> NetworkObstacle? {
        if WayOut.program == nil {
            return NetworkObstacle(
                reason: "Its way out is the program pasta, of the package passt, and that is not installed.",
                mend: ["sudo apt-get install passt"])
        }
        if access("/dev/net/tun", F_OK) != 0 {
            return NetworkObstacle(
                reason: "pasta needs /dev/net/tun, and this machine has none.", mend: ["sudo modprobe tun"])
        }
        if access("/dev/net/tun", R_OK | W_OK) != 0 {
            return NetworkObstacle(
                reason: "pasta needs /dev/net/tun, and this user may not open it.",
                mend: ["sudo chmod 666 /dev/net/tun"])
        }
        return nil
    }
}

extension DynoHost {
    /// Starts a dyno in a network of its own, and throws what stands in the way.
    package func tryOwnNetwork() async throws(DynoStartFailure) {
        let level = await sandbox().level
        guard let name = DynoName("probe.1") else { return }
        let dyno = try await start(
            DynoSpec(
                app: AppID(), appOrdinal: 0, name: name, content: .slug(layers: []), command: ":", environment: [:],
                network: .own(machinePorts: [])), at: level)
        await dyno.release()
    }
}
