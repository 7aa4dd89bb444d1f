/// A buildpack, by its URL and name.
package struct BuildpackReference: Codable, Sendable, Equatable {
    /// `https://…`, or `urn:buildpack:heroku/python` for one that the platform has.
    package var url: String
    /// `heroku/python`; the URL when it has no name.
    package var name: String

    package init(
        url: String, name: String
    ) {
        self.url = url
        self.name = name
    }
}
