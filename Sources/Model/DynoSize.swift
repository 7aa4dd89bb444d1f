/// A row of Heroku's table of dyno types. Source: heroku-platform.md §4.
package struct DynoSize: Hashable, Sendable {
    /// As Heroku prints it: `Basic`, `Standard-1X`.
    package let name: String
    /// Memory quota in MiB.
    package let memoryMiB: Int
    /// Most processes and threads at once.
    package let processLimit: Int
    /// US dollars a month on Heroku; here every size costs nothing.
    package let dollarsPerMonth: Int

    package init(name: String, memoryMiB: Int, processLimit: Int, dollarsPerMonth: Int) {
        self.name = name
        self.memoryMiB = memoryMiB
        self.processLimit = processLimit
        self.dollarsPerMonth = dollarsPerMonth
    }

    package static let eco = DynoSize(name: "Eco", memoryMiB: 512, processLimit: 256, dollarsPerMonth: 0)
    package static let basic = DynoSize(name: "Basic", memoryMiB: 512, processLimit: 256, dollarsPerMonth: 7)

    package static let all: [DynoSize] = [
        eco, basic,
        DynoSize(name: "Standard-1X", memoryMiB: 512, processLimit: 256, dollarsPerMonth: 25),
        DynoSize(name: "Standard-2X", memoryMiB: 1024, processLimit: 512, dollarsPerMonth: 50),
        DynoSize(name: "Performance-M", memoryMiB: 2560, processLimit: 16384, dollarsPerMonth: 250),
        DynoSize(name: "Performance-L", memoryMiB: 14336, processLimit: 32768, dollarsPerMonth: 500),
        DynoSize(name: "Performance-L-RAM", memoryMiB: 30720, processLimit: 24576, dollarsPerMonth: 500),
        DynoSize(name: "Performance-XL", memoryMiB: 63488, processLimit: 32768, dollarsPerMonth: 750),
        DynoSize(name: "Performance-2XL", memoryMiB: 129024, processLimit: 65536, dollarsPerMonth: 1500),
    ]

    /// The size of that name in any case; Heroku's retired names mean the size that took their place.
    package static func named(_ name: String) -> DynoSize? {
        let wanted = name.lowercased()
        return all.first { $0.name.lowercased() == successors[wanted] ?? wanted }
    }

    /// Whether Heroku has dropped that name.
    package static func isRetired(_ name: String) -> Bool { successors[name.lowercased()] != nil }

    private static let successors = [
        "free": "eco", "hobby": "basic", "1x": "standard-1x", "2x": "standard-2x", "px": "performance-l",
    ]

    /// How many dynos of one type Heroku gives; here a rule only for those who ask for it.
    package var mostPerType: Int {
        switch family {
        case .eco, .basic: 1
        case .professional: name.hasPrefix("Standard") ? 100 : 10
        }
    }

    /// Heroku lets an app have dynos of one family only.
    package enum Family: Sendable { case eco, basic, professional }

    package var family: Family {
        switch name {
        case "Eco": .eco
        case "Basic": .basic
        default: .professional
        }
    }
}
