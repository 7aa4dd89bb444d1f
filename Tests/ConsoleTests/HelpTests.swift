import Console
import Testing

@Suite("Help")
struct HelpTests {
    private let scale = Command(
        "ps:scale", aliases: ["scale"], abstract: "scale dyno quantity up or down",
        discussion: "Omitting arguments shows them.",
        flags: [
            Flag("app", short: "a", placeholder: "app", help: "app to run command against"),
            Flag("secret", help: "not shown", isHidden: true),
        ], operands: [.any("TYPE=COUNT", "process type and how many")], examples: ["paas ps:scale web=3"]
    ) { _ in }

    @Test("for a command tells all of its declaration, in oclif's layout")
    func command() {
        #expect(
            HelpText.text(for: scale) == """
                Scale dyno quantity up or down

                USAGE
                  $ paas ps:scale [TYPE=COUNT...] [-a <app>]

                ARGUMENTS
                  [TYPE=COUNT...]  process type and how many

                FLAGS
                  -a, --app=<app>  app to run command against

                GLOBAL FLAGS
                  -h, --help  Show CLI help.

                DESCRIPTION
                  Omitting arguments shows them.

                ALIASES
                  $ paas scale

                EXAMPLES
                  $ paas ps:scale web=3

                """)
    }

    @Test("lists topics and commands")
    func overview() {
        let apps = Command("apps", abstract: "list your apps") { _ in }
        #expect(
            HelpText.overview(of: CommandIndex([scale, apps]), version: "paas/1.2.3 linux-x64") == """
                Heroku on your own machine

                VERSION
                  paas/1.2.3 linux-x64

                USAGE
                  $ paas [COMMAND]

                TOPICS
                  ps  manage app dynos

                COMMANDS
                  apps   list your apps
                  scale  scale dyno quantity up or down

                """)
    }

    @Test("is a manual page, too, with roff's special characters escaped")
    func manual() {
        let page = ManualPage.text(CommandIndex([scale]), version: "1.2.3")
        #expect(page.hasPrefix(".TH PAAS 1 \"\" \"paas 1.2.3\" \"User Commands\"\n.SH NAME\n"))
        #expect(page.contains(".SS paas ps:scale [TYPE=COUNT...] [\\-a <app>]\nScale dyno quantity up or down.\n"))
        #expect(!page.contains("secret"))
    }
}
