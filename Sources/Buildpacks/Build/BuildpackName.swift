/// The names and addresses by which people ask for a buildpack.
package enum BuildpackName {
    /// What a name or address stands for.
    enum Meaning: Equatable {
        case builtIn(String)
        /// A buildpack of Heroku's that has no counterpart here.
        case unsupported(String)
        /// Something to fetch: a git or tarball address, or a folder.
        case outside(String)
    }

    package static let builtIn = ["heroku/nodejs", "heroku/python", "vapor/vapor"]

    private static let official = [
        "ruby", "clojure", "java", "gradle", "scala", "php", "go", "dotnet", "jvm",
    ]

    static func meaning(of text: String) -> Meaning {
        var name = text
        for prefix in ["urn:buildpack:", "https://buildpack-registry.s3.amazonaws.com/buildpacks/"]
        where name.hasPrefix(prefix) {
            name.removeFirst(prefix.count)
        }
        if name.hasSuffix(".tgz"), name != text { name.removeLast(4) }
        for prefix in ["https://github.com/heroku/heroku-buildpack-", "git@github.com:heroku/heroku-buildpack-"]
        where name.hasPrefix(prefix) {
            // A branch or commit of an official pack is asked for on purpose.
            if name.contains("#") { return .outside(text) }
            name = "heroku/" + name.dropFirst(prefix.count)
            if name.hasSuffix(".git") { name.removeLast(4) }
            if name.hasSuffix("/") { name.removeLast() }
        }
        if name.hasPrefix("https://github.com/vapor-community/heroku-buildpack"), !name.contains("#") {
            return .builtIn("vapor/vapor")
        }
        switch name {
        case "heroku/python", "heroku/nodejs", "vapor/vapor": return .builtIn(name)
        case "python", "nodejs": return .builtIn("heroku/\(name)")
        case "swift", "heroku/swift", "vapor": return .builtIn("vapor/vapor")
        default: break
        }
        if name.hasPrefix("heroku/"), official.contains(String(name.dropFirst(7))) { return .unsupported(name) }
        if official.contains(name) { return .unsupported("heroku/\(name)") }
        // `heroku-community/apt` and its kin live in a registry, and there under their GitHub name.
        if let slash = name.firstIndex(of: "/"), slash != name.startIndex, !name.contains(":"),
            !name.dropFirst().contains("~"), name.first != ".", name.first != "~", name.split(separator: "/").count == 2
        {
            return .unsupported(name)
        }
        return .outside(text)
    }

    /// Where Heroku's own pack of that name can be cloned.
    static func officialSource(of name: String) -> String {
        let parts = name.split(separator: "/")
        guard parts.count == 2 else { return "https://github.com/OWNER/REPOSITORY" }
        return "https://github.com/heroku/heroku-buildpack-\(parts[1])"
    }
}
