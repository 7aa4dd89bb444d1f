internal import CPosix
internal import Model
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// The app's files at /app: an overlay over the slug's layers, a copy of them, or a tree that is being built.
struct SandboxContent {
    let plan: LaunchPlan
    let folder: RunFolder
    private var root: DynoRoot { DynoRoot(plan: plan, folder: folder) }

    init(plan: LaunchPlan, folder: RunFolder) {
        self.plan = plan
        self.folder = folder
    }

    func mount() throws(LaunchFailure) {
        try root.makeFolder("/app")
        switch plan.content {
        case .slug(let layers):
            if plan.level.hasOverlay {
                try mountOverlay(layers)
            } else {
                try root.bind(folder.copy, at: "/app", flags: 0)
            }
        case .build(let build):
            try root.bind(build.tree, at: "/app", flags: 0)
            try root.makeFolder("/cache")
            try root.bind(build.cache, at: "/cache", flags: 0)
            for overlay in build.overlays {
                try root.bind(overlay.source, at: "/app/\(overlay.below)", flags: CPX_MOUNT_READ_ONLY)
            }
        }
    }

    /// Folders are named through descriptors: the options of an overlay know no way to quote `:` and `,`.
    private func mountOverlay(_ layers: [String]) throws(LaunchFailure) {
        var numbers: [Int32] = []
        defer { for number in numbers { close(number) } }
        func named(_ path: String) throws(LaunchFailure) -> String {
            do {
                let number = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY).release()
                numbers.append(number)
                return "/proc/self/fd/\(number)"
            } catch { throw LaunchFailure(error) }
        }
        var lower: [String] = []
        for layer in layers { lower.append(try named(layer)) }
        if lower.isEmpty { lower = [try named("\(folder.scratch)/empty")] }
        let upper = try named("\(folder.scratch)/upper")
        let work = try named("\(folder.scratch)/work")
        let base = "lowerdir=\(lower.joined(separator: ":")),upperdir=\(upper),workdir=\(work)"
        // What is written is thrown away, so it need not be forced to disk (`volatile`); as root, folders of the slug
        // can be renamed (`redirect_dir`). Older kernels know neither.
        let attempts =
            plan.level.hasUserNamespace
            ? [",userxattr,volatile", ",userxattr"] : [",volatile,redirect_dir=on", ",volatile", ""]
        for (index, more) in attempts.enumerated() {
            if cpx_mount("overlay", root.inside("/app"), base + more, 0) == 0 { return }
            let code = errno
            guard code == EINVAL, index + 1 < attempts.count else {
                throw LaunchFailure(step: "mount overlay on /app", code: code)
            }
        }
    }
}
