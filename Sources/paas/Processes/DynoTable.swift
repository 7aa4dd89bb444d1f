import APISchema
import Console

/// What `ps --extended` prints: Heroku's columns that mean something on one machine, and how each dyno is kept apart.
enum DynoTable {
    static func show(_ dynos: [DynoResource], on terminal: Terminal, cut: Bool) {
        var table = Table(["ID", "Process", "State", "Region", "Sandbox", "Port", "Release", "Command", "Size"])
        for dyno in DynoListing.sorted(dynos) {
            table.add([
                dyno.id, dyno.name, "\(dyno.state) \(TimeText.ago(dyno.updatedAt))", "us",
                dyno.extended?.sandbox ?? "", dyno.extended?.port.map(String.init) ?? "", "\(dyno.release.version)",
                dyno.command, dyno.size,
            ])
        }
        terminal.table(table, cut: cut)
    }
}
