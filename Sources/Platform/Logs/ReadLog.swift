internal import Logs
package import Model

extension Platform {
    /// The last lines of an app's log that the filter accepts.
    package func log(of app: AppID, matching filter: LogFilter, last count: Int) async -> [LogLine] {
        await machines.routing.catchUp()
        return await machines.logs.lines(of: app, matching: filter, last: count)
    }

    /// The same and everything after it, until the reader leaves.
    package func followLog(
        of app: AppID, matching filter: LogFilter, last count: Int
    ) async -> AsyncStream<[LogLine]> {
        await machines.routing.catchUp()
        return await machines.logs.follow(app, matching: filter, last: count)
    }
}
