import Posix
import Testing

/// The package index that pip uses when nobody tells it another, as pip itself names it.
struct PackageIndex {
    let simple: String
    let fileHost: String

    static func `default`() throws -> PackageIndex {
        let script = """
            import sys, glob
            sys.path += glob.glob("/usr/share/python-wheels/pip-*.whl")
            from pip._internal.models.index import PyPI
            print(PyPI.simple_url, PyPI.file_storage_domain)
            """
        let python = try #require(Subprocess.find("python3", path: Environment["PATH"] ?? "/usr/bin:/bin"))
        let asked = try Subprocess.capture(python, arguments: ["-c", script], environment: Environment.all)
        let words = String(decoding: asked.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        try #require(asked.end.isSuccess && words.count == 2, "\(String(decoding: asked.errors, as: UTF8.self))")
        return PackageIndex(simple: String(words[0]), fileHost: String(words[1]))
    }

    /// A lock file with the index's addresses in their places.
    func named(in text: String) -> String {
        text.replacing("@INDEX@", with: simple).replacing("@FILES@", with: fileHost)
    }
}
