internal import Model

/// The page that a browser shows for a fault: Heroku's words, the code, and what to type; or, in a frame, the page that
/// the app's owner wants instead. The browser fetches that one: the router never does, so nothing about it can hold
/// the router up.
///
/// Source: heroku-platform.md §11.4.
struct ErrorPage {
    let bytes: [UInt8]

    /// - Parameters:
    ///   - app: its name; `nil` when it is not known.
    ///   - isPlatform: the fault is the platform's own, no app is to blame.
    ///   - pages: what to show in place of the pages for maintenance and for errors.
    init(fault: RouterFault, status: Int, app: String?, isPlatform: Bool, pages: RoutingTable.Pages = .init()) {
        let name = Page.escaped(app ?? "")
        let command = isPlatform ? "paas status" : "paas logs --tail -a \(name)"
        switch fault {
        case .maintenanceMode:
            if let url = pages.maintenance {
                bytes = Page.framing(url, title: "Offline for Maintenance")
                return
            }
            bytes = Page.html(
                title: "Offline for Maintenance", heading: "Offline for Maintenance",
                paragraphs: ["This application is undergoing maintenance right now. Please check back later."],
                command: "paas maintenance:off -a \(name)", code: fault.rawValue)
        case .blankApp:
            bytes = Page.html(
                title: "Welcome to your new app!", heading: "There's nothing here, yet.",
                paragraphs: ["Build something amazing: deploy your first commit."],
                command: "git push paas main", code: fault.rawValue)
        case .requestError:
            bytes = Page.html(
                title: "\(status) \(AnswerHead.reason(status))", heading: AnswerHead.reason(status),
                paragraphs: ["The request could not be understood."], command: nil, code: fault.rawValue)
        case .misdirectedRequest, .certificateMismatch:
            bytes = Page.html(
                title: "\(status) \(AnswerHead.reason(status))", heading: AnswerHead.reason(status),
                paragraphs: [
                    "The connection was made for a host of another app: this one needs a connection of its own."
                ], command: nil, code: "\(fault.rawValue): \(fault.description)")
        case .appCrashed, .backlogTooDeep, .requestTimeout, .connectionClosedWithoutResponse, .noWebProcesses,
            .idleConnection, .poorlyFormattedResponse, .serverRequestInterrupted, .backendConnectionTimeout,
            .appBootTimeout, .backendConnectionRefused, .forcedClose, .httpRestriction, .clientRequestInterrupted,
            .clientConnectionIdle, .dynoHoursUsedUp, .platformError:
            if let url = pages.error {
                bytes = Page.framing(url, title: "Application Error")
                return
            }
            bytes = Page.html(
                title: "Application Error", heading: "Application error",
                paragraphs: [
                    "An error occurred in the application and your page could not be served. If you are the"
                        + " application owner, check your logs for details. You can do this from the command line:"
                ],
                command: command, code: "\(fault.rawValue): \(fault.description)")
        }
    }
}

/// The page for a host that no app has.
struct UnknownHostPage {
    let bytes: [UInt8]

    /// - Parameters:
    ///   - host: lower case, without port.
    ///   - port: where links to apps have to go.
    ///   - appNames: shown only to whoever asks this machine by a name of its own; see ``isLocal(_:)``.
    init(host: String, port: UInt16, appNames: [String]) {
        var paragraphs = [
            "There is no app configured at that hostname. Perhaps the app owner has renamed it, or you mistyped the URL."
        ]
        if Self.isLocal(host), !appNames.isEmpty {
            let suffix = port == 80 ? "" : ":\(port)"
            let links = appNames.sorted().map { name in
                let safe = Page.escaped(name)
                return "<li><a href=\"http://\(safe).localhost\(suffix)/\">\(safe)</a></li>"
            }
            paragraphs.append("The apps on this machine:</p><ul>\(links.joined())</ul><p>To make one:")
        } else {
            paragraphs.append("To make an app:")
        }
        let label = host.hasSuffix(".localhost") ? String(host.dropLast(10)) : ""
        let name = (try? AppName(label))?.text ?? "NAME"  // Not a name that an app could have.
        var command = "paas create \(name)"
        // A name that an app could have besides its own; it is made of nothing that HTML knows.
        if let domain = try? HostName(host) {
            paragraphs[paragraphs.count - 1] = "To give this name to an app:"
            command = "paas domains:add \(domain) -a NAME"
        }
        bytes = Page.html(
            title: "No such app", heading: "No such app", paragraphs: paragraphs, command: command, code: nil)
    }

    /// `localhost`, what ends in it, and loopback addresses: names that no stranger's page can carry.
    static func isLocal(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// The frame of every page: one file, nothing fetched from elsewhere.
enum Page {
    /// - Parameter paragraphs: HTML.
    static func html(
        title: String, heading: String, paragraphs: [String], command: String?, code: String?
    ) -> [UInt8] {
        var text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 36em; margin: 12vh auto; padding: 0 1em; color: #333; }
            code { display: block; background: #f4f4f6; padding: .6em .8em; border-radius: 4px; }
            small { color: #777; }
            </style>
            </head>
            <body>
            <h1>\(heading)</h1>

            """
        for paragraph in paragraphs { text += "<p>\(paragraph)</p>\n" }
        if let command { text += "<code>\(command)</code>\n" }
        if let code { text += "<p><small>\(code)</small></p>\n" }
        text += "</body>\n</html>\n"
        return Array(text.utf8)
    }

    /// A page that is nothing but another one, as large as the window.
    static func framing(_ url: String, title: String) -> [UInt8] {
        Array(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>html, body, iframe { margin: 0; border: 0; height: 100%; width: 100%; display: block; }</style>
            </head>
            <body>
            <iframe src="\(escaped(url))" title="\(title)"></iframe>
            </body>
            </html>

            """.utf8)
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
