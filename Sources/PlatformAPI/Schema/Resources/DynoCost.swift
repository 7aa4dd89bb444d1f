/// What a dyno size costs on Heroku.
///
/// Source: the published Platform API schema, `dyno-size.cost`.
package struct DynoCost: Codable, Sendable, Equatable {
    package var cents: Int
    /// `month`.
    package var unit: String

    package init(
        cents: Int, unit: String
    ) {
        self.cents = cents
        self.unit = unit
    }
}
