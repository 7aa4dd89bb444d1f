internal import CGit2

/// libgit2 as a whole, set up once for the process.
enum GitLibrary {
    private static let isStarted: Bool = {
        git_libgit2_init()
        // The repositories are ours even where a daemon run by root serves another user's home.
        cgit2_set_owner_validation(0)
        // git's own receive-pack has checked every object of a push; a second SHA-1 would be most of an export's time.
        cgit2_set_hash_verification(0)
        // Windows onto packs count as memory of the daemon.
        cgit2_set_mapped_limit(128 << 20)
        // What a person has in ~/.gitconfig is for his own git.
        let levels = [
            GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_PROGRAMDATA,
        ]
        for level in levels { cgit2_set_search_path(level.rawValue, "") }
        return true
    }()

    static func start() { _ = isStarted }
}
