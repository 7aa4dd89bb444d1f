package import Model

/// What the use cases of add-ons refuse. The texts are Heroku's where it has one.
package enum AddonError: Explained {
    case noSuchAddon(String)
    case noSuchAttachment(String)
    case noSuchService(String, there: [String])
    case noSuchPlan(String, service: String, there: [String])
    case nameTaken(String)
    case badName(String)
    case attachmentTaken(String, app: AppName)
    case badAttachmentName(String)
    /// The text means more than one.
    case ambiguous(String, [String])
    /// What the add-on sets is the add-on's.
    case attachedValues([String])
    /// A config var of that name is there already.
    case valueIsThere([String], app: AppName)
    case lastAttachment(String)
    case otherService(String, String)
    case attachedElsewhere(String, [String])
    case notApplied(String, reason: String)
    case noPostgres(String)
    /// An app has one of that service at most, and has it.
    case onlyOne(service: String, there: String, app: AppName)
    case notShared(String, service: String)
    case noStore(String)
    case noSuchBackup(String)
    case transferIsOver(String)
    case transferRuns(String)
    /// A database is made from another one of the platform's alone.
    case notForked(String)
    /// Its maker's service did not end it.
    case notEnded(String, Explanation)

    package var explanation: Explanation {
        switch self {
        case .noSuchAddon(let name):
            Explanation(
                "Couldn't find that add-on.", because: "There is no \(name).", mend: ["paas addons --all"],
                id: .notFound)
        case .noSuchAttachment(let name):
            Explanation(
                "Couldn't find that add-on attachment.", because: "There is no \(name).", mend: ["paas addons"],
                id: .notFound)
        case .noSuchService(let name, let there):
            Explanation(
                "Couldn't find that add-on service.",
                because:
                    "Nobody serves \(name.isEmpty ? "a service without a name" : name) here. There are \(there.joined(separator: ", ")).",
                mend: ["paas addons:services"], id: .notFound)
        case .noSuchPlan(let plan, let service, let there):
            Explanation(
                "Couldn't find that add-on plan.",
                because: "\(service) has no plan \(plan.isEmpty ? "without a name" : plan). There are "
                    + "\(there.joined(separator: ", ")).",
                mend: ["paas addons:plans \(service)"], id: .notFound)
        case .nameTaken(let name): Explanation("Name \(name) is already taken", mend: ["paas addons --all"])
        case .badName(let name):
            Explanation(
                "Couldn't call the add-on \(name)",
                because: "Its name starts with a letter and has lower-case letters, digits and dashes, 256 at most.")
        case .attachmentTaken(let name, let app):
            Explanation(
                "An add-on is already attached as \(name) to \(app).",
                mend: ["paas addons -a \(app)", "--as OTHERNAME"])
        case .badAttachmentName(let name):
            Explanation(
                "Couldn't attach as \(name)",
                because: "An attachment's name starts with a letter and has capitals, digits and underscores.",
                mend: ["--as MY_DATABASE"])
        case .ambiguous(let text, let names):
            Explanation(
                "Ambiguous identifier; multiple matching add-ons found: \(names.joined(separator: ", ")).",
                because: "\(text) means all of them.", mend: ["paas addons"])
        case .attachedValues(let keys):
            Explanation(
                "Cannot overwrite attachment values \(keys.joined(separator: ", ")).",
                because: "They belong to add-ons.", mend: ["paas addons", "paas addons:detach NAME"])
        case .valueIsThere(let keys, let app):
            Explanation(
                "Couldn't attach to \(app)", because: "Config vars are there already: \(keys.joined(separator: ", ")).",
                mend: ["paas config:unset \(keys.joined(separator: " ")) -a \(app)", "--as OTHERNAME"])
        case .lastAttachment(let name):
            Explanation(
                "Cannot detach the last attachment of \(name) to the app that owns it.",
                mend: ["paas addons:destroy \(name)"])
        case .otherService(let addon, let service):
            Explanation("\(addon) is no add-on of \(service).", because: "Plans change within a service.")
        case .attachedElsewhere(let name, let apps):
            Explanation(
                "\(name) is attached to other apps too: \(apps.joined(separator: ", ")).",
                because: "They would lose it.",
                mend: ["paas addons:detach NAME -a OTHERAPP", "paas addons:destroy \(name) --force"])
        case .notApplied(let what, let reason):
            Explanation("\(what), so nothing was changed", because: reason, id: .conflict)
        case .noSuchBackup(let name):
            Explanation("No such backup: \(name).", mend: ["paas pg:backups"], id: .notFound)
        case .transferIsOver(let name): Explanation("\(name) is over.", mend: ["paas pg:backups:info \(name)"])
        case .transferRuns(let name):
            Explanation("\(name) is under way.", mend: ["paas pg:backups:cancel \(name)"], id: .conflict)
        case .notForked:
            Explanation(
                "Couldn't fork the database", because: "Only databases of this platform are forked, and that is none.",
                mend: [
                    "paas addons:create heroku-postgresql -- --fork DATABASE_URL",
                    "paas pg:push URL DATABASE_URL  # into an empty one",
                ])
        case .notEnded(let name, let reason):
            Explanation(
                "\(name) could not be ended", because: reason.sentence,
                mend: [
                    "paas addons:destroy \(name)  # once more",
                    "paas addons:destroy \(name) --force  # forget it here, whatever its maker has of it",
                ], id: .unavailable)
        case .noStore(let name): Explanation("\(name) is no key-value store.", mend: ["paas addons"])
        case .onlyOne(let service, let there, let app):
            Explanation(
                "\(app) has a \(service) already: \(there).",
                because: "One is enough for everything that an app needs.",
                mend: ["paas addons:info \(there)"], id: .conflict)
        case .notShared(let name, let service):
            Explanation(
                "\(name) can't be attached to another app.", because: "Each app has a \(service) of its own.",
                mend: ["paas addons:create \(service) -a OTHERAPP"])
        case .noPostgres(let name): Explanation("\(name) is no Postgres database.", mend: ["paas addons"])
        }
    }
}
