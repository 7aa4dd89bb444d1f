import Console

extension Flag {
    static let envFile = Flag("env", short: "e", placeholder: "env", help: "location of env file (defaults to .env)")
    static let localPort = Flag("port", short: "p", placeholder: "port", help: "port to listen on")
    static let procfile = Flag("procfile", short: "f", placeholder: "procfile", help: "use a different Procfile")
    static let startCommand = Flag(
        "start-cmd", placeholder: "start-cmd", help: "command to run when there is no Procfile")
    static let withConfig = Flag(
        "with-config", help: "add the config vars of an app on the platform; those of the env file win")
    /// Without the `-r` of other commands: that was `--restart` here.
    static let configRemote = Flag("remote", placeholder: "remote", help: "git remote of app to use")
    static let restart = Flag("restart", short: "r", help: "no longer available", isHidden: true)
    static let concurrency = Flag(
        "concurrency", short: "c", placeholder: "concurrency", help: "no longer available", isHidden: true)
}
