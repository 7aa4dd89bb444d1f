/// Who listens on a port that a dyno was leased.
package struct PortThief: Sendable, Equatable {
    package let port: UInt16
    /// The user of the machine whose socket it is.
    package let userID: UInt32
    /// The program's name and process; `nil` where this user may not see them.
    package var program: String?
    package var processID: Int32?
    /// The dyno that it is in, if it is one of ours.
    package var dyno: DynoID?

    package init(port: UInt16, userID: UInt32, program: String? = nil, processID: Int32? = nil, dyno: DynoID? = nil) {
        self.port = port
        self.userID = userID
        self.program = program
        self.processID = processID
        self.dyno = dyno
    }

    /// `port 20117 is taken by python3 (pid 812), web.1 of blog`.
    ///
    /// - Parameter owner: the dyno of ours that it is in, in words.
    package func sentence(owner: String?) -> String {
        let who = program.map { program in "\(program)\(processID.map { " (pid \($0))" } ?? "")" }
        let known = who ?? "a program of another user of this machine (uid \(userID))"
        return "port \(port) is taken by \(known)\(owner.map { ", \($0)" } ?? "")"
    }
}
