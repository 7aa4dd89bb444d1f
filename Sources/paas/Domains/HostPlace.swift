import APISchema
import Model
import Posix

/// Where a host name leads to on this machine.
enum HostPlace: Equatable {
    case here
    case nowhere
    case elsewhere(address: String)

    /// Asks the system, as other programs do; a name below a wildcard stands for all of them.
    static func find(_ host: String) -> HostPlace {
        let name = host.hasPrefix("*.") ? "paas-check" + host.dropFirst() : host
        guard let timeout = MachineProgram.path(of: "timeout"), let getent = MachineProgram.path(of: "getent"),
            let asked = try? Subprocess.capture(
                timeout, arguments: ["3", getent, "ahosts", name], environment: Environment.all)
        else { return .nowhere }
        let addresses = String(decoding: asked.output, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.map(String.init)
        }
        guard let first = addresses.first else { return .nowhere }
        return addresses.contains { $0.hasPrefix("127.") || $0 == "::1" } ? .here : .elsewhere(address: first)
    }

    /// What a person has to do until the domain is reached, if anything.
    func hints(for domain: DomainResource) -> [String] {
        reaching(domain.hostname) + secrecy(of: domain)
    }

    private func reaching(_ host: String) -> [String] {
        let isWildcard = host.hasPrefix("*.")
        let shown = isWildcard ? "Names below \(host.dropFirst(2))" : host
        let leads = isWildcard ? "lead" : "leads"
        let fact: String
        switch self {
        case .here: return []
        case .nowhere: fact = "\(shown) \(isWildcard ? "do" : "does")n't lead to this machine yet."
        case .elsewhere(let address): fact = "\(shown) \(leads) to \(address), not to this machine."
        }
        let name = isWildcard ? "www" + host.dropFirst() : host
        let how = isWildcard ? "/etc/hosts knows no wildcards, so name each host that you use:" : "To change that here:"
        return [fact, how, "    echo '127.0.0.1 \(name)' | sudo tee -a /etc/hosts"]
    }

    /// The authority of this machine signs only for names that nobody can own.
    private func secrecy(of domain: DomainResource) -> [String] {
        guard let host = try? HostName(domain.hostname), !host.isLocal, domain.sniEndpoint == nil else { return [] }
        return [
            "For https:// it needs a certificate of yours, because the authority of this machine signs no names of the"
                + " world:", "    paas certs:add CRT KEY -a \(domain.app.name)",
        ]
    }
}
