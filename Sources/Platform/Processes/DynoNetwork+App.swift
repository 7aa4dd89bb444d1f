internal import Model

extension DynoNetwork {
    /// The network of an app's dynos. In one of their own they reach the router, and so the other apps, and the servers
    /// of this machine that the environment names.
    ///
    /// - Parameter more: further ports of such servers.
    static func of(
        _ app: App, environment: [String: String], routerPort: UInt16, more: [UInt16] = []
    ) -> DynoNetwork {
        guard app.has(.privateNetwork) else { return .shared }
        return .own(machinePorts: MachinePorts.named(in: environment.values).union([routerPort] + more).sorted())
    }
}
