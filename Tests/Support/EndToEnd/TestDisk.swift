package import Testing

/// A disk of its own under a platform's home, whose power can be cut: a file with an ext4 file system, mounted.
///
/// A cut is the kernel's own (`EXT4_IOC_SHUTDOWN` without flushing the journal): what is not on the disk at that moment
/// never gets there, and nothing can be read or written any more.
package struct TestDisk: Sendable {
    private let platform: TestPlatform
    private var image: String { "\(platform.root)/disk.img" }

    /// Makes the disk and mounts it in the place of the home of a platform that has not been started.
    package init(under platform: TestPlatform) async throws {
        self.platform = platform
        try await platform.shell(
            "mkdir home && truncate -s 2G disk.img && mkfs.ext4 -q disk.img && \(Self.putIn)"
        ).orThrow()
    }

    /// Switches the machine off and on: the disk keeps what it had, and of the platform nothing lives.
    package func cutPower() async throws {
        let switchOff = "import fcntl, os; fcntl.ioctl(os.open('home', os.O_RDONLY), 0x8004587D, b'\\x02\\0\\0\\0')"
        try await platform.shell("python3 -c \"$1\"", switchOff).orThrow()
        // A copy: mount namespaces of other platforms may still have the old one, and the kernel writes to it.
        try await platform.shell("cp --sparse=always disk.img new.img && mv new.img disk.img").orThrow()
        #expect(
            try await eventually {
                platform.kill(.everything)
                return try await platform.shell(Self.takeOut).succeeded
            })
        try await platform.shell(Self.putIn).orThrow()
    }

    /// Takes it away from a platform that is down.
    package func remove() async throws {
        #expect(try await eventually { try await platform.shell(Self.takeOut).succeeded })
        try await platform.shell("rm disk.img").orThrow()
    }

    private static let putIn = "device=$(losetup -f --show disk.img) && mount $device home && losetup -d $device"

    /// Succeeds when nobody of the platform has anything of it open any more.
    private static let takeOut = "! mountpoint -q home || umount home"
}

extension Trait where Self == ConditionTrait {
    /// Root, and a kernel that lends a file as a disk.
    package static var needsDisks: Self {
        .enabled("mounting a file as a disk takes root and loop devices") {
            guard Account.canBeMade else { return false }
            let check = Command(
                ["losetup", "-f"], environment: ["PATH": Programs.systemPath], folder: "/")
            return try await check.run().succeeded
        }
    }
}
