/// What a build needs of an app's `package.json`.
struct PackageManifest: Sendable {
    let json: JSON
    let bytes: [UInt8]

    /// - Returns: `nil` unless the bytes are a JSON object.
    init?(_ bytes: [UInt8]) {
        guard let json = JSON(bytes), case .object = json else { return nil }
        self.json = json
        self.bytes = bytes
    }

    func script(_ name: String) -> String? { json["scripts"]?[name]?.text }
    func engine(_ name: String) -> String? { json["engines"]?[name]?.text }

    /// `pnpm@9.1.0`
    var packageManager: String? { json["packageManager"]?.text }

    var hasDependencies: Bool {
        ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].contains {
            !(json[$0]?.members.isEmpty ?? true)
        } || isWorkspace
    }

    var hasDevelopmentDependencies: Bool { !(json["devDependencies"]?.members.isEmpty ?? true) }
    var isWorkspace: Bool { json["workspaces"] != nil }

    /// The app's own scripts take part in the installation, or parts of the app are installed, so that manifest and
    /// lock file alone do not tell what comes out.
    var hasOwnInstallSteps: Bool {
        let hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare", "postprepare"]
        if hooks.contains(where: { script($0) != nil }) || isWorkspace { return true }
        return ["dependencies", "devDependencies", "optionalDependencies"].contains { kind in
            json[kind]?.members.contains { member in
                ["file:", "link:", "portal:", "workspace:", ".", "/", "~/"].contains {
                    member.value.text?.hasPrefix($0) == true
                }
            } ?? false
        }
    }

    /// Folders that the app itself wants kept between builds.
    var cacheFolders: [String] {
        (json["cacheDirectories"] ?? json["cache_directories"])?.elements.compactMap(\.text) ?? []
    }
}
