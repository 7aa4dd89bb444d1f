internal import CPosix
internal import Posix

#if canImport(Glibc)
    internal import Glibc
#endif

/// A scratch disk in the hands of its dyno's shim, mounted at the scratch folder for the shim and its dyno alone: when
/// both have gone, so has the mount.
struct ScratchMount {
    private var folder: String

    /// The number under which a shim inherits a ``ScratchDisk``.
    static let descriptor: Int32 = 3

    /// Takes the inherited descriptor.
    ///
    /// - Returns: `nil` when the kernel refuses; what the dyno writes is watched then.
    init?(at folder: RunFolder) {
        let mount = Descriptor(owning: Self.descriptor)
        self.folder = folder.scratch
        guard (try? FileTree.makeFolder(self.folder)) != nil, cpx_place_mount(mount.raw, self.folder) == 0 else {
            return nil
        }
        chmod(self.folder, 0o700)
    }

    /// The same, after the run folder has got another name.
    func moved(to folder: RunFolder) -> ScratchMount {
        var moved = self
        moved.folder = folder.scratch
        return moved
    }

    /// Throws away what is in it; for when nothing of the dyno lives any more.
    func discard() { _ = cpx_discard_mount(folder) }
}
