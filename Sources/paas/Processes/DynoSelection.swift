import Console

extension Flag {
    static let dynoName = Flag(
        "dyno-name", short: "d", placeholder: "name", help: "name of the dyno (such as web.1)", aliases: ["dyno", "ps"])
    static let processType = Flag(
        "process-type", short: "p", placeholder: "type", help: "name of the process type (such as web)")
}

/// Which dynos a command is about: `web.1`, all of `web`, or all.
enum DynoSelection: Equatable {
    case all
    case dyno(String)
    case type(String)

    init(_ invocation: Invocation) throws(Failure) {
        let (dyno, type) = (invocation[.dynoName], invocation[.processType])
        guard dyno == nil || type == nil else {
            throw .usage("--process-type cannot also be provided when using --dyno-name")
        }
        if let word = invocation.operands.first {
            invocation.terminal.warn("DYNO is a deprecated argument. Use --dyno-name or --process-type instead.")
            self = word.contains(".") ? .dyno(word) : .type(word)
        } else if let dyno {
            self = .dyno(dyno)
        } else if let type {
            self = .type(type)
        } else {
            self = .all
        }
    }
}
