import Posix

/// Where the programs under test and the tools around them are.
package enum Programs {
    /// The folder that PAAS_BIN names, when the programs are in it.
    package static let folder: String? = environmentVariable("PAAS_BIN").flatMap { folder in
        FileTree.exists("\(folder)/paas") && FileTree.exists("\(folder)/paasd") ? folder : nil
    }

    /// Whether they are those of a release: those need no dynamic loader.
    package static let areForRelease: Bool = {
        guard let head = folder.flatMap({ try? Descriptor(opening: "\($0)/paas-dyno").read(atMost: 4096) }) else {
            return false
        }
        return !String(decoding: head, as: UTF8.self).contains("/ld-linux")
    }()

    /// Tools as the system has them, whatever version managers the person running the tests uses.
    package static let systemPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

    /// A tool's path: the system's, else the one of whoever runs the tests.
    package static func find(_ tool: String) -> String? {
        Subprocess.find(tool, path: systemPath)
            ?? environmentVariable("PATH").flatMap { Subprocess.find(tool, path: $0) }
    }

    /// The folder of the Swift toolchain's programs.
    package static var swiftFolder: String? {
        find("swift").map { String($0.dropLast("/swift".count)) }
    }
}
