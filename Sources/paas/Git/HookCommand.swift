import APIClient
import APISchema
import Console
import Posix

extension Command {
    /// What git's pre-receive hook of an app's bare repository runs.
    static let gitHook = Command(
        "git-hook", abstract: "hands a received push to the platform", operands: [.required("APP_ID", "id of the app")],
        isHidden: true
    ) { invocation in
        let request = try PushRequest(
            updates: HookInput.updates(try HookInput.readAll()), objectDirectories: HookInput.objectDirectories())
        var hasResult = false
        do {
            let platform = try await invocation.platform()
            for try await event in try await platform.push(request, to: invocation.operands[0]) {
                switch event {
                case .output(let text): Terminal.standard.output.write(text)
                case .result(.accepted): return
                case .result(.refused):
                    hasResult = true
                    throw Failure.silent(exitCode: 1)
                }
            }
        } catch let failure as APIFailure {
            HookInput.complain([failure.body.message] + (failure.body.mend ?? []))
            throw Failure.silent(exitCode: 1)
        } catch let failure as Failure {
            if !hasResult { HookInput.complain(failure.message.split(separator: "\n").map(String.init) + failure.mend) }
            throw Failure.silent(exitCode: 1)
        } catch {
            HookInput.complain(HookInput.brokenOff)
            throw Failure.silent(exitCode: 1)
        }
        HookInput.complain(HookInput.brokenOff)
        throw Failure.silent(exitCode: 1)
    }
}
