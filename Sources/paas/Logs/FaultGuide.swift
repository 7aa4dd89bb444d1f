import Console

/// What an error code of the logs means here. Source: heroku-platform.md §11.
struct FaultGuide {
    let code: String
    let title: String
    let meaning: String
    var causes: [String] = []
    var steps: [String] = []

    static let all = router + runtime + logging

    static func find(_ word: String) -> FaultGuide? { all.first { $0.code == word.uppercased() } }

    static func list(on terminal: Terminal) { terminal.table(table) }

    static var table: Table {
        var table = Table(["Code", "Meaning"])
        for guide in all { table.add([guide.code, guide.title]) }
        return table
    }

    /// Codes that the platform on this machine has no reason to write.
    private static func elsewhere(_ code: String, _ title: String, _ meaning: String) -> FaultGuide {
        FaultGuide(code: code, title: title, meaning: "\(meaning) paas itself never writes it.")
    }

    private static let router: [FaultGuide] = [
        FaultGuide(
            code: "H10", title: "App crashed",
            meaning: "A web dyno has crashed, or did not start, and no other one answers. The client got 503.",
            causes: [
                "The program ended with an error when it started: its last words are in the log.",
                "A config var that it needs is missing.", "It did not listen on $PORT in time (see R10).",
            ], steps: ["paas logs", "paas ps", "paas run bash  # try the web command by hand", "paas rollback"]),
        FaultGuide(
            code: "H11", title: "Backlog too deep",
            meaning: "Too many requests wait for dynos that start. The client got 503.",
            causes: ["The app takes long to start.", "It gets more requests than its dynos answer."],
            steps: ["paas ps:scale web=2", "paas ps"]),
        FaultGuide(
            code: "H12", title: "Request timeout",
            meaning:
                "The dyno sent no first byte within 30 seconds. The client got 503; the dyno works on at the request.",
            causes: [
                "A slow query, or a call of another service without a time limit.",
                "All workers of the web server are busy with other slow requests.",
                "The app waits for itself: a request that it makes to its own address, with one worker.",
            ],
            steps: [
                "paas logs --source app", "paas ps:exec -- ps aux", "paas ps:scale web=2",
                "Do long work in a worker dyno, and answer at once",
            ]),
        FaultGuide(
            code: "H13", title: "Connection closed without response",
            meaning: "The dyno took the connection and closed it without an answer. The client got 503.",
            causes: [
                "The process that had the request crashed or was killed (see R14 and R15).",
                "The web server's own time limit is shorter than the request.",
            ], steps: ["paas logs", "paas ps", "paas ps:restart"]),
        FaultGuide(
            code: "H14", title: "No web processes running",
            meaning: "The app has no web dyno that runs. The client got 503.",
            causes: ["web is scaled to 0.", "The Procfile has no web line.", "ps:stop has stopped it."],
            steps: ["paas ps", "paas ps:scale web=1", "paas ps:restart"]),
        FaultGuide(
            code: "H15", title: "Idle connection",
            meaning: "Nothing went over the connection for 55 seconds, so that the router cut it.",
            causes: ["A stream or a WebSocket without signs of life."],
            steps: ["Send something at least every 55 seconds: a WebSocket ping, a comment line of server-sent events"]),
        elsewhere("H16", "No longer in use", "Heroku wrote it once for requests that it sent on to herokuapp.com."),
        FaultGuide(
            code: "H17", title: "Poorly formatted HTTP response",
            meaning: "What the dyno answered is no HTTP. The client got 503.",
            causes: ["Something else than a web server listens on $PORT.", "Lines of a header with bare line feeds."],
            steps: ["paas run bash  # and there: curl -v localhost:$PORT", "paas ps --extended"]),
        FaultGuide(
            code: "H18", title: "Server request interrupted",
            meaning: "The dyno closed the connection in the middle of its answer.",
            causes: [
                "The process crashed, or was killed, while it answered.", "It sent less than its Content-Length.",
            ],
            steps: ["paas logs", "paas ps"]),
        FaultGuide(
            code: "H19", title: "Backend connection timeout",
            meaning: "The dyno took no connection within 5 seconds. The client got 503.",
            causes: ["The process hangs, and its queue of connections is full."],
            steps: ["paas ps:exec -- ps aux", "paas ps:scale web=2", "paas ps:restart"]),
        FaultGuide(
            code: "H20", title: "App boot timeout",
            meaning: "The request waited 75 seconds for a dyno that starts. The client got 503.",
            causes: ["The app takes long to start, or starts again and again."],
            steps: ["paas logs", "paas ps", "Do in the release phase what has to be done once a release"]),
        FaultGuide(
            code: "H21", title: "Backend connection refused",
            meaning: "No dyno took a connection. The client got 503.",
            causes: ["The process listens no more, though it runs.", "It listens on another port than $PORT."],
            steps: ["paas ps --extended", "paas logs", "paas ps:restart"]),
        elsewhere("H22", "Connection limit reached", "On Heroku a dyno has too many connections open."),
        elsewhere("H23", "No longer in use", "Heroku wrote it once for endpoints that were not set up."),
        FaultGuide(
            code: "H24", title: "Forced close",
            meaning:
                "The router was stopped or replaced, and the request was not done 5 seconds later: it was cut off.",
            causes: ["paas down, or a newer version of paas, while a stream or a WebSocket was open."],
            steps: ["Have the client connect again"]),
        FaultGuide(
            code: "H25", title: "HTTP restriction",
            meaning: "The dyno's answer breaks a rule of HTTP, which the line names. The client got 502.",
            causes: ["A header or cookie that is too large.", "Two Content-Lengths, or one that is no number."],
            steps: ["paas logs --source heroku", "curl -v the page, and look at what the app sends"]),
        FaultGuide(
            code: "H26", title: "Request error",
            meaning: "The client's request breaks a rule of HTTP, which the line names. It got 400, 405 or 417.",
            causes: ["A client that was written by hand, or one that looks for holes."],
            steps: ["paas logs --source heroku  # cause= says which rule"]),
        FaultGuide(
            code: "H27", title: "Client request interrupted",
            meaning: "The client went away before its answer was there. Nothing is wrong with the app.",
            causes: ["A reload, a closed tab, or a client with a shorter time limit than the app needs."],
            steps: ["paas logs  # service= says how long it had waited"]),
        FaultGuide(
            code: "H28", title: "Client connection idle",
            meaning: "The client sent nothing of its request for 55 seconds, and was cut off.",
            causes: ["An upload over a connection that has died."]),
        FaultGuide(
            code: "H31", title: "Misdirected request",
            meaning:
                "Over HTTP/2 a client asked for this app on a connection that it had made for another app. It got 421.",
            causes: [
                "A certificate with a wildcard names the hosts of several apps: browsers then share a connection, and ask "
                    + "again on a new one by themselves."
            ], steps: ["paas certs", "paas domains"]),
        FaultGuide(
            code: "H32", title: "TLS certificate mismatch",
            meaning: "A client named another app's host in TLS than in HTTP. It got 495.",
            causes: ["A proxy in front, or a client written by hand, that sets Host but not the name in TLS (SNI)."],
            steps: ["curl -v https://NAME.localhost/  # sends the same name in both"]),
        elsewhere(
            "H33", "HTTP/2 stream broken",
            "On Heroku a stream of HTTP/2 breaks off, and nobody knows by whom; here that is H18 or H27."),
        elsewhere(
            "H34", "All dynos quarantined", "On Heroku no dyno takes connections for 75 seconds; here that is H21."),
        FaultGuide(
            code: "H80", title: "Maintenance mode",
            meaning: "The app is in maintenance mode, so that its clients get 503 and a page that says so.",
            causes: ["Somebody typed paas maintenance:on."],
            steps: ["paas maintenance:off", "paas config:set MAINTENANCE_PAGE_URL=https://…  # another page"]),
        FaultGuide(
            code: "H81", title: "Blank app", meaning: "Nothing has been deployed to the app. The client got 502.",
            steps: ["git push paas main"]),
        FaultGuide(
            code: "H82", title: "You've used up your dyno hour pool",
            meaning: "The month's Eco dyno-hours are used up: Eco dynos sleep until the 1st. The client got 503.",
            causes: ["Apps that never sleep: a monitor or an open tab asks for them all the time."],
            steps: ["paas ps  # what is left of the hours", "paas ps:type basic  # sizes that are not counted"]),
        elsewhere("H83", "Planned service degradation", "Heroku refuses requests while it is being worked on."),
        FaultGuide(
            code: "H99", title: "Platform error",
            meaning: "The platform itself failed; the app is not to blame. The client got 503.",
            causes: ["The machine has no more memory, files or disk."], steps: ["paas doctor", "paas status", "df -h"]),
    ]

