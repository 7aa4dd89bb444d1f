import Posix
import TestSupport
import Testing

@Suite("Completion scripts and the manual", .timeLimit(.minutes(1)))
struct CompletionTests {
    private func shell(_ line: String, _ program: String = "bash") async throws -> Outcome {
        let folder = try PaasProgram.path().dropLast("/paas".count)
        return try await Command(
            [program, "-c", line], environment: ["PATH": "\(folder):\(Programs.systemPath)", "HOME": "/nonexistent"],
            folder: "/"
        ).run()
    }

    @Test("complete commands, also behind a colon, and flags, in bash")
    func bash() async throws {
        let setup = "eval \"$(paas autocomplete:script bash)\"; "
        let complete = "COMP_POINT=${#COMP_LINE}; _paas; echo ${COMPREPLY[*]}"
        #expect(try await shell("\(setup) COMP_LINE='paas ps:sc' ; \(complete)").output == "scale\n")
        #expect(try await shell("\(setup) COMP_LINE='paas rollb' ; \(complete)").output == "rollback\n")
        #expect(try await shell("\(setup) COMP_LINE='paas logs --ta' ; \(complete)").output == "--tail\n")
    }

    @Test(
        "are put in place as autocomplete says, for the shell that is named or that one has",
        arguments: [("bash", "bash-completion/completions/paas"), ("zsh", "~/.zfunc/_paas"), ("fish", "paas.fish")])
    func instructions(name: String, file: String) async throws {
        let named = try await shell("paas autocomplete \(name)")
        #expect(named.output.hasPrefix("=== Setup Instructions for PAAS CLI Autocomplete\n"), "\(named)")
        #expect(named.output.contains("$ paas autocomplete:script \(name) > ") && named.output.contains(file))
        #expect(try await shell("SHELL=/usr/bin/\(name) paas autocomplete").output == named.output)
    }

    @Test("are understood by the shells that are here", arguments: ["bash", "zsh", "fish"])
    func syntax(name: String) async throws {
        guard Programs.find(name) != nil else { return }
        let outcome = try await shell(
            "paas autocomplete:script \(name) > \"${TMPDIR:-/tmp}/paas-completion.$$\" && \(name) -n \"${TMPDIR:-/tmp}/paas-completion.$$\"; code=$?; rm -f \"${TMPDIR:-/tmp}/paas-completion.$$\"; exit $code"
        )
        #expect(outcome.succeeded, "\(outcome)")
    }

    @Test("name every command that is not hidden, and no other")
    func complete() async throws {
        let manual = try await shell("paas manual").output
        let fish = try await shell("paas autocomplete:script fish").output
        for name in ["ps:scale", "config:set", "releases:retry", "builds:cache:purge", "doctor"] {
            #expect(manual.contains(".SS paas \(name)"))
            #expect(fish.contains("-a '\(name)'"))
        }
        #expect(!manual.contains("git\\-hook") && !fish.contains("git-hook"))
    }
}
