package import Model

/// What the use cases of mail refuse.
package enum MailError: Explained {
    case noSuchMail(String)
    case noSuchKey(String, of: String)
    case noKeys(String)
    case badKeyName

    package var explanation: Explanation {
        switch self {
        case .noSuchMail(let number):
            Explanation(
                "Couldn't find that mail.", because: "There is no \(number).", mend: ["paas mail"], id: .notFound)
        case .noSuchKey(let name, let addon):
            Explanation(
                "Couldn't find that key.", because: "\(addon) has no key \(name).", mend: ["paas mail:keys"],
                id: .notFound)
        case .noKeys(let name):
            Explanation(
                "\(name) has no keys to be made.", because: "Its one key is among its config vars.",
                mend: ["paas config"])
        case .badKeyName: Explanation("A key's name has 1 to 100 characters", mend: ["--name production"])
        }
    }
}
