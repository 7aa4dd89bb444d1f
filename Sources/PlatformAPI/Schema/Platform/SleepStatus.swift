/// Answer of `GET` and `PATCH /paas/v1/apps/{app}/sleep`.
package struct SleepStatus: Codable, Sendable, Equatable {
    /// How long nobody asks for the app before it sleeps.
    package var afterSeconds: Int
    /// `nil` for an app that never sleeps: its web dynos are not Eco, and the feature `sleep` is off.
    @Nullable package var isAsleep: Bool?

    package init(
        afterSeconds: Int, isAsleep: Bool? = nil
    ) {
        self.afterSeconds = afterSeconds
        self.isAsleep = isAsleep
    }

    private enum CodingKeys: String, CodingKey {
        case afterSeconds = "after_seconds"
        case isAsleep = "asleep"
    }
}

/// Body of `PATCH /paas/v1/apps/{app}/sleep`.
package struct SleepUpdate: Codable, Sendable, Equatable {
    package var afterSeconds: Int

    package init(
        afterSeconds: Int
    ) {
        self.afterSeconds = afterSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case afterSeconds = "after_seconds"
    }
}
