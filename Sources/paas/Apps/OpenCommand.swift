import APISchema
import Console
import Posix

extension Command {
    static let appsOpen = Command(
        "apps:open", aliases: ["open"], abstract: "open the app in a web browser",
        flags: [.app, .remote], operands: [.optional("PATH", "path to open, /foo")],
        examples: ["paas open -a myapp", "paas open -a myapp /foo"]
    ) { invocation in
        let (_, app) = try await invocation.target()
        let path = invocation.operands.first ?? ""
        let url = (app.webURL ?? "") + (path.hasPrefix("/") ? String(path.dropFirst()) : path)
        invocation.terminal.print("Opening \(url)...")
        guard let browser = Browser.program() else {
            return invocation.terminal.warn("No browser was found on this machine: open the address yourself.")
        }
        _ = try Subprocess.startDetached(browser, arguments: [url], environment: Environment.all, log: "/dev/null")
    }
}

/// The program that shows a web page.
enum Browser {
    static func program() -> String? {
        let path = Environment["PATH"] ?? ""
        let names = [Environment.nonEmpty("BROWSER"), "xdg-open", "open", "sensible-browser", "www-browser"]
        for name in names.compactMap(\.self) {
            if name.hasPrefix("/"), FileTree.exists(name) { return name }
            if let program = Subprocess.find(name, path: path) { return program }
        }
        return nil
    }
}
