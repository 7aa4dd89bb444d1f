package import Model

/// What the scheduler refuses.
package enum SchedulerError: Explained {
    case noScheduler(AppName)
    case noSuchJob(String, AppName)
    case noCommand

    package var explanation: Explanation {
        switch self {
        case .noScheduler(let name):
            Explanation(
                "\(name) has no scheduler", because: "Jobs belong to an add-on.",
                mend: ["paas addons:create scheduler:standard -a \(name)"], id: .notFound)
        case .noSuchJob(let job, let name):
            Explanation("Couldn't find that job (\(job)).", mend: ["paas scheduler -a \(name)"], id: .notFound)
        case .noCommand:
            Explanation(
                "Couldn't schedule the job", because: "It has no command.",
                mend: ["paas scheduler:add \"python checkwebsite.py\" --every 10m"])
        }
    }
}
