/// Why a command ends badly, in the words that the person reads, and with which exit code.
package struct Failure: Error, Equatable {
    package var message: String
    /// What helps, best first; each is a command or one short sentence.
    package var mend: [String]
    package var exitCode: Int32

    package init(_ message: String, mend: [String] = [], exitCode: Int32 = 1) {
        self.message = message
        self.mend = mend
        self.exitCode = exitCode
    }

    /// Something typed that the command does not take.
    package static func usage(_ message: String) -> Failure {
        Failure("\(message)\nSee more help with --help", exitCode: 2)
    }

    /// Ends with this code and says nothing more.
    package static func silent(exitCode: Int32) -> Failure { Failure("", exitCode: exitCode) }
}