    private static let runtime: [FaultGuide] = [
        FaultGuide(
            code: "R10", title: "Boot timeout",
            meaning: "A web dyno did not listen on $PORT within 60 seconds (90 for JVM apps), and was killed.",
            causes: [
                "It listens on a port of its own: the log says which.", "It does long work before it listens.",
                "It listens on 127.0.0.1 alone, with the feature strict.",
            ], steps: ["paas logs", "paas ps", "Listen on 0.0.0.0 and the port in the variable PORT"]),
        FaultGuide(
            code: "R12", title: "Exit timeout",
            meaning: "A process did not end within 30 seconds of SIGTERM, and was killed with SIGKILL.",
            causes: [
                "The program does not handle SIGTERM, or a shell in front of it does not pass it on.",
                "It finishes work that takes longer.",
            ], steps: ["Begin the command in the Procfile with exec", "paas logs"]),
        FaultGuide(
            code: "R13", title: "Attach error", meaning: "paas run could not be connected to its dyno.",
            causes: ["The dyno ended at once, or the machine was too busy."], steps: ["paas run bash", "paas doctor"]),
        FaultGuide(
            code: "R14", title: "Memory quota exceeded",
            meaning: "A dyno uses more memory than its size has. It runs on, and may be slow.",
            causes: [
                "Too many workers of the web server for one dyno.", "A leak: memory grows from request to request.",
            ],
            steps: [
                "paas features:enable log-runtime-metrics", "paas config:set WEB_CONCURRENCY=1",
                "paas ps:type standard-2x", "paas ps:restart",
            ]),
        FaultGuide(
            code: "R15", title: "Memory quota vastly exceeded",
            meaning: "A dyno used twice the memory of its size, and was killed; it is started again.",
            causes: ["A leak, or one request that loads all of a large file or table."],
            steps: ["paas logs", "paas ps:type standard-2x", "paas features:enable log-runtime-metrics"]),
        FaultGuide(
            code: "R16", title: "Detached",
            meaning: "The client of a one-off dyno went away, and the process did not end when it was told.",
            causes: ["The program ignores SIGHUP."], steps: ["paas ps", "paas ps:stop run.1"]),
        elsewhere("R17", "Checksum error", "On Heroku a slug arrives damaged at its dyno."),
        FaultGuide(
            code: "R99", title: "Platform error", meaning: "The platform could not start a dyno.",
            causes: ["The machine has no more memory, processes or disk.", "The sandbox cannot be made."],
            steps: ["paas doctor", "paas status", "df -h"]),
    ]

    private static let logging: [FaultGuide] = [
        elsewhere("L10", "Drain buffer overflow", "On Heroku a log drain takes lines more slowly than the app writes."),
        FaultGuide(
            code: "L11", title: "Tail buffer overflow",
            meaning: "paas logs --tail was read more slowly than the app writes, and lines were left out of it.",
            causes: ["The reader is stopped, or slower than the app."],
            steps: ["paas logs -n 1500", "paas logs --dyno-name web.1 --tail"]),
        FaultGuide(
            code: "L12", title: "Local buffer overflow",
            meaning: "A dyno wrote faster than its output could be kept, and lines were left out.",
            causes: ["A loop that logs, or a debug level in production."],
            steps: ["paas logs", "Write less per request"]),
        elsewhere("L13", "Local delivery error", "On Heroku a log line is lost on its way from the dyno."),
        elsewhere("L14", "Certificate validation error", "On Heroku a drain shows a certificate that is not trusted."),
        elsewhere(
            "L15", "Tail buffer temporarily unavailable", "On Heroku the past of a log cannot be read for a while."),
    ]
}
