import Console

extension Flag {
    static let app = Flag("app", short: "a", placeholder: "app", help: "app to run command against")
    static let remote = Flag("remote", short: "r", placeholder: "remote", help: "git remote of app to use")
    static let json = Flag("json", short: "j", help: "output in json format")
    static let shell = Flag("shell", short: "s", help: "output in shell format")
    static let confirm = Flag("confirm", short: "c", placeholder: "app", help: "confirms destruction without asking")
    static let noWrap = Flag("no-wrap", help: "prevent wrapping long rows")
}
