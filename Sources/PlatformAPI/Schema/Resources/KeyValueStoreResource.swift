/// How a key-value store is: what `redis:info` shows. Source: platform-api.md §3.
package struct KeyValueStoreResource: Codable, Sendable, Equatable {
    package var addonID: String
    package var name: String
    package var plan: String
    package var createdAt: String
    /// The URL that config vars have.
    package var resourceURL: String
    package var port: Int
    package var version: String
    package var info: [DatabaseResource.Line]

    package init(
        addonID: String, name: String, plan: String, createdAt: String, resourceURL: String, port: Int,
        version: String, info: [DatabaseResource.Line]
    ) {
        self.addonID = addonID
        self.name = name
        self.plan = plan
        self.createdAt = createdAt
        self.resourceURL = resourceURL
        self.port = port
        self.version = version
        self.info = info
    }

    private enum CodingKeys: String, CodingKey {
        case name, plan, port, version, info
        case addonID = "addon_id"
        case createdAt = "created_at"
        case resourceURL = "resource_url"
    }
}

/// The settings of a key-value store that can be changed. Source: platform-api.md §3.
package struct KeyValueStoreConfig: Codable, Sendable, Equatable {
    package struct Value<Kind: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
        package var value: Kind

        package init(_ value: Kind) { self.value = value }
    }

    package var maxmemoryPolicy: Value<String>
    /// In seconds.
    package var timeout: Value<Int>

    package init(maxmemoryPolicy: String, timeout: Int) {
        self.maxmemoryPolicy = Value(maxmemoryPolicy)
        self.timeout = Value(timeout)
    }

    private enum CodingKeys: String, CodingKey {
        case timeout
        case maxmemoryPolicy = "maxmemory_policy"
    }
}

/// Body of `PATCH /redis/v0/databases/{name}/config`.
package struct KeyValueStoreUpdate: Codable, Sendable, Equatable {
    package var maxmemoryPolicy: String?
    package var timeout: Int?

    package init(maxmemoryPolicy: String? = nil, timeout: Int? = nil) {
        self.maxmemoryPolicy = maxmemoryPolicy
        self.timeout = timeout
    }

    private enum CodingKeys: String, CodingKey {
        case timeout
        case maxmemoryPolicy = "maxmemory_policy"
    }
}
