internal import Model

/// The environment of a Python app, in the build and in dynos.
struct PythonProfile {
    let installation: PythonInstallation

    /// What hooks and Django's commands see.
    func buildVariables(_ session: BuildSession) -> [String: String] {
        let app = session.runner.appPath
        var variables = [
            "PATH": "\(app)/.heroku/python/bin:\(session.path)", "LANG": "en_US.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1", "VIRTUAL_ENV": "\(app)/.heroku/python",
        ]
        if let path = installation.libraryPath { variables["LD_LIBRARY_PATH"] = path }
        return variables
    }

    /// Writes the start-up scripts. They find the app by `HOME`: it is not at the same place everywhere.
    func write(to tree: WorkTree) throws {
        let libraries =
            installation.libraryPath == nil
            ? ""
            : "export LD_LIBRARY_PATH=\"$HOME/\(PythonInstallation.copyFolder)/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\"\n"
        try tree.write(
            """
            export PATH="$HOME/.heroku/python/bin:$PATH"
            export PYTHONUNBUFFERED=true
            export LANG="${LANG:-en_US.UTF-8}"
            export PYTHONPATH="${PYTHONPATH:-$HOME}"
            export PIP_DISABLE_PIP_VERSION_CHECK=1
            export FORWARDED_ALLOW_IPS='*'
            export GUNICORN_CMD_ARGS="${GUNICORN_CMD_ARGS:---access-logfile -}"
            \(libraries)if [ "$HOME" != /app ]; then
              for file in "$HOME"/.heroku/python/lib/python*/site-packages/*.pth; do
                if [ -w "$file" ] && grep -q '^/app' "$file"; then sed -i "s#^/app#$HOME#" "$file"; fi
              done
              unset file
            fi

            """, to: ".profile.d/python.sh")
        try tree.write(Self.webConcurrency, to: ".profile.d/WEB_CONCURRENCY.sh")
    }

    private static let webConcurrency = """
        \(MemoryDetection.function)
        python_web_concurrency() {
          local memory cores by_cores by_memory
          memory=$(detect_memory_mb)
          cores=$(nproc 2>/dev/null || echo 1)
          export DYNO_RAM="$memory"
          case "${DYNO:-}" in web.*) echo "Python buildpack: Detected $memory MB available memory and $cores CPU cores." >&2 ;; esac
          if [ -n "${WEB_CONCURRENCY:-}" ] && [ "${WEB_CONCURRENCY_SET_BY:-}" != heroku/python ]; then
            case "${DYNO:-}" in web.*) echo "Python buildpack: Skipping automatic configuration of WEB_CONCURRENCY since it's already set." >&2 ;; esac
            return
          fi
          by_cores=$((cores * 2 + 1))
          by_memory=$((memory / 256))
          if [ "$by_memory" -lt 1 ]; then by_memory=1; fi
          if [ "$by_cores" -le "$by_memory" ]; then
            WEB_CONCURRENCY=$by_cores; reason="number of CPU cores"
          else
            WEB_CONCURRENCY=$by_memory; reason="available memory"
          fi
          export WEB_CONCURRENCY WEB_CONCURRENCY_SET_BY=heroku/python
          case "${DYNO:-}" in web.*) echo "Python buildpack: Defaulting WEB_CONCURRENCY to $WEB_CONCURRENCY based on the $reason." >&2 ;; esac
          unset reason
        }
        python_web_concurrency
        unset -f detect_memory_mb python_web_concurrency

        """
}
