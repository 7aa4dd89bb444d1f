import APISchema
import Console
import Model

/// Says so when a size was asked for by a name that Heroku has dropped.
enum RetiredSize {
    static func warn(about updates: [FormationUpdate], on terminal: Terminal) {
        for name in Set(updates.compactMap(\.size)).sorted() where DynoSize.isRetired(name) {
            guard let size = DynoSize.named(name) else { continue }
            terminal.warn("Heroku no longer has the size \(name); \(size.name) took its place.")
        }
    }
}
