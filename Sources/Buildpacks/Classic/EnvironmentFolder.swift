internal import Model

/// The folder with one file for each config var that buildpacks and hooks read.
///
/// It lives in the step's own temporary folder and goes with it, so that no value stays on disk.
enum EnvironmentFolder {
    private static let prefix = "PAAS_CONFIG_"

    /// The environment of a step that makes the folder: each config var under a name that nothing else uses.
    static func variables(_ session: BuildSession, _ environment: [String: String]) -> [String: String] {
        var environment = environment
        for (key, value) in session.request.config.revealed { environment[prefix + key] = value }
        return environment
    }

    /// A bash line that runs `command` with `ENV_DIR` set.
    static func around(_ command: String) -> String {
        """
        set -e
        umask 022
        export ENV_DIR="$(mktemp -d "/tmp/env.XXXXXXXX")"
        trap 'rm -rf -- "$ENV_DIR"' EXIT
        for name in "${!\(prefix)@}"; do
        printf %s "${!name}" >"$ENV_DIR/${name#\(prefix)}"
        unset "$name"
        done
        set +e
        \(command)
        """
    }
}
