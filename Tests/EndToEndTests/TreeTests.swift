import TestSupport
import Testing

extension EndToEnd {
    @Suite("Trees that are pushed")
    struct TreeTests {
        @Test("with links out, odd names and pointers build, and nothing outside is touched", .timeLimit(.minutes(5)))
        func oddNames() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("odd", on: platform, files: AppFiles.python("here"))
                try await platform.shell(
                    #"""
                    ln -s /etc/passwd absolute && ln -s ../../../../../../etc/passwd relative && ln -s "$1" home-link
                    printf x > "$(printf 'n%.0s' $(seq 250))" && printf x > "$(printf 'not-utf8-\377')"
                    printf x > 'with space' && printf x > "$(printf 'line\nbreak')" && printf x > -dash && printf x > CON
                    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' > big.bin
                    git add -A && git commit -qm Odd
                    """#, platform.home, in: app.folder
                ).orThrow()
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(try await app.get().body == "here")
                let names = try await app.paas("run", "-x", "--", "sh", "-c", "ls | wc -l && readlink relative")
                #expect(names.output.contains("../../etc/passwd"), "\(names)")
            }
        }

        @Test(
            "with entries that git itself would never make are refused, and the old release serves on",
            .timeLimit(.minutes(5)), arguments: ["..", ".git", "a/b"])
        func forged(name: String) async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("forged", on: platform, files: AppFiles.python("here"))
                try await app.push().orThrow()
                let made = try await platform.shell(
                    #"""
                    blob=$(echo evil | git hash-object -w --stdin)
                    tree=$({ git cat-file tree 'HEAD^{tree}'; printf '100644 %s\0' "$1"; 
                        python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))' "$blob"; } |
                        git hash-object -w --literally -t tree --stdin)
                    git update-ref refs/heads/forged "$(git commit-tree -p HEAD -m Forged "$tree")"
                    """#, name, in: app.folder)
                try made.orThrow()
                let push = try await app.push("forged:main")
                #expect(!push.succeeded, "\(push)")
                #expect(try await app.get().body == "here")
                #expect(try await app.currentRelease() == 3)
            }
        }

        @Test("that are empty, or have only a Procfile, are told what is missing", .timeLimit(.minutes(5)))
        func empty() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("void", on: platform, files: [:])
                let push = try await app.push()
                #expect(!push.succeeded)
                #expect(push.errors.contains("Push rejected to void."), "\(push)")
                #expect(try await platform.paas("apps").succeeded)
            }
        }
    }
}
