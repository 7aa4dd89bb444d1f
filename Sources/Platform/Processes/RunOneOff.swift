internal import Logs
package import Model
internal import Store

extension Platform {
    /// What `paas run` asks for.
    package struct OneOff: Sendable {
        package var command: String
        package var environment: [String: String]
        package var streams: DynoSpec.Streams
        package var size: String?
        /// The dyno's name is `TYPE.NNNN`; `run` unless asked otherwise.
        package var type: ProcessType
        /// The run of a scheduler's job that it is.
        var scheduledRun: ScheduledRunID?

        package init(
            command: String, environment: [String: String] = [:], streams: DynoSpec.Streams = .logged,
            size: String? = nil, type: ProcessType = .run
        ) {
            self.init(
                command: command, environment: environment, streams: streams, size: size, type: type,
                scheduledRun: nil)
        }

        init(
            command: String, environment: [String: String] = [:], streams: DynoSpec.Streams = .logged,
            size: String?, type: ProcessType, scheduledRun: ScheduledRunID?
        ) {
            self.command = command
            self.environment = environment
            self.streams = streams
            self.size = size
            self.type = type
            self.scheduledRun = scheduledRun
        }
    }

    /// Starts a one-off dyno with the app's current release. A command that names a process type runs that one's.
    package func run(_ oneOff: OneOff, in app: App) async throws -> DynoView {
        guard let blueprint = await reconciler.blueprint(of: app.id) else {
            throw PlatformError.nothingDeployed(app.name)
        }
        let size = try oneOff.size.map { try SizeRules(app).size($0) }
        if app.has(.strict) { try await checkRoom(for: size ?? .basic, in: app) }
        let command = ProcessType(oneOff.command).flatMap { blueprint.slug.processTypes[$0] } ?? oneOff.command
        let name = await reconciler.freeName(oneOff.type, in: app.id)
        let actor = oneOff.scheduledRun == nil ? try await actor() : Self.schedulerActor
        await say("Starting process with command `\(command)` by user \(actor)", in: app.id)
        let own = DynoEnvironment.of(name, in: app, blueprint: blueprint).merging(oneOff.environment) { $1 }
        let mail = machines.mailEnvironment(for: own, in: app)
        let environment = own.merging(mail) { $1 }
        var tags = [
            "role": LiveDyno.Role.oneOff.rawValue, "release": "\(blueprint.release.version)",
            "attached": "\(oneOff.streams != .logged)",
        ]
        tags[ScheduledRun.tag] = oneOff.scheduledRun.map { "\($0)" }
        let spec = DynoSpec(
            app: app.id, appOrdinal: app.ordinal, name: name, content: .slug(layers: blueprint.layers),
            command: command, environment: environment, streams: oneOff.streams, size: size ?? .basic,
            logsMetrics: app.has(.logRuntimeMetrics),
            tags: tags,
            network: .of(
                app, environment: environment, routerPort: settings.port,
                more: machines.mailPorts(for: environment)),
            readable: machines.mailFolders(mail))
        try await reconciler.startOneOff(
            spec, releaseVersion: blueprint.release.version, role: .oneOff, isAwaited: false)
        return DynoView(
            id: spec.id, name: name, isOneOff: true, state: .starting, command: command, size: spec.size,
            releaseVersion: blueprint.release.version, since: machines.time.now())
    }

    /// Who starts a scheduler's jobs. Source: heroku-platform.md §12.2.
    private static let schedulerActor = "scheduler@addons.heroku.com"

    /// As many as Heroku runs of that size at once. Source: heroku-platform.md §4.
    private func checkRoom(for size: DynoSize, in app: App) async throws {
        let limit =
            switch size.name {
            case DynoSize.eco.name: 1
            case let name where name.hasPrefix("Performance"): 5
            default: 50
            }
        let running = await reconciler.dynos(of: app.id).filter { $0.isOneOff && $0.size == size }
        guard running.count < limit else { throw PlatformError.tooManyOneOffs(size, limit: limit) }
    }
}
