import TestSupport
import Testing

extension EndToEnd {
    @Suite("Builds")
    struct BuildTests {
        @Test(
            "see the config vars, run .profile.d at boot, and leave out what .slugignore names", .timeLimit(.minutes(5))
        )
        func files() async throws {
            try await TestPlatform.with { platform in
                var files = AppFiles.python("here")
                files["bin/post_compile"] = "#!/bin/sh\necho \"building with $FLAVOUR in $(pwd)\"\n"
                files[".profile.d/extra.sh"] = "export FROM_PROFILE=set-at-boot\n"
                files[".slugignore"] = "docs/\n*.psd\n"
                files["docs/long.txt"] = "words"
                files["art.psd"] = "pixels"
                let app = try await TestApp("crafted", on: platform, files: files)
                try await platform.shell("chmod +x bin/post_compile && git commit -qam Executable", in: app.folder)
                    .orThrow()
                try await app.paas("config:set", "FLAVOUR=lime").orThrow()
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(push.errors.contains("building with lime"), "\(push)")
                #expect(try await app.get("/env/FROM_PROFILE").body == "set-at-boot")
                let listed = try await app.paas("run", "ls")
                #expect(listed.output.contains("server.py"), "\(listed)")
                #expect(!listed.output.contains("docs") && !listed.output.contains("art.psd"), "\(listed)")
            }
        }

        @Test("that find no such Python version list those that are there", .timeLimit(.minutes(3)))
        func missingVersion() async throws {
            try await TestPlatform.with { platform in
                let files = AppFiles.python().merging([".python-version": "3.99\n"]) { $1 }
                let app = try await TestApp("future", on: platform, files: files)
                let push = try await app.push()
                #expect(!push.succeeded)
                #expect(push.errors.contains("3.99"), "\(push)")
                #expect(push.errors.contains("Push rejected to future."), "\(push)")
                let installed = try await platform.shell(
                    "python3 -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'")
                let version = installed.output.filter { $0 != "\n" }
                #expect(push.errors.contains(version), "the error should name \(version)\n\(push)")
            }
        }

        @Test("with unchanged requirements do no dependency work at all", .timeLimit(.minutes(8)))
        func unchanged() async throws {
            try await TestPlatform.with { platform in
                let files = [
                    "requirements.txt": "itsdangerous\n", "Procfile": "web: python server.py\n",
                    "server.py": AppFiles.pythonServer("one"),
                ]
                let app = try await TestApp("lazy", on: platform, files: files)
                let first = try await app.push().orThrow()
                #expect(first.errors.contains("itsdangerous"), "\(first)")
                try await app.commit(["server.py": AppFiles.pythonServer("two")])
                let again = try await app.push().orThrow()
                #expect(!again.errors.contains("Collecting itsdangerous"), "\(again)")
                #expect(try await app.get().body == "two")
                let imported = try await app.paas("run", "-x", "--", "python", "-c", "import itsdangerous")
                #expect(imported.succeeded, "\(imported)")
            }
        }

        @Test(
            "read a Procfile as people have it: Windows line ends, a missing last newline, a bad line",
            .timeLimit(.minutes(5)))
        func procfile() async throws {
            try await TestPlatform.with { platform in
                var files = AppFiles.python("here")
                files["Procfile"] = "web: python server.py\r\nworker: echo $DYNO works"
                let app = try await TestApp("windows", on: platform, files: files)
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(push.errors.contains("Procfile declares types -> web, worker"), "\(push)")
                #expect(try await app.get().body == "here")
            }
        }

        @Test(
            "of an app with only a Procfile's worker give no web dyno, and a request is told H14",
            .timeLimit(.minutes(5)))
        func noWeb() async throws {
            try await TestPlatform.with { platform in
                let files = ["requirements.txt": "", "Procfile": "worker: sleep 1000\n"]
                let app = try await TestApp("backstage", on: platform, files: files)
                try await app.push().orThrow()
                #expect(try await app.get().status == 503)
                try await app.logsSay("code=H14")
            }
        }

        @Test("of 20,000 files and 300 MB work", .timeLimit(.minutes(10)))
        func large() async throws {
            try await TestPlatform.with { platform in
                let app = try await TestApp("heavy", on: platform, files: AppFiles.python("here"))
                try await platform.shell(
                    """
                    mkdir -p many && cd many
                    for folder in $(seq 100); do mkdir $folder; for file in $(seq 200); do echo $folder $file > $folder/$file; done; done
                    cd .. && for part in 1 2 3; do head -c 100000000 /dev/urandom > part-$part; done
                    git -c core.compression=0 add -A && git -c core.compression=0 commit -qm Heavy
                    """, in: app.folder
                ).orThrow()
                let push = try await app.push()
                #expect(push.succeeded, "\(push)")
                #expect(push.errors.contains("Updated 20006 paths"), "\(push)")
                #expect(try await app.get().body == "here")
                let counted = try await app.paas("run", "find many -type f | wc -l; cat part-* | wc -c")
                #expect(counted.output.contains("20000") && counted.output.contains("300000000"), "\(counted)")
            }
        }

        @Test(
            "use a buildpack of a local folder, with a cache that builds:cache:purge empties", .timeLimit(.minutes(5)))
        func localPack() async throws {
            try await TestPlatform.with { platform in
                let pack = "\(platform.root)/pack"
                try await platform.shell(
                    #"""
                    mkdir -p "$1/bin" && cd "$1/bin" && printf '#!/bin/sh\necho Counting\n' > detect
                    printf '#!/bin/sh\necho x >> "$2/builds"\necho "build number $(grep -c x "$2/builds")"\n' > compile
                    printf '#!/bin/sh\necho "default_process_types: {web: python3 server.py}"\n' > release && chmod +x *
                    """#, pack
                ).orThrow()
                let app = try await TestApp("tally", on: platform, files: ["server.py": AppFiles.pythonServer("here")])
                #expect(try await !app.push().succeeded, "no pack should fit yet")
                let set = try await app.paas("buildpacks:set", pack).orThrow()
                #expect(set.output.contains("Buildpack set. Next release on tally will use \(pack)."), "\(set)")
                for number in 1...2 {
                    try await app.commit([:])
                    let push = try await app.push()
                    #expect(push.succeeded && push.errors.contains("-----> Counting app detected"), "\(push)")
                    #expect(push.errors.contains("build number \(number)"), "\(push)")
                }
                #expect(try await app.get().body == "here")

                let unconfirmed = try await app.paas("builds:cache:purge", "--confirm", "else")
                #expect(unconfirmed.code == 1, "\(unconfirmed)")
                try await app.paas("builds:cache:purge", "--confirm", "tally").orThrow()
                try await app.commit([:])
                let anew = try await app.push()
                #expect(anew.succeeded && anew.errors.contains("build number 1"), "\(anew)")
                #expect(try await app.get().body == "here")
            }
        }
    }
}
