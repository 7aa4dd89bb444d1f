import APIClient
import Console
import Model
import Posix

extension Command {
    static let certsTrust = Command(
        "certs:trust", abstract: "have this machine's browsers and tools trust the platform's own authority",
        discussion:
            "Puts tls/paas-ca.pem into the system's store, through sudo where that is needed, and into those of Firefox "
            + "and Chromium. The authority can sign only for names that nobody can own: localhost, test, example, "
            + "invalid, local, internal and home.arpa.",
        flags: [.root], examples: ["paas certs:trust"]
    ) { invocation in
        let authority = try LocalAuthority.current()
        // It is made when the platform is first started.
        if !FileTree.exists(authority.path) { _ = try await invocation.platform() }
        try await TrustStores(authority, invocation).change(to: .trusted)
    }

    static let certsUntrust = Command(
        "certs:untrust", abstract: "undo what certs:trust has done", flags: [.root], examples: ["paas certs:untrust"]
    ) { invocation in
        try await TrustStores(try LocalAuthority.current(), invocation).change(to: .forgotten)
    }
}

extension Flag {
    static let root = Flag(
        "root", placeholder: "folder", help: "a folder that stands for /, as when an image is made", isHidden: true)
}

/// The authority of a home, as other programs' stores know it.
struct LocalAuthority {
    let path: String
    /// The same for as long as the home is where it is, whatever authority is in it.
    let mark: String

    static func current() throws(Failure) -> LocalAuthority {
        let home = try PlatformHome.current().path
        let digits = String(stableHash(home) >> 32, radix: 16)
        return LocalAuthority(
            path: "\(home)/tls/paas-ca.pem", mark: String(repeating: "0", count: 8 - digits.count) + digits)
    }

    /// In the system's store.
    var fileName: String { "paas-local-authority-\(mark).crt" }
    /// In browsers' stores.
    var nickname: String { "paas local authority \(mark)" }
}

/// All places of this machine where programs look for authorities.
struct TrustStores {
    enum Wish { case trusted, forgotten }

    private let authority: LocalAuthority
    private let terminal: Terminal
    private let system: SystemStore

    init(_ authority: LocalAuthority, _ invocation: Invocation) {
        self.authority = authority
        terminal = invocation.terminal
        system = SystemStore(root: invocation[.root] ?? "/", authority: authority)
    }

    /// Does what can be done, and fails with the steps that are left.
    func change(to wish: Wish) async throws {
        var left: [String] = []
        left += try await changeSystem(to: wish)
        left += try await changeBrowsers(to: wish)
        guard left.isEmpty else {
            throw Failure(
                wish == .trusted
                    ? "Not every store knows the authority yet." : "Not every store has forgotten the authority.",
                mend: left)
        }
        guard wish == .trusted else { return }
        terminal.print("Browsers that are open see it when they are started again. Programs with a store of their own:")
        terminal.print("    export NODE_EXTRA_CA_CERTS='\(authority.path)'  # Node.js")
        terminal.print("    export REQUESTS_CA_BUNDLE='\(system.bundle)'  # Python's requests")
    }

    /// - Returns: the steps that a person has to do.
    private func changeSystem(to wish: Wish) async throws -> [String] {
        let steps = wish == .trusted ? system.additions : system.removals
        if wish == .forgotten, !system.isKnown {
            terminal.print("The system's store does not know it.")
            return []
        }
        guard system.hasTool else {
            return ["sudo trust anchor '\(authority.path)'  # or as this system's manual says"]
        }
        let verb = wish == .trusted ? "Adding the authority to" : "Removing the authority from"
        do {
            try await terminal.action("\(verb) the system's store") { _ in try system.run(steps, terminal) }
            return []
        } catch let failure as Failure {
            terminal.warn(failure.message)
            return steps.map { "sudo " + $0.map { ShellQuoting.quoted($0) }.joined(separator: " ") }
        }
    }

    private func changeBrowsers(to wish: Wish) async throws -> [String] {
        let stores = BrowserStore.all(makingThem: wish == .trusted)
        guard !stores.isEmpty else { return [] }
        guard let certutil = MachineProgram.path(of: "certutil") else {
            terminal.print("certutil is not installed, so the stores of Firefox and Chromium stay as they are.")
            let verb = wish == .trusted ? "trust" : "untrust"
            return [
                "sudo apt-get install libnss3-tools && paas certs:\(verb)",
                wish == .trusted
                    ? "Firefox: Settings, Certificates, Authorities, Import, \(authority.path)"
                    : "Firefox: Settings, Certificates, Authorities, \(authority.nickname), Delete",
            ]
        }
        let verb = wish == .trusted ? "Adding the authority to" : "Removing the authority from"
        var left: [String] = []
        for store in stores {
            if wish == .forgotten, !store.knows(authority, certutil) { continue }
            do {
                try await terminal.action("\(verb) \(store.folder)") { _ in
                    if wish == .trusted {
                        try store.add(authority, certutil)
                    } else {
                        try store.remove(authority, certutil)
                    }
                }
            } catch let failure as Failure {
                terminal.warn(failure.message)
                left.append(store.step(wish, authority))
            }
        }
        return left
    }
}
