/// Which of the owner's variables builds need to reach package indexes as the owner does.
enum BuildEnvironment {
    static func passthrough(from environment: [String: String]) -> [String: String] {
        environment.filter { name, _ in
            let upper = name.uppercased()
            return prefixes.contains { upper.hasPrefix($0) } || names.contains(upper)
        }
    }

    private static let prefixes = ["PIP_", "UV_", "NPM_CONFIG_", "YARN_"]
    private static let names: Set<String> = [
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
    ]
}
