internal import Dyno
internal import Model

extension Reconciler {
    /// Why a dyno that nobody stopped has ended, said in its log and kept for the push and `ps`.
    ///
    /// - Returns: `exited with status 127: command not found: gunicorn (is it in requirements.txt?)`.
    func explainEnd(of dyno: LiveDyno, in app: AppID, _ ending: Ending) async -> String {
        if let verdict = dyno.verdict { return verdict }
        let what = ending == .lost ? "was lost: its shim was killed" : "exited with \(ending)"
        let reason: String?
        if let thief = dyno.portThief {
            reason = thief
        } else if let known = await crashReason(of: dyno, ending) {
            await say(known, about: dyno.name, in: app)
            reason = known
        } else {
            reason = dyno.state == .starting ? dyno.remark : nil
        }
        return reason.map { "\(what): \($0)" } ?? what
    }

    private func crashReason(of dyno: LiveDyno, _ ending: Ending) async -> String? {
        guard ending != .lost, let spec = dyno.spec, case .slug(let layers) = spec.content else { return nil }
        let lines = dyno.lastLines
        let (files, pack) = (machines.files, dyno.buildpackName)
        // Folders are read where calls may block.
        return try? await machines.blocking {
            CrashReason(
                buildpackName: pack, names: { folder in layers.flatMap { files.names("\($0)/\(folder)") } },
                firstLine: { file in
                    let start = layers.lazy.compactMap { files.beginning("\($0)/\(file)", 256) }.first
                    return start.map { bytes in
                        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
                    }
                }
            ).text(for: ending, lines: lines)
        }
    }

    /// Somebody listens on the port that a dyno was leased.
    func portTaken(_ thief: PortThief, from id: DynoID, in app: AppID) async {
        guard let dyno = apps[app]?.dynos[id], dyno.portThief == nil else { return }
        let owner = thief.dyno.flatMap { thief in
            apps.values.lazy.compactMap { state in
                state.dynos[thief].map { "\($0.name) of \(state.app.name)" }
            }.first
        }
        let text = thief.sentence(owner: owner)
        apps[app]?.dynos[id]?.portThief = text
        await say(text, about: dyno.name, in: app)
    }

    /// A dyno that could not have its port is started once more, with another; whoever waits for it waits for that one.
    ///
    /// - Returns: whether it was.
    func retryWithAnotherPort(_ dyno: LiveDyno, in app: AppID) async -> Bool {
        guard dyno.state == .starting, dyno.portThief != nil, !dyno.isSecondTry, !isClosing,
            dyno.role == .formation || dyno.role == .incoming, let spec = dyno.spec?.again()
        else { return false }
        var next = LiveDyno(
            id: spec.id, name: dyno.name, command: dyno.command, size: dyno.size, releaseVersion: dyno.releaseVersion,
            role: dyno.role, since: machines.time.now(), policy: dyno.policy, wantsPort: dyno.wantsPort)
        next.isSecondTry = true
        next.spec = spec
        next.buildpackName = dyno.buildpackName
        apps[app]?.dynos[dyno.id] = nil
        apps[app]?.dynos[spec.id] = next
        successors[dyno.id] = spec.id
        bootWaiters[spec.id, default: []] += bootWaiters.removeValue(forKey: dyno.id) ?? []
        if dyno.role == .formation { await publish() }
        await say("Starting process with command `\(dyno.command)` on another port", about: dyno.name, in: app)
        await launch(spec)
        return true
    }

    /// The dyno that was started in the place of that one, or that one.
    func latest(_ id: DynoID) -> DynoID {
        var id = id
        while let next = successors[id] { id = next }
        return id
    }
}
