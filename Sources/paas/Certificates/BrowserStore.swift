import Console
import Posix

/// The authorities that one browser's profile trusts: an NSS database.
struct BrowserStore {
    /// The folder that `cert9.db` is in.
    let folder: String

    /// Chromium's, and that of each profile of Firefox, as they lie in this person's home.
    ///
    /// - Parameter makingThem: counts Chromium's where it is installed and has never been started.
    static func all(makingThem: Bool) -> [BrowserStore] {
        guard let home = Environment.nonEmpty("HOME") else { return [] }
        let shared = "\(home)/.pki/nssdb"
        var folders = [shared, "\(home)/snap/chromium/current/.pki/nssdb"]
        let profiles = [
            "\(home)/.mozilla/firefox", "\(home)/snap/firefox/common/.mozilla/firefox",
            "\(home)/.var/app/org.mozilla.firefox/.mozilla/firefox", "\(home)/.config/mozilla/firefox",
        ]
        for parent in profiles {
            guard let names = try? FileTree.names(in: parent) else { continue }  // This kind is not there.
            folders += names.map { "\(parent)/\($0)" }
        }
        let chromiums = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "brave-browser"]
        let hasChromium = chromiums.contains { MachineProgram.path(of: $0) != nil }
        return folders.filter { folder in
            FileTree.exists("\(folder)/cert9.db") || (makingThem && hasChromium && folder == shared)
        }.map(BrowserStore.init(folder:))
    }

    func knows(_ authority: LocalAuthority, _ certutil: String) -> Bool {
        (try? run(certutil, ["-L", "-n", authority.nickname])) != nil  // A store that cannot be read knows nothing.
    }

    func add(_ authority: LocalAuthority, _ certutil: String) throws {
        if !FileTree.exists("\(folder)/cert9.db") {
            try FileTree.makeFolder(folder)
            try run(certutil, ["-N", "--empty-password"])
        }
        // The home may have had another authority before.
        if knows(authority, certutil) { try remove(authority, certutil) }
        try run(certutil, ["-A", "-t", "C,,", "-n", authority.nickname, "-i", authority.path])
    }

    func remove(_ authority: LocalAuthority, _ certutil: String) throws {
        try run(certutil, ["-D", "-n", authority.nickname])
    }

    /// The command for a person.
    func step(_ wish: TrustStores.Wish, _ authority: LocalAuthority) -> String {
        switch wish {
        case .trusted: "certutil -d 'sql:\(folder)' -A -t C,, -n '\(authority.nickname)' -i '\(authority.path)'"
        case .forgotten: "certutil -d 'sql:\(folder)' -D -n '\(authority.nickname)'"
        }
    }

    private func run(_ certutil: String, _ arguments: [String]) throws {
        // A store with a password of its own refuses, instead of asking the terminal for it.
        let password = arguments.contains("--empty-password") ? [] : ["-f", "/dev/null"]
        let run = try Subprocess.capture(
            certutil, arguments: ["-d", "sql:\(folder)"] + arguments + password, environment: Environment.all)
        guard run.end.isSuccess else {
            throw Failure("certutil on \(folder) failed: \(String(decoding: run.errors.suffix(300), as: UTF8.self))")
        }
    }
}
