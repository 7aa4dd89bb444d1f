package import Model

/// What a use case refuses, in the words the person reads.
package enum PlatformError: Explained {
    case noSuchApp(String)
    case nameTaken(AppName)
    case noSuchRelease(String)
    case noSuchProcessType(String)
    case noSuchDyno(String)
    case dynoNotRunning(DynoName, DynoState)
    case tooManyOneOffs(DynoSize, limit: Int)
    case noSuchFeature(String)
    case noFormation(AppName)
    case nothingDeployed(AppName)
    case nothingToRollBackTo(AppName)
    case noReleaseCommand(AppName)
    case badQuantity(String)
    case unknownSize(String)
    /// More dynos of one type than Heroku gives of that size.
    case tooMany(DynoSize)
    /// Sizes that Heroku does not let one app have together; the second is the type's.
    case mixedSizes(DynoSize, DynoSize, ProcessType)
    case resizeFailed(AppName, reason: String)
    case noSuchBuild(String)
    case bootFailed(AppName, version: Int, reason: String)
    case restartFailed(AppName, reason: String)
    case releaseCommandFailed(AppName, version: Int, status: Int32)
    case startFailed(String)
    case dynoHoursUsedUp
    case badSleepTime(String)
    case diskFull(free: Int64)
    case slugTooLarge(String, limit: String)
    case noSuchDomain(String)
    /// The app has that domain already.
    case domainIsThere
    /// Another app has it.
    case domainTaken(HostName)
    case noSuchCertificate(String)
    /// The certificate's names do not have it.
    case notCovered(HostName, by: [String])
    /// It is an app's `NAME.localhost`.
    case ownDomain(String)
    case noAutomaticCertificates(AppName)

    package var explanation: Explanation {
        switch self {
        case .noSuchApp: Explanation("Couldn't find that app.", mend: ["paas apps"], id: .notFound)
        case .nameTaken(let name): Explanation("Name \(name) is already taken")
        case .noSuchRelease(let release):
            Explanation("Couldn't find that release (\(release)).", mend: ["paas releases"], id: .notFound)
        case .noSuchProcessType(let type):
            Explanation("Couldn't find that process type (\(type)).", mend: ["paas ps"], id: .notFound)
        case .noSuchDyno(let dyno): Explanation("Couldn't find that dyno (\(dyno)).", mend: ["paas ps"], id: .notFound)
        case .dynoNotRunning(let dyno, let state):
            Explanation(
                "Couldn't run a command in \(dyno)", because: "It is \(state.rawValue).",
                mend: ["paas ps", "paas ps:restart --dyno-name \(dyno)"], id: .conflict)
        case .tooManyOneOffs(let size, let limit):
            Explanation(
                "Cannot run more than \(limit) \(size.name) size one-off \(limit == 1 ? "dyno" : "dynos") at once.",
                because: "So it is on Heroku, and this app has the feature strict.",
                mend: ["paas ps", "paas ps:stop --process-type run", "paas features:disable strict"])
        case .noSuchFeature(let feature):
            Explanation("Couldn't find that app feature (\(feature)).", mend: ["paas features"], id: .notFound)
        case .noFormation(let name):
            Explanation(
                "No process types on \(name).", because: "Nothing that declares any has been deployed.",
                mend: ["Upload a Procfile to add process types.", "git push paas main"], id: .notFound)
        case .nothingDeployed(let name):
            Explanation(
                "Couldn't run on \(name)", because: "No code has been deployed to it.", mend: ["git push paas main"],
                id: .invalidParams)
        case .nothingToRollBackTo(let name):
            Explanation("No eligible release found for \(name) to roll back to.", mend: ["paas releases"])
        case .noReleaseCommand:
            Explanation("App must have a release-phase command to use this command.")
        case .badQuantity(let quantity):
            Explanation("Couldn't scale to \(quantity)", because: "A quantity is a number from 0 to 100.")
        case .unknownSize(let size):
            Explanation(
                "No such size as \(size)",
                because: "There are "
                    + DynoSize.all.map(\.name).joined(separator: ", ") + ".", mend: ["paas ps:type web=basic"])
        case .tooMany(let size):
            Explanation(
                "Cannot update to more than \(size.mostPerType) \(size.name) size dynos per process type.",
                because: "That is Heroku's limit, and the feature strict keeps to it.",
                mend: ["paas ps:type standard-1x", "paas features:disable strict"])
        case .mixedSizes(let size, let other, let type):
            Explanation(
                "Cannot have \(size.name) dynos beside \(other.name) ones",
                because:
                    "\(type) is \(other.name). All types of an app are Eco, or all Basic, or any mix of the others.",
                mend: ["paas ps:type \(size.name)", "paas features:disable strict"])
        case .resizeFailed(let name, let reason):
            Explanation(
                "Dynos of the new size didn't start, so those of the old size keep running", because: reason,
                mend: ["paas logs -a \(name)"], id: .conflict)
        case .noSuchBuild(let build): Explanation("Couldn't find that build (\(build)).", id: .notFound)
        case .bootFailed(let name, let version, let reason):
            Explanation(
                "Release v\(version) of \(name) didn't start, so the release before it keeps running", because: reason,
                mend: ["paas logs -a \(name)", "paas releases:retry v\(version) -a \(name)"], id: .conflict)
        case .restartFailed(let name, let reason):
            Explanation(
                "Couldn't restart \(name), so the web dynos that ran before keep running", because: reason,
                mend: ["paas logs -a \(name)", "paas doctor", "paas ps:restart -a \(name)"], id: .conflict)
        case .releaseCommandFailed(let name, let version, let status):
            Explanation(
                "The release command of v\(version) failed, so the release before it keeps running",
                because: "It exited with status \(status). What it has changed outside the app stays changed.",
                mend: ["paas releases:output v\(version) -a \(name)"], id: .conflict)
        case .startFailed(let reason):
            Explanation("Couldn't start the dyno", because: reason, mend: ["paas doctor"], id: .unavailable)
        case .dynoHoursUsedUp:
            Explanation(
                "Couldn't start the dyno",
                because: "This month's Eco dyno hours are used up; other sizes are not limited.",
                mend: ["paas ps:type basic"], id: .forbidden)
        case .badSleepTime(let text):
            Explanation(
                "Couldn't let the app sleep after \(text)", because: "It is a time from 1s to 24h.",
                mend: ["paas ps:sleep --after 30m"], id: .invalidParams)
        case .slugTooLarge(let size, let limit):
            Explanation(
                "Compiled slug size: \(size) is too large (max is \(limit)).",
                mend: ["List what the app does not need at run time in .slugignore"])
        case .noSuchDomain:
            Explanation("Couldn't find that domain name.", mend: ["paas domains"], id: .notFound)
        case .domainIsThere: Explanation("Domain already added to this app.", mend: ["paas domains"])
        case .domainTaken(let host):
            Explanation(
                "\(host) is currently in use by another app.",
                mend: ["paas apps", "paas domains:remove '\(host)' -a OTHERAPP"])
        case .noSuchCertificate(let name):
            Explanation("Couldn't find that SNI endpoint (\(name)).", mend: ["paas certs"], id: .notFound)
        case .notCovered(let host, let names):
            Explanation(
                "The certificate is not for \(host)", because: "It names \(names.joined(separator: ", ")).",
                mend: ["paas certs", "paas certs:add CRT KEY"])
        case .ownDomain(let host):
            Explanation(
                "\(host) can't be changed", because: "Each app has its NAME.localhost for as long as it has its name.",
                mend: ["paas apps:rename NEWNAME"], id: .forbidden)
        case .noAutomaticCertificates(let name):
            Explanation(
                "Automatic Certificate Management is not enabled on \(name)",
                because: "It was turned off with certs:auto:disable.", mend: ["paas certs:auto:enable -a \(name)"])
        case .diskFull(let free):
            Explanation(
                "Couldn't start the build", because: "Only \(free >> 20) MB are free on the disk.",
                mend: ["df -h", "paas builds:cache:purge"], id: .unavailable)
        }
    }
}
