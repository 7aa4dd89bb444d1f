internal import APISchema

/// A resource that comes in lists.
protocol Listed: Encodable, Sendable {
    /// What a list of them can be ordered by; never empty. The first names the order that the list has by itself.
    static var rangeFields: [RangeField<Self>] { get }
}

/// A property that a `Range` header may name.
struct RangeField<Resource>: Sendable {
    let name: String
    let value: @Sendable (Resource) -> RangeValue
    let parse: @Sendable (String) -> RangeValue?

    static func text(_ name: String, _ value: @escaping @Sendable (Resource) -> String) -> Self {
        Self(name: name, value: { .text(value($0)) }, parse: { .text($0) })
    }

    static func number(_ name: String, _ value: @escaping @Sendable (Resource) -> Int) -> Self {
        Self(name: name, value: { .number(value($0)) }, parse: { Int($0).map { .number($0) } })
    }
}

enum RangeValue: Comparable, CustomStringConvertible {
    case number(Int)
    case text(String)

    var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }
}

extension AppResource: Listed {
    static let rangeFields: [RangeField<Self>] = [
        .text("id") { $0.id }, .text("name") { $0.name }, .text("created_at") { $0.createdAt },
        .text("updated_at") { $0.updatedAt },
    ]
}

extension ReleaseResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .number("version") { $0.version }]
}

extension BuildResource: Listed {
    static let rangeFields: [RangeField<Self>] = [
        .text("id") { $0.id }, .text("created_at") { $0.createdAt }, .text("updated_at") { $0.updatedAt },
    ]
}

extension DynoResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension FormationResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("type") { $0.type }]
}

extension AppFeatureResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension DomainResource: Listed {
    static let rangeFields: [RangeField<Self>] = [
        .text("id") { $0.id }, .text("hostname") { $0.hostname }, .text("domain") { $0.hostname },
    ]
}

extension SNIEndpointResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension BuildpackInstallationResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.number("ordinal") { $0.ordinal }]
}

extension AddonResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension AddonAttachmentResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension AddonServiceResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension PlanResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension StackResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension RegionResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}

extension DynoSizeResource: Listed {
    static let rangeFields: [RangeField<Self>] = [.text("id") { $0.id }, .text("name") { $0.name }]
}
