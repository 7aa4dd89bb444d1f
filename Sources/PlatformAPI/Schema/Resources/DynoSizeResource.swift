/// A size that dynos may have.
///
/// Source: the published Platform API schema, `dyno-size`.
package struct DynoSizeResource: Codable, Sendable, Equatable {
    package var architecture: String
    package var compute: Int
    @Nullable package var cost: DynoCost?
    package var dedicated: Bool
    package var preciseDynoUnits: Double
    package var generation: NamedReference
    package var id: String
    /// GiB.
    package var memory: Double
    package var name: String
    package var privateSpaceOnly: Bool

    package init(
        architecture: String, compute: Int, cost: DynoCost? = nil, dedicated: Bool, preciseDynoUnits: Double,
        generation: NamedReference, id: String, memory: Double, name: String, privateSpaceOnly: Bool = false
    ) {
        self.architecture = architecture
        self.compute = compute
        self.cost = cost
        self.dedicated = dedicated
        self.preciseDynoUnits = preciseDynoUnits
        self.generation = generation
        self.id = id
        self.memory = memory
        self.name = name
        self.privateSpaceOnly = privateSpaceOnly
    }

    private enum CodingKeys: String, CodingKey {
        case architecture, compute, cost, dedicated, generation, id, memory, name
        case preciseDynoUnits = "precise_dyno_units"
        case privateSpaceOnly = "private_space_only"
    }
}
