import APISchema
import Console

/// What `ps` prints: one-off dynos first, then a group for each command. Source: heroku-cli.md §4.1.
struct DynoListing {
    private let oneOffs: [DynoResource]
    private let groups: [(command: String, dynos: [DynoResource])]

    init(_ dynos: [DynoResource]) {
        let sorted = Self.sorted(dynos)
        oneOffs = sorted.filter { $0.type == "run" }
        var groups: [(command: String, dynos: [DynoResource])] = []
        for dyno in sorted where dyno.type != "run" {
            if let index = groups.firstIndex(where: { $0.command == dyno.command }) {
                groups[index].dynos.append(dyno)
            } else {
                groups.append((dyno.command, [dyno]))
            }
        }
        self.groups = groups
    }

    /// By process type and number.
    static func sorted(_ dynos: [DynoResource]) -> [DynoResource] {
        dynos.sorted { ($0.type, number($0), $0.name) < ($1.type, number($1), $1.name) }
    }

    func print(on terminal: Terminal) {
        let stream = terminal.output
        if !oneOffs.isEmpty {
            terminal.header(
                "\(stream.styled("run", .green)): one-off processes (\(stream.styled(String(oneOffs.count), .yellow)))")
            for dyno in oneOffs {
                terminal.print(
                    "\(dyno.name) (\(stream.styled(dyno.size, .cyan))): \(state(dyno, stream)): \(dyno.command)")
            }
            terminal.print()
        }
        for (command, dynos) in groups {
            let type = dynos.first?.type ?? ""
            let size = dynos.first?.size ?? ""
            terminal.header(
                "\(stream.styled(type, .green)) (\(stream.styled(size, .cyan))): \(command) (\(stream.styled(String(dynos.count), .yellow)))"
            )
            for dyno in dynos { terminal.print("\(dyno.name): \(state(dyno, stream))") }
            terminal.print()
        }
    }

    private func state(_ dyno: DynoResource, _ stream: Stream) -> String {
        let state = stream.styled(dyno.state, dyno.state == "up" ? .green : .yellow)
        return "\(state) \(TimeText.ago(dyno.updatedAt))\(dyno.reason.map { ": \($0)" } ?? "")"
    }

    private static func number(_ dyno: DynoResource) -> Int {
        dyno.name.split(separator: ".").last.flatMap { Int($0) } ?? 0
    }
}
