/// Which room may know which other room: the drawing in ARCHITECTURE.md as one table.
///
/// A room or program that is missing here has no business in the house.
enum Arrows {
    /// What each room may depend on and import, besides the standard library.
    static let allowed: [String: Set<String>] = [
        // Programs.
        "paas": ["Console", "APIClient", "APISchema", "Model", "HTTP", "Posix", "FoundationEssentials"],
        "paasd": machines.union(ground).union(["APIServer", "APISchema", "Platform", "FoundationEssentials"]),
        "paas-router": ["Router", "HTTP", "HTTPSecure", "Model", "Posix"],
        "paas-dyno": ["Dyno", "Model", "Posix"],
        "paas-search": ["Search", "Posix"],

        // Doors.
        "Console": ["Posix"],
        "APISchema": ["FoundationEssentials"],
        "APIClient": ["APISchema", "HTTP", "Posix", "FoundationEssentials"],
        "APIServer": ["APISchema", "Platform", "HTTP", "Model", "Posix", "FoundationEssentials"],
        "Dashboard": ["HTTP", "Model"],

        // The conductor.
        "Platform": machines.union(["Model", "Posix"]),

        // Machines: Model, the ground and one's own C library; never each other.
        "Git": ["Model", "Posix", "CGit2"],
        "Buildpacks": ["Model", "Posix"],
        "Slugs": ["Model", "Posix"],
        "Dyno": ["Model", "Posix", "CPosix"],
        "Router": ["Model", "HTTP", "HTTPSecure", "Posix", "CPosix"],
        "Logs": ["Model", "Posix"],
        "Addons": ["Model", "Posix", "HTTP", "HTTPSecure"],
        "Store": ["Model", "Posix", "CSQLite"],
        // In a program of its own, and in no other.
        "Search": ["HTTP", "Posix", "CSQLite"],

        // Ground.
        "Model": [],
        "HTTPSecure": ["HTTP", "Posix", "CNGHTTP2", "COpenSSL"],
        "HTTP": ["Posix"],
        "Posix": ["CPosix"],
        "CPosix": [], "CSQLite": [], "CGit2": [], "CNGHTTP2": [], "COpenSSL": [],
    ]

    static let machines: Set<String> = ["Git", "Buildpacks", "Slugs", "Dyno", "Router", "Logs", "Addons", "Store"]
    static let ground: Set<String> = ["Model", "HTTP", "HTTPSecure", "Posix"]

    /// The operating system's own calls, and who may make them: machines and the ground, and of the doors only the one
    /// that knows the terminal; and the programs, which have to end themselves.
    static let systemModules: Set<String> = ["Glibc", "Musl", "Darwin"]
    static let systemCallers: Set<String> = machines.union(ground).subtracting(["Model"]).union([
        "Console", "Search", "paas", "paasd", "paas-router", "paas-dyno", "paas-search",
    ])

    /// Parts of the standard library that anyone may import.
    static let standardModules: Set<String> = ["Swift", "Synchronization", "RegexBuilder"]
}
