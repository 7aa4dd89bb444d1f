import Posix
import TestSupport
import Testing

extension EndToEnd {
    @Suite("README.md")
    struct ReadmeTests {
        @Test("every command in it works, in the order in which it is read", .timeLimit(.minutes(15)))
        func commands() async throws {
            let text = try FileTree.readText(Repository.path("README.md"))
            let blocks = text.matches(of: /(?ms)^```sh\n(.*?)^```/).map { String($0.1) }
            try #require(blocks.count > 2, "README.md has no shell blocks")
            try await TestPlatform.with(starts: false) { platform in
                // The reader's clone: the same files, and what `make` has built already.
                try await platform.shell(
                    """
                    mkdir bin clone && cd "$1" && tar -cf - --exclude .build --exclude .git . | tar -xf - -C "$OLDPWD/clone"
                    mkdir -p "$OLDPWD/clone/.build" && ln -s "$2" "$OLDPWD/clone/.build/release"
                    printf '#!/bin/sh\\nexec /usr/bin/make -o build -o setup -o setup-tests "$@"\\n' > "$OLDPWD/bin/make"
                    chmod +x "$OLDPWD/bin/make"
                    """, Repository.root, try #require(Programs.folder)
                ).orThrow()
                try await platform.paas("up", "--port", "\(platform.port)").orThrow()
                let script = "set -eux\nexport PATH=\"\(platform.root)/bin:$PATH\"\ncd \"\(platform.root)/clone\"\n"
                let outcome = try await platform.shell(script + blocks.joined())
                #expect(outcome.succeeded, "\(outcome)")
            }
        }
    }
}
