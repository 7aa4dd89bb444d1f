internal import Logs
package import Model
internal import Store
internal import Synchronization

/// The conductor: every use case is a method here, each in its own file in the folder of its noun.
///
/// It knows no HTTP and makes no system call; what two machines have to tell each other passes through it.
package final class Platform: Sendable {
    let machines: Machines
    package let settings: Settings
    package let reconciler: Reconciler
    /// One build of an app at a time.
    let builds = Turns<AppID>()
    /// The newest accepted push of each app: git moves its branch a moment after the answer.
    let accepted = Mutex<[AppID: Push.Update]>([:])
    /// One change of what an app runs at a time.
    let changes = Turns<AppID>()
    /// One change of an app's domains at a time.
    let domainChanges = Turns<AppID>()
    /// One change of an add-on at a time; taken before an app's turn, never within one.
    let addonTurns = Turns<AddonID>()
    /// One at a time changes what is in a database; taken after the add-on's turn, where both are.
    let contentTurns = Turns<AddonID>()
    /// One at a time tells the router of certificates.
    let presenting = Turns<AppID>()

    package init(_ machines: Machines, settings: Settings) {
        self.machines = machines
        self.settings = settings
        reconciler = Reconciler(machines, settings: settings)
    }

    /// E-mail of the one local account. Every change names it.
    package func actor() async throws -> String { try await machines.store.read { try $0.accountEmail() } }

    package func now() -> Timestamp { machines.time.now() }

    /// How far this machine's dynos are kept apart.
    package func sandbox() async -> SandboxView { SandboxView(await machines.runtime.sandbox()) }

    /// Who reaches dynos from outside of this machine.
    package func exposure() async -> ExposureView { ExposureView(await machines.runtime.exposure()) }

    /// One `app[api]` line in the app's log.
    func say(_ text: String, in app: AppID) async {
        let line = LogLine(time: machines.time.now(), source: .app, process: "api", text)
        await machines.logs.append([line], to: app, origin: nil)
        // Nobody could tell it again: it survives the daemon from now on.
        await machines.logs.flush()
    }
}
