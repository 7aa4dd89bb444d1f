/// Files that nobody means to keep: what interpreters, shells and frameworks make anew whenever they miss it.
enum PassingFiles {
    /// - Parameter path: a file's or a folder's, part by part, below the app's folder; a folder speaks for all in it.
    static func include(_ path: [String]) -> Bool {
        guard let name = path.last else { return false }
        if folders.contains(name) || names.contains(name) || endings.contains(where: name.hasSuffix) { return true }
        return paths.contains(path.joined(separator: "/"))
    }

    /// At any depth.
    private static let folders: Set<String> = [
        "__pycache__", "node_modules", ".cache", ".npm", ".yarn", ".pnpm-store", ".pytest_cache", ".mypy_cache",
        ".ruff_cache", ".ipython", ".parcel-cache", ".turbo", ".vite", ".svelte-kit", ".sass-cache", ".git", ".build",
        ".swiftpm", ".gem", ".bundle", ".java", ".nuget", ".dotnet",
    ]

    /// Histories of shells and their like, and the schedule that Celery writes anew.
    private static let names: Set<String> = [
        ".bash_history", ".python_history", ".node_repl_history", ".irb_history", ".psql_history", ".sqlite_history",
        ".rediscli_history", ".viminfo", ".lesshst", ".wget-hsts", ".DS_Store", ".eslintcache", "celerybeat-schedule",
        "celerybeat-schedule.db", "celerybeat-schedule.dat", "celerybeat-schedule.dir", "celerybeat-schedule.bak",
    ]

    /// Compiled Python, process ids, locks of editors, and what SQLite keeps beside a database.
    private static let endings = [".pyc", ".pyo", ".pid", ".sock", ".swp", "~", "-journal", "-wal", "-shm"]

    /// Scratch folders of frameworks: Rails, Next.js, Nuxt, Angular, Laravel, Symfony.
    private static let paths: Set<String> = [
        "tmp", "temp", ".next/cache", ".nuxt", ".angular", "storage/framework", "bootstrap/cache", "var/cache",
        "public/assets/.sprockets",
    ]
}
