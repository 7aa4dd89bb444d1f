/// The platform's version, as `paas version` prints it.
enum Version {
    static let text = "0.1.0"
}
