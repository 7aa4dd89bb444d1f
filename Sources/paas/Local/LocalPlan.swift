import Console
import Model
import Posix

/// Everything that the keeper has to know: it goes to it as JSON, through a pipe, since the variables are secrets.
struct LocalPlan: Codable, Equatable, Sendable {
    struct Process: Codable, Equatable, Sendable {
        /// `web.1`.
        let name: String
        let command: String
        /// Which of the colours its prefix has.
        let colour: Int
        let environment: [String: String]
    }

    var processes: [Process] = []
    /// Columns of the longest name.
    let nameWidth: Int

    /// Chooses the ports, and says what a person has to know before anything starts.
    ///
    /// - Parameters:
    ///   - variables: of the app's config and the env file.
    ///   - port: what `--port` said.
    static func make(
        _ list: StartList, _ procfile: LocalProcfile, _ variables: [String: String], port: String?
    ) throws -> LocalPlan {
        let words = ForemanWords(.standard)
        for entry in list.entries where procfile[entry.type] == nil {
            words.warn("Required Key '\(entry.type)' Does Not Exist in Procfile Definition")
        }
        guard list.entries.contains(where: { procfile[$0.type] != nil && $0.count > 0 }) else {
            throw Failure("There is nothing to start.", mend: Self.choices(in: procfile))
        }
        let places = LocalPorts.places(of: list, in: procfile)
        let base = try LocalPorts.base(for: places, asked: try LocalPorts.asked(port, variables))
        if base.isSubstitute { words.warn("Port \(LocalPorts.usual) is in use, so ports begin at \(base.port).") }
        var plan = LocalPlan(nameWidth: list.nameWidth)
        for place in places {
            plan.processes.append(place.process(procfile[place.type] ?? "", variables, basePort: base.port))
        }
        let web = places.filter(\.isWeb)
        for place in web {
            let url = "http://localhost:\(base.port + place.offset)"
            words.okay("Open \(url)\(web.count > 1 ? " (\(place.name))" : "")")
        }
        return plan
    }

    private static func choices(in procfile: LocalProcfile) -> [String] {
        procfile.types.filter { $0 != "release" }.map { "paas local \($0)" }
    }
}

extension LocalPorts.Place {
    fileprivate func process(_ command: String, _ variables: [String: String], basePort: Int) -> LocalPlan.Process {
        var environment = Environment.all.merging(variables) { $1 }
        environment["PORT"] = String(basePort + offset)
        environment["FOREMAN_WORKER_NAME"] = variables["FOREMAN_WORKER_NAME"] ?? name
        return LocalPlan.Process(name: name, command: command, colour: colour, environment: environment)
    }
}
