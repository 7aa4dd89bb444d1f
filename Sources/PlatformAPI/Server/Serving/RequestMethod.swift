internal import HTTP

extension HTTPRequest {
    /// Asks for something and changes nothing.
    var isRead: Bool { method == "GET" || method == "HEAD" }

    /// For an endpoint that v3 does not have.
    var isPlatformOwn: Bool { path.hasPrefix("/paas/") }

    /// The request with the method that it means: clients that know only GET and POST name another one in a header.
    ///
    /// Source: platform-api.md §1.5.
    var overridden: HTTPRequest {
        guard method == "POST", let meant = headers["X-Http-Method-Override"]?.uppercased(),
            ["PATCH", "PUT", "DELETE"].contains(meant)
        else { return self }
        var request = self
        request.method = meant
        return request
    }
}
