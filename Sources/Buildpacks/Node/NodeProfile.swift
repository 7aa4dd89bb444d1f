/// The start-up scripts of a Node.js app.
enum NodeProfile {
    static func write(to tree: WorkTree) throws {
        try tree.write(
            """
            export PATH="$HOME/.heroku/node/bin:$HOME/.heroku/yarn/bin:$PATH:$HOME/bin:$HOME/node_modules/.bin"
            export NODE_HOME="$HOME/.heroku/node"
            export NODE_ENV="${NODE_ENV:-production}"
            export npm_config_update_notifier=false

            """, to: ".profile.d/nodejs.sh")
        try tree.write(webConcurrency, to: ".profile.d/WEB_CONCURRENCY.sh")
    }

    private static let webConcurrency = """
        \(MemoryDetection.function)
        export MEMORY_AVAILABLE="${MEMORY_AVAILABLE:-$(detect_memory_mb)}"
        if [ -z "${WEB_MEMORY:-}" ]; then
          if [ "$MEMORY_AVAILABLE" -gt 16384 ]; then WEB_MEMORY=2048; else WEB_MEMORY=512; fi
        fi
        export WEB_MEMORY
        if [ -z "${WEB_CONCURRENCY:-}" ] || [ "${WEB_CONCURRENCY_SET_BY:-}" = heroku/python ]; then
          WEB_CONCURRENCY=$((MEMORY_AVAILABLE / WEB_MEMORY))
          if [ "$WEB_CONCURRENCY" -lt 1 ]; then WEB_CONCURRENCY=1; fi
          if [ "$WEB_CONCURRENCY" -gt 200 ]; then
            echo "Could not determine a reasonable value for WEB_CONCURRENCY." >&2
            WEB_CONCURRENCY=1
          fi
          export WEB_CONCURRENCY WEB_CONCURRENCY_SET_BY=heroku/nodejs
        fi
        if [ "${LOG_CONCURRENCY:-}" = true ]; then
          echo "Detected $MEMORY_AVAILABLE MB available memory, $WEB_MEMORY MB limit per process (WEB_MEMORY)" >&2
          echo "Recommending WEB_CONCURRENCY=$WEB_CONCURRENCY" >&2
        fi
        unset -f detect_memory_mb

        """
}
