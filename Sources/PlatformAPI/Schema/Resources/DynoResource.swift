/// A running dyno.
///
/// Source: the published Platform API schema, `dyno`.
package struct DynoResource: Codable, Sendable, Equatable {
    /// Path on this socket that takes `Upgrade: paas-attach/1`; only for an attached one-off.
    @Nullable package var attachURL: String?
    package var command: String
    package var createdAt: String
    package var id: String
    /// `web.1`.
    package var name: String
    package var release: ReleaseReference
    package var app: NamedReference
    /// `Basic`.
    package var size: String
    /// `starting`, `up`, `crashed`, `down` or `idle`.
    package var state: String
    package var type: String
    package var updatedAt: String
    /// Only with `?extended=true`, which the published schema does not have.
    package var extended: DynoExtension?
    /// Why it is crashed; v3 does not have it, and it is there for such a dyno only.
    package var reason: String?

    package init(
        attachURL: String? = nil, command: String, createdAt: String, id: String, name: String,
        release: ReleaseReference, app: NamedReference, size: String, state: String, type: String, updatedAt: String,
        reason: String? = nil
    ) {
        self.attachURL = attachURL
        self.command = command
        self.createdAt = createdAt
        self.id = id
        self.name = name
        self.release = release
        self.app = app
        self.size = size
        self.state = state
        self.type = type
        self.updatedAt = updatedAt
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case command, id, name, release, app, size, state, type, extended, reason
        case attachURL = "attach_url"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }
}

/// What `ps --extended` shows besides.
package struct DynoExtension: Codable, Sendable, Equatable {
    /// Where it listens on this machine.
    package var port: Int?
    /// How it is kept apart: `L0` to `L3`.
    package var sandbox: String?

    package init(port: Int?, sandbox: String?) {
        self.port = port
        self.sandbox = sandbox
    }
}
