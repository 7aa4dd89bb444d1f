import APIClient
import APISchema
import Console

extension Command {
    static let domains = Command(
        "domains", abstract: "list domains for an app",
        flags: [.app, .remote, .json, .csv, .columns, .extraColumns, .filter, .sort, .noWrap],
        examples: ["paas domains", "paas domains --extended", "paas domains --filter 'Domain Name=www.example.test'"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        if invocation.has(.json) { return terminal.json(try await platform.wholeList(["apps", app.id, "domains"])) }
        let all = try await platform.domains(of: app.id)
        var rows = DomainRows(all.filter { $0.kind == "custom" }, isExtended: invocation.has(.extraColumns))
        if let filter = invocation[.filter] { try rows.keep(matching: filter) }
        if let order = invocation[.sort] { try rows.sort(by: order) }
        if let columns = invocation[.columns] { try rows.select(columns) }
        if invocation.has(.csv) { return terminal.output.write(rows.csv) }
        if rows.count > 100, terminal.canAsk, invocation[.filter] == nil {
            terminal.warn("\(app.name) has over 100 domains. The window may be too small for all of them.")
            guard terminal.confirm("Display all \(rows.count) domains?", defaultsToYes: false) else { return }
        }
        let name = terminal.appName(app.name, on: terminal.output)
        terminal.header("\(name) Heroku Domain")
        for domain in all where domain.kind == "heroku" { terminal.print(domain.hostname) }
        guard rows.count > 0 else { return }
        terminal.print()
        terminal.header("\(name) Custom Domains")
        terminal.table(rows.table, cut: !invocation.has(.noWrap))
    }

    static let domainsInfo = Command(
        "domains:info", abstract: "show detailed information for a domain on an app", flags: [.app, .remote, .json],
        operands: [.required("HOSTNAME", "name of the domain")], examples: ["paas domains:info www.example.test"]
    ) { invocation in
        let terminal = invocation.terminal
        let (platform, app) = try await invocation.target()
        let name = invocation.operands[0]
        if invocation.has(.json) {
            return terminal.json(try await platform.document(["apps", app.id, "domains", name]))
        }
        let domain = try await platform.domain(name, of: app.id)
        terminal.object([
            ("acm_status", [domain.acmStatus].compactMap(\.self)),
            ("acm_status_reason", [domain.acmStatusReason].compactMap(\.self)),
            ("app", [domain.app.name]), ("cname", [domain.cname].compactMap(\.self)),
            ("created_at", [domain.createdAt]), ("hostname", [domain.hostname]), ("kind", [domain.kind]),
            ("sni_endpoint", [domain.sniEndpoint?.name].compactMap(\.self)), ("status", [domain.status]),
        ])
    }
}

extension Flag {
    fileprivate static let csv = Flag("csv", short: "c", help: "output in csv format")
    fileprivate static let columns = Flag(
        "columns", placeholder: "columns", help: "only show provided columns (comma-separated)")
    fileprivate static let extraColumns = Flag("extended", short: "x", help: "show extra columns")
    fileprivate static let filter = Flag(
        "filter", placeholder: "filter", help: "filter property by partial string matching, NAME=text")
    fileprivate static let sort = Flag(
        "sort", placeholder: "sort", help: "column to sort by; with - in front from the end")
}

/// The rows of `paas domains`, by column. Source: heroku-cli.md §13.1.
struct DomainRows {
    private var columns = ["Domain Name", "DNS Record Type", "DNS Target", "SNI Endpoint"]
    private var rows: [[String]]

    /// - Parameter isExtended: with what Automatic Certificate Management says of each.
    init(_ domains: [DomainResource], isExtended: Bool = false) {
        let domains = domains.sorted { $0.hostname < $1.hostname }
        rows = domains.map { domain in
            [domain.hostname, Self.recordType(of: domain.hostname), domain.cname ?? "", domain.sniEndpoint?.name ?? ""]
        }
        guard isExtended else { return }
        columns += ["ACM Status", "ACM Status Reason"]
        for (index, domain) in domains.enumerated() {
            rows[index] += [domain.acmStatus ?? "", domain.acmStatusReason ?? ""]
        }
    }

    var count: Int { rows.count }

    /// A domain with nothing in front of it cannot have a CNAME.
    private static func recordType(of host: String) -> String {
        host.split(separator: ".").count == 2 ? "ALIAS or ANAME" : "CNAME"
    }

    mutating func keep(matching filter: String) throws(Failure) {
        let halves = filter.split(separator: "=", maxSplits: 1).map(String.init)
        guard halves.count == 2 else { throw .usage("Expected --filter to be NAME=text, not \(filter)") }
        let column = try index(of: halves[0])
        rows.removeAll { !$0[column].lowercased().contains(halves[1].lowercased()) }
    }

    mutating func sort(by order: String) throws(Failure) {
        let isBackward = order.hasPrefix("-")
        let column = try index(of: isBackward ? String(order.dropFirst()) : order)
        rows.sort { isBackward ? $0[column] > $1[column] : $0[column] < $1[column] }
    }

    mutating func select(_ names: String) throws(Failure) {
        var wanted: [Int] = []
        for name in names.split(separator: ",") { wanted.append(try index(of: String(name))) }
        columns = wanted.map { columns[$0] }
        rows = rows.map { row in wanted.map { row[$0] } }
    }

    private func index(of name: String) throws(Failure) -> Int {
        func plain(_ text: String) -> String { text.lowercased().filter { $0 != " " && $0 != "_" } }
        guard let index = columns.firstIndex(where: { plain($0) == plain(name) }) else {
            throw .usage("There is no column \(name); there are \(columns.joined(separator: ", "))")
        }
        return index
    }

    var table: Table {
        var table = Table(columns)
        for row in rows { table.add(row) }
        return table
    }

    var csv: String { ([columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined() }
}
