import APIClient
import APISchema
import Console
import Model
import Posix

/// What an app gets beside the environment that it inherits: its config vars, if they are asked for, and over them what
/// the env files say.
enum LocalVariables {
    /// - Parameter notes: where is said what was loaded; `local:run` keeps its output for its command.
    static func load(_ invocation: Invocation, notes: ForemanWords.Place) async throws -> [String: String] {
        let words = ForemanWords(invocation.terminal, notes: notes)
        var variables = try await config(invocation, words)
        let names = invocation[.envFile] ?? ".env"
        for name in names.split(separator: ",").map(String.init) {
            guard let file = try read(name, isNamed: invocation[.envFile] != nil, invocation.terminal) else { continue }
            words.okay("Loaded ENV \(name) File as \(file.format.rawValue) Format")
            variables.merge(file.variables) { $1 }
        }
        return variables.merging(try await mailReach(invocation, variables)) { $1 }
    }

    /// How mail services are reached as by the app's dynos, where the app that is meant has one.
    ///
    /// Nobody is asked where no variable is of such a service. Without `--with-config` only a platform that runs is,
    /// and no trouble with that is any of this command's.
    private static func mailReach(
        _ invocation: Invocation, _ variables: [String: String]
    ) async throws -> [String: String] {
        let before = Environment.all.merging(variables) { $1 }
        guard before.keys.contains(where: { isOfMail($0) }) else { return [:] }
        let proxy = before["https_proxy"] ?? before["HTTPS_PROXY"]
        let reach: [String: String]
        if invocation.has(.withConfig) {
            let (platform, app) = try await invocation.target()
            reach = try await platform.mailStatus(of: app.id, proxy: proxy).environment
        } else {
            guard let platform = try? DaemonStarter(home: .current()).runningClient() else { return [:] }
            guard let app = try? await invocation.app(on: platform) else {
                invocation.terminal.warn("Mail goes to the service itself: no app is meant. With -a APP it stays here.")
                return [:]
            }
            guard let status = try? await platform.mailStatus(of: app.id, proxy: proxy) else { return [:] }
            reach = status.environment
        }
        var kept = reach
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
            // What the env files and config vars say of certificates stays.
            if variables[name] != nil { kept[name] = nil }
            if variables[name] == nil, let own = Environment.nonEmpty(name),
                let authority = reach["NODE_EXTRA_CA_CERTS"]
            {
                kept[name] = bundle(own, and: authority)
            }
        }
        guard let exceptions = before["no_proxy"] ?? before["NO_PROXY"], let more = kept["no_proxy"] else {
            return kept
        }
        let both = "\(exceptions),\(more)"
        return kept.merging(["no_proxy": both, "NO_PROXY": both]) { $1 }
    }

    /// What this terminal trusts, and the platform's authority, in one file beside that; `nil` where it can't be had.
    private static func bundle(_ own: String, and authority: String) -> String? {
        guard let slash = authority.lastIndex(of: "/") else { return nil }
        let file = "\(authority[..<slash])/local-\(Digest(of: [own]).hex.prefix(16)).pem"
        do {
            let roots = try FileTree.read(own, limit: 1 << 24)
            try FileTree.write(roots + [0x0A] + (try FileTree.read(authority, limit: 1 << 20)), to: file)
            return file
        } catch {
            // It stays as it is: what does not read it has said so before.
            return nil
        }
    }

    /// `SENDGRID_API_KEY`, or what an add-on sets that is attached under another name: `NEWS_SMTP_PORT`.
    private static func isOfMail(_ name: String) -> Bool {
        name.contains("_SMTP_") || ["SENDGRID_", "MAILGUN_", "MAILTRAP_"].contains { name.hasPrefix($0) }
    }

    private static func config(_ invocation: Invocation, _ words: ForemanWords) async throws -> [String: String] {
        guard invocation.has(.withConfig) else {
            if invocation[.app] != nil || invocation[.configRemote] != nil {
                invocation.terminal.warn("The app's config vars are only used with --with-config.")
            }
            return [:]
        }
        let (platform, app) = try await invocation.target()
        let vars = try await platform.configVars(of: app.id)
        words.okay("Loaded \(vars.count) config \(vars.count == 1 ? "var" : "vars") of \(app.name)")
        return vars
    }

    private static func read(_ name: String, isNamed: Bool, _ terminal: Terminal) throws -> EnvFile? {
        guard !FileTree.isFolder(name) else {
            terminal.warn("The specified location for the env file, \(name), is not a file, ignoring.")
            return nil
        }
        do {
            return try EnvFile(parsing: try FileTree.read(name, limit: 1 << 24), name: name)
        } catch let error as PosixError where error.isNotFound {
            if isNamed { terminal.warn("The specified env file, \(name), does not exist, ignoring.") }
            return nil
        }
    }
}
