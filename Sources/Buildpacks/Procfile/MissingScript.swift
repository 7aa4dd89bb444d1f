internal import Model

/// A script that a Procfile line runs and that is not there, mostly by a slip of the keyboard.
struct MissingScript: Equatable {
    let path: String
    /// A file beside it with nearly that name.
    let near: String?

    /// Looks at lines of the plain form `python app.py`, `node server.js`, `bash start.sh`, `gunicorn app:app`.
    static func find(in command: String, _ session: BuildSession) -> MissingScript? {
        let words = command.split(separator: " ").map(String.init)
        guard let program = words.first else { return nil }
        let path: String
        switch program {
        case "python", "python3", "node", "bash", "sh":
            guard let script = words.dropFirst().first(where: { !$0.hasPrefix("-") }),
                [".py", ".js", ".mjs", ".cjs", ".sh"].contains(where: script.hasSuffix),
                !words.dropFirst().prefix(while: { $0 != script }).contains(where: { ["-m", "-c", "-e"].contains($0) })
            else { return nil }
            path = script
        case "gunicorn", "uvicorn", "waitress-serve":
            guard let target = words.dropFirst().first(where: { isModuleTarget($0) }),
                !words.contains("--chdir"), !words.contains("--app-dir")
            else { return nil }
            let module = target.split(separator: ":")[0].split(separator: ".").joined(separator: "/")
            if session.hostPath(module) != nil { return nil }
            path = module + ".py"
        default: return nil
        }
        guard path.allSatisfy({ $0.isLetter || $0.isNumber || "._-/".contains($0) }), !path.hasPrefix("/"),
            !path.contains(".."), session.hostPath(path) == nil
        else { return nil }
        // A module with dots is most often a package, a single name may be an installed one.
        let near = nearest(to: path, session)
        if near == nil, program == "gunicorn" || program == "uvicorn" || program == "waitress-serve" { return nil }
        return MissingScript(path: path, near: near)
    }

    private static func isModuleTarget(_ word: String) -> Bool {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].first?.isLetter == true && parts[1].first?.isLetter == true
            && parts[0].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }

    private static func nearest(to path: String, _ session: BuildSession) -> String? {
        let folder = WorkTree.parent(of: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return NearName.of(name, among: session.tree.names(in: folder)).map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }
}
