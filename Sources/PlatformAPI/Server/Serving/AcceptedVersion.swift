/// The version of the API that a client asks for: `Accept: application/vnd.heroku+json; version=3.sdk`.
///
/// A variant (`3.sdk`) gets the same answers, which hold more than any one of them. Source: platform-api.md §1.3.
enum AcceptedVersion: Equatable {
    case three
    /// Nothing was said of it, as by a plain `curl`: Heroku refuses that, here it gets version 3 and a remark.
    case unsaid

    static let remark = "Heroku wants the header Accept: application/vnd.heroku+json; version=3"

    /// - Throws: ``BadRequest/version(_:)`` when only other versions are asked for.
    init(_ header: String?) throws(BadRequest) {
        var wanted: [String] = []
        for range in (header ?? "").lowercased().split(separator: ",") {
            let parts = range.filter { $0 != " " && $0 != "\"" }.split(separator: ";")
            guard parts.first == "application/vnd.heroku+json" else { continue }
            let version = parts.dropFirst().first { $0.hasPrefix("version=") }?.dropFirst("version=".count) ?? ""
            if version == "3" || version.hasPrefix("3.") {
                self = .three
                return
            }
            wanted.append(String(version))
        }
        guard let first = wanted.first else {
            self = .unsaid
            return
        }
        throw .version(first)
    }
}
