internal import CGit2

/// An open bare repository.
struct Repository: ~Copyable {
    private let handle: OpaquePointer

    /// - Throws: `GIT_ENOTFOUND` where there is none.
    init(opening path: String) throws(GitError) {
        var handle: OpaquePointer?
        try git("git_repository_open_bare") { git_repository_open_bare(&handle, path) }
        guard let handle else { throw GitError(code: -1, function: "git_repository_open_bare", message: "no handle") }
        self.handle = handle
    }

    /// Makes an empty repository; its `HEAD` names a branch that is yet to come.
    init(creating path: String, branch: String) throws(GitError) {
        var handle: OpaquePointer?
        var options = git_repository_init_options()
        let version = UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)
        try git("git_repository_init_options_init") { git_repository_init_options_init(&options, version) }
        options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
        try git("git_repository_init_ext") {
            branch.withCString { branch in
                options.initial_head = branch
                return git_repository_init_ext(&handle, path, &options)
            }
        }
        guard let handle else { throw GitError(code: -1, function: "git_repository_init_ext", message: "no handle") }
        self.handle = handle
    }

    deinit { git_repository_free(handle) }

    /// Writes settings into the repository's own `config` file.
    borrowing func configure(_ settings: [(key: String, value: String)]) throws(GitError) {
        var config: OpaquePointer?
        try git("git_repository_config") { git_repository_config(&config, handle) }
        defer { git_config_free(config) }
        for (key, value) in settings {
            try git("git_config_set_string") { git_config_set_string(config, key, value) }
        }
    }

    /// The object that a reference names; `nil` where there is no such reference.
    borrowing func target(of reference: String) throws(GitError) -> ObjectID? {
        var id = git_oid()
        do {
            try git("git_reference_name_to_id") { git_reference_name_to_id(&id, handle, reference) }
        } catch  where error.isNotFound {
            return nil
        }
        return ObjectID(id)
    }
}
