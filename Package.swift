// swift-tools-version: 6.3
import PackageDescription

/// The rules every room is built by; see ARCHITECTURE.md.
let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The same for rooms that touch no pointers: unsafe code has to say so.
let careful: [SwiftSetting] = house + [.strictMemorySafety()]

/// Programs that start often, or by the hundred, are linked without the dynamic loader: 0.4 ms instead of 4.
let selfContained: [LinkerSetting] = [
    .unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release))
]

/// The router reaches everything through pointers it alone holds: checking each access for overlap is 9 % of its work.
let carrying: [SwiftSetting] =
    house + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil, settings: [SwiftSetting] = house
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency], linker: [LinkerSetting] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: house, linkerSettings: linker)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let package = Package(
    name: "paas",
    platforms: [.macOS(.v15)],
    targets: [
        // Programs.
        program("paas", ["Console", "APIClient", "APISchema", "Model", "Posix"], linker: selfContained),
        program(
            "paasd",
            [
                "APIServer", "APISchema", "Platform", "Git", "Buildpacks", "Slugs", "Dyno", "Router", "Logs", "Addons",
                "Store",
                "Model",
                "HTTP", "Posix",
            ]),
        program("paas-router", ["Router", "HTTP", "HTTPSecure", "Model", "Posix"], linker: selfContained),
        program("paas-dyno", ["Dyno", "Model", "Posix"], linker: selfContained),
        program("paas-search", ["Search", "Posix"]),

        // Doors.
        room("Console", ["Posix"]),
        room("APISchema", path: "Sources/PlatformAPI/Schema", settings: careful),
        room("APIClient", ["APISchema", "HTTP", "Posix"], path: "Sources/PlatformAPI/Client"),
        room("APIServer", ["APISchema", "Platform", "HTTP", "Model", "Posix"], path: "Sources/PlatformAPI/Server"),

        // The conductor.
        room(
            "Platform", ["Git", "Buildpacks", "Slugs", "Dyno", "Router", "Logs", "Addons", "Store", "Model"],
            settings: careful),

        // Machines: never each other.
        room("Git", ["Model", "Posix", "CGit2"]),
        room("Buildpacks", ["Model", "Posix"]),
        room("Slugs", ["Model", "Posix"]),
        room("Dyno", ["Model", "Posix", "CPosix"]),
        room("Router", ["Model", "HTTP", "HTTPSecure", "Posix", "CPosix"], settings: carrying),
        room("Logs", ["Model", "Posix"]),
        room("Addons", ["Model", "HTTP", "HTTPSecure", "Posix"]),
        room("Store", ["Model", "Posix", "CSQLite"]),
        room("Search", ["HTTP", "Posix", "CSQLite"]),

        // Ground.
        room("Model", settings: careful),
        room("HTTPSecure", ["HTTP", "Posix", "COpenSSL", "CNGHTTP2"]),
        room("HTTP", ["Posix"]),
        room("Posix", ["CPosix"]),
        .target(name: "CPosix", path: "Sources/C/CPosix"),
        .systemLibrary(name: "CSQLite", path: "Sources/C/CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "COpenSSL", path: "Sources/C/COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CNGHTTP2", path: "Sources/C/CNGHTTP2", pkgConfig: "libnghttp2"),
        .systemLibrary(name: "CGit2", path: "Sources/C/CGit2", pkgConfig: "libgit2"),

        // Tests.
        tests("DynoTests", ["Dyno", "TestSupport", "Model", "Posix", "paas-dyno", "dyno-owner"]),
        .executableTarget(
            name: "dyno-owner", dependencies: ["Dyno", "Model", "Posix"], path: "Tests/DynoOwner", swiftSettings: house),
        tests("PlatformTests", ["Platform", "PlatformSupport", "Addons", "Store", "Model"]),
        room(
            "PlatformSupport",
            ["Platform", "Model", "Store", "Logs", "Git", "Slugs", "Dyno", "Router", "Addons", "Posix"],
            path: "Tests/PlatformSupport"),
        tests(
            "APIServerTests",
            [
                "APIServer", "APISchema", "Platform", "PlatformSupport", "Addons", "Router", "TestSupport", "HTTP",
                "Model", "Posix",
            ]),
        tests("SearchTests", ["Search", "HTTP", "Posix"]),
        tests("StoreTests", ["Store", "Model", "Posix"]),
        tests("HTTPTransportTests", ["HTTP", "Posix"]),
        tests("APISchemaTests", ["APISchema", "TestSupport"]),
        tests("ConsoleTests", ["Console"]),
        tests("PaasTests", ["paas", "APISchema", "Console", "HTTP", "Model", "Posix", "TestSupport"]),
        tests("HousePlanTests", ["Posix"]),
        tests("LogsTests", ["Logs", "Model", "Posix"]),
        tests("EndToEndTests", ["TestSupport", "Posix"]),
        room("TestSupport", ["Posix"], path: "Tests/Support"),
        tests("HTTPTests", ["HTTP"]),
        tests("AddonsTests", ["Addons", "Model"]),
        tests("BuildpacksTests", ["Buildpacks", "Slugs", "Model", "Posix"]),
        tests("SlugsTests", ["Slugs", "Posix"]),
        tests("GitTests", ["Git", "Model", "Posix"]),
        tests("RouterTests", ["Router", "HTTPSecure", "Model", "Posix", "CPosix"]),
    ]
)
