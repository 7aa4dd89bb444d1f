/// What the parts before a colon are about.
enum Topics {
    static func abstract(of topic: String) -> String {
        switch topic {
        case "addons": "add-ons of apps: databases and other services"
        case "apps": "manage apps on the platform"
        case "auth": "the local account and its token"
        case "autocomplete": "completions for shells"
        case "buildpacks": "scripts used to compile apps"
        case "builds": "builds and their cache"
        case "certs": "SSL certificates of apps, and the authority of this machine"
        case "config": "environment variables of apps"
        case "domains": "custom domains for apps"
        case "features": "add or remove app features"
        case "git": "manage local git repository for app"
        case "local": "run an app on this machine without deploying it"
        case "maintenance": "enable/disable access to app"
        case "pg": "manage Heroku Postgres databases"
        case "ps": "manage app dynos"
        case "redis": "manage key-value stores"
        case "releases": "display the releases for an app"
        case "run": "run a one-off process inside a dyno"
        case "scheduler": "run commands of apps regularly"
        default: "commands about \(topic)"
        }
    }
}
