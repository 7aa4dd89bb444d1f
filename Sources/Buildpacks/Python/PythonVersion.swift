/// `3.12.1`
struct PythonVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    var major: Int
    var minor: Int
    var patch: Int

    /// - Returns: `nil` unless `text` is three numbers with dots; pre-releases (`3.15.0a1`) are none.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2],
            min(major, minor, patch) >= 0
        else { return nil }
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// `3.12`, which Heroku calls the major version.
    var series: PythonSeries { PythonSeries(major: major, minor: minor) }
    var description: String { "\(major).\(minor).\(patch)" }

    static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

/// `3.12`
struct PythonSeries: Hashable, Comparable, Sendable, CustomStringConvertible {
    var major: Int
    var minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1], min(major, minor) >= 0 else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

/// The Python an app asks for, and where it says so.
struct PythonRequest: Equatable, Sendable {
    var series: PythonSeries
    /// `nil` for the newest of the series.
    var patch: Int?
    /// `.python-version`, `runtime.txt`, `Pipfile.lock`.
    var source: String

    /// `3.12` or `3.12.1`, as it was written.
    var text: String { patch.map { "\(series).\($0)" } ?? series.description }

    init(series: PythonSeries, patch: Int?, source: String) {
        self.series = series
        self.patch = patch
        self.source = source
    }

    /// - Parameter text: `3.12` or `3.12.1`.
    init?(_ text: some StringProtocol, source: String) {
        if let exact = PythonVersion(text) {
            self.init(series: exact.series, patch: exact.patch, source: source)
        } else if let series = PythonSeries(text) {
            self.init(series: series, patch: nil, source: source)
        } else {
            return nil
        }
    }
}
