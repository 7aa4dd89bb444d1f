internal import Posix

/// The other programs of paas, which stand beside this one.
struct Programs {
    let cli: String
    let router: String
    let shim: String
    let search: String

    init() throws {
        let own = Environment.executable ?? "./paasd"
        let folder = own.lastIndex(of: "/").map { own[..<$0] } ?? "."
        func program(_ name: String) throws -> String {
            let path = "\(folder)/\(name)"
            guard FileTree.exists(path) else { throw DaemonError.missingProgram(path) }
            return path
        }
        cli = try program("paas")
        router = try program("paas-router")
        shim = try program("paas-dyno")
        search = try program("paas-search")
    }
}
