internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// What the shim finds out about its dyno, and says: whether it listens, who has its port, what it uses, what it left.
extension Shim {
    func lookAtPort(_ now: UInt64) {
        guard var watch = portWatch else { return }
        let findings = watch.look(now: now) {
            if geteuid() == 0 { _ = cpx_act_on_files_as(plan.userID, plan.groupID) }
            defer { if geteuid() == 0 { _ = cpx_act_on_files_as(0, 0) } }
            return DynoSockets.below(dyno.process)
        }
        portWatch = watch
        for finding in findings {
            switch finding {
            case .bound(let address):
                bound = (address, watch.port)
                if plan.network.isOwn { dyno.order(.listens(ipv6: address == "::1")) }
                broadcast(boundReport(address, watch.port))
            case .note(let text): note(text)
            case .taken(let listener): tell(thief: SocketHolder.find(listener))
            }
        }
    }

    /// From the moment when the command runs until somebody ends it.
    var isWatching: Bool { hasLaunched && !isStopping && drainUntil == nil }

    /// A dyno that ends without having listened may have met somebody on its port.
    func tellThief() {
        guard let port = portWatch?.port, thief == nil, let listener = Listener.all().first(where: { $0.port == port })
        else { return }
        tell(thief: SocketHolder.find(listener))
    }

    func tell(thief: PortThief) {
        self.thief = thief
        broadcast(.portTaken(thief))
    }

    /// What it has written itself; a build's tree stays.
    var lostFiles: LostFiles? {
        guard case .slug(let layers) = plan.content else { return nil }
        return LostFileSearch.run(plan.level.hasOverlay ? "\(folder.scratch)/upper" : folder.copy, layers: layers)
    }

    func tell(left programs: [String]) {
        guard plan.streams == .logged, case .slug = plan.content, let first = programs.first, !isStopping else {
            return
        }
        let all = programs.count > 1 ? "\(first) and \(programs.count - 1) more" : first
        note("the command has ended and left \(all) in the background, which ends with it: run it in the foreground")
    }

    /// - Parameter now: `nil` once there is nothing left to kill.
    func act(on findings: [LimitFinding], _ now: UInt64?) {
        for finding in findings {
            switch finding {
            case .say(let text): note(text)
            case .kill: if let now { kill(now) }
            }
        }
    }

    func boundReport(_ address: String, _ port: UInt16) -> ShimReport {
        plan.network.isOwn ? .boundInside(address: address, port: port) : .bound(address: address, port: port)
    }

    /// A remark of the shim's own, between the lines of the dyno.
    func note(_ text: String) {
        spool.append(Array(text.printable.utf8), kind: .note)
        broadcast(.output(position: spool.position))
    }
}
