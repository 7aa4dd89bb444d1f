/// Where people keep language versions below their homes: the only things of a home that a dyno may read, and so the
/// only interpreters there that a build may rely on.
package enum ToolchainFolders {
    package static let belowHome = [
        ".pyenv", ".asdf", ".local/share/uv", ".local/share/mise", ".local/share/rtx", ".local/share/swiftly",
        ".local/share/fnm", ".local/share/pnpm", ".local/bin", ".local/lib", ".swiftly", ".nvm", ".nodenv", ".volta",
        ".bun", ".deno", ".rbenv", ".cargo/bin",
    ]

    /// Whether a path lies in one of them, in anybody's home.
    package static func contain(_ path: String) -> Bool { belowHome.contains { path.contains("/\($0)/") } }
}
