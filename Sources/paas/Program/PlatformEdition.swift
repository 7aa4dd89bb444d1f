import APISchema

/// The version as messages name it.
enum PlatformEdition {
    static var text: String { PlatformVersion.current.description }
}
