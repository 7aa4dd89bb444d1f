/// A host name of an app.
///
/// Source: the published Platform API schema, `domain`.
package struct DomainResource: Codable, Sendable, Equatable {
    @Nullable package var acmStatus: String?
    @Nullable package var acmStatusReason: String?
    package var app: NamedReference
    /// What leads to the app already; `NAME.localhost`. `nil` for that name itself.
    @Nullable package var cname: String?
    package var createdAt: String
    package var hostname: String
    package var id: String
    /// `heroku` for `NAME.localhost`, else `custom`.
    package var kind: String
    package var updatedAt: String
    /// `none`: nothing has to be waited for.
    package var status: String
    @Nullable package var sniEndpoint: NamedReference?

    package init(
        acmStatus: String? = nil, acmStatusReason: String? = nil, app: NamedReference, cname: String?,
        createdAt: String, hostname: String, id: String, kind: String, updatedAt: String, status: String = "none",
        sniEndpoint: NamedReference? = nil
    ) {
        self.acmStatus = acmStatus
        self.acmStatusReason = acmStatusReason
        self.app = app
        self.cname = cname
        self.createdAt = createdAt
        self.hostname = hostname
        self.id = id
        self.kind = kind
        self.updatedAt = updatedAt
        self.status = status
        self.sniEndpoint = sniEndpoint
    }

    private enum CodingKeys: String, CodingKey {
        case app, cname, hostname, id, kind, status
        case acmStatus = "acm_status"
        case acmStatusReason = "acm_status_reason"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case sniEndpoint = "sni_endpoint"
    }
}
