internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// What has to stand before a dyno's namespaces are made: its scratch folders, copies of layers where there is no
/// overlay, and whose they are.
struct Preparation {
    let plan: LaunchPlan
    let folder: RunFolder
    private var asRoot: Bool { geteuid() == 0 }

    init(plan: LaunchPlan, folder: RunFolder) {
        self.plan = plan
        self.folder = folder
    }

    func run() throws(LaunchFailure) {
        do {
            try makeScratch()
            switch plan.content {
            case .slug(let layers): if plan.level.hasOverlay { try own(layers) } else { try copy(layers) }
            case .build(let build): try prepare(build)
            }
            if plan.level == .l3, asRoot { for path in [home] + plan.readable { try openWay(to: path) } }
        } catch let failure as LaunchFailure {
            throw failure
        } catch let error as PosixError {
            throw LaunchFailure(error)
        } catch {
            throw LaunchFailure(step: "prepare: \(error)", code: 0)
        }
    }

    /// Takes back what was laid into a tree that outlives the dyno.
    func undo() {
        guard plan.level == .l3, case .build(let build) = plan.content else { return }
        for overlay in build.overlays { unlink("\(build.tree)/\(overlay.below)") }
    }

    /// The dyno's HOME at L3; elsewhere it is /app.
    var home: String {
        guard plan.level == .l3 else { return "/app" }
        switch plan.content {
        case .slug: return folder.copy
        case .build(let build): return build.tree
        }
    }

    /// The folders of a scratch folder; those that exist stay.
    static func makeFolders(in scratch: String) throws(PosixError) {
        for name in ["upper", "work", "empty", "app"] {
            try FileTree.makeFolder("\(scratch)/\(name)", mode: 0o755)
        }
        for name in ["tmp", "vartmp"] {
            try FileTree.makeFolder("\(scratch)/\(name)")
            try posix(chmod("\(scratch)/\(name)", 0o1777), "chmod \(name)")
        }
    }

    private func makeScratch() throws {
        try Self.makeFolders(in: folder.scratch)
        try FileTree.makeFolder(folder.root)
        try give("\(folder.scratch)/upper")
        try give("\(folder.scratch)/work")
    }

    /// A layer that came into being in another user's hands is handed over at its first use: a file of a lower layer
    /// keeps its owner when it is changed.
    private func own(_ layers: [String]) throws(PosixError) {
        for layer in layers where asRoot {
            var info = stat()
            guard stat(layer, &info) == 0, info.st_uid != plan.userID else { continue }
            try give(layer)
        }
    }

    private func copy(_ layers: [String]) throws {
        // The uppermost layer comes last and wins.
        for layer in layers.reversed() {
            let (end, _, errors) = try Subprocess.capture(
                "/bin/cp", arguments: ["-R", "-p", "--reflink=auto", "--no-target-directory", layer, folder.copy],
                environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"])
            guard end.isSuccess else {
                let reason = String(decoding: errors.prefix(500), as: UTF8.self)
                throw LaunchFailure(step: "copy \(layer): \(reason)", code: 0)
            }
        }
        chmod(folder.copy, 0o755)
        try give(folder.copy)
    }

    private func prepare(_ build: DynoSpec.BuildFolders) throws {
        for overlay in build.overlays {
            let target = "\(build.tree)/\(overlay.below)"
            if plan.level == .l3 {
                if let slash = target.lastIndex(of: "/") {
                    try FileTree.makeFolder(String(target[..<slash]), mode: 0o755)
                }
                // An empty folder, left from a build at another level, is in the way of the link.
                rmdir(target)
                unlink(target)
                try posix(symlink(overlay.source, target), "link \(target)")
            } else {
                try FileTree.makeFolder(target, mode: 0o755)
            }
        }
        try give(build.tree)
        try give(build.cache)
        if plan.level == .l3, asRoot {
            let others = build.overlays.map(\.source) + build.readable + [build.cache]
            for path in others { try openWay(to: path) }
        }
    }

    private func give(_ path: String) throws(PosixError) {
        guard asRoot else { return }
        try posix(cpx_give_tree(path, plan.userID, plan.groupID), "chown \(path)")
    }

    /// Without namespaces the app's own user has to cross the folders above its home; it may not list them.
    private func openWay(to path: String) throws(PosixError) {
        var way = ""
        for part in path.split(separator: "/").dropLast() {
            way += "/\(part)"
            var info = stat()
            guard stat(way, &info) == 0, info.st_mode & 0o001 == 0 else { continue }
            try posix(chmod(way, (info.st_mode & 0o7777) | 0o011), "chmod \(way)")
        }
    }
}
