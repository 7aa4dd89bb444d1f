/// Body of `PATCH /apps/{app}/formation`.
package struct FormationBatchUpdate: Codable, Sendable, Equatable {
    package var updates: [FormationUpdate]

    package init(
        updates: [FormationUpdate]
    ) {
        self.updates = updates
    }
}
