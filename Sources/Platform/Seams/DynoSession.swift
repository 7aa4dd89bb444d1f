internal import Dyno
package import Model

/// A client's side of an attached one-off dyno: live bytes both ways.
package struct DynoSession: Sendable {
    package let write: @Sendable ([UInt8]) async throws -> Void
    package let closeInput: @Sendable () async throws -> Void
    package let resizeTo: @Sendable (_ rows: Int, _ columns: Int) async throws -> Void
    package let signal: @Sendable (Int32) async throws -> Void
    /// Ends when the process has ended and all that it said is delivered.
    package let output: AsyncStream<[UInt8]>
    package let ending: @Sendable () async -> Ending

    init(_ attachment: DynoAttachment) {
        write = { try await attachment.write($0) }
        closeInput = { try await attachment.closeInput() }
        resizeTo = { try await attachment.resize(rows: $0, columns: $1) }
        signal = { try await attachment.signal($0) }
        output = attachment.output
        ending = { await attachment.ending() }
    }
}

/// The sandbox level in words that can be shown.
package struct SandboxView: Sendable {
    package let level: SandboxLevel
    /// Why no better level, a sentence each.
    package let missing: [String]
    /// Commands that would bring it.
    package let mend: [String]
    /// How dynos are kept within their limits, a line each.
    package let limits: [String]

    init(_ report: SandboxReport) {
        level = report.level
        missing = report.missing
        mend = report.mend
        limits = report.limits
    }
}

/// Who reaches dynos from outside of this machine, in words that can be shown.
package struct ExposureView: Sendable {
    package let isExposed: Bool
    package let fact: String
    /// Commands that would keep dynos to this machine.
    package let mend: [String]

    init(_ report: ExposureReport) {
        isExposed = report.isExposed
        fact = report.fact
        mend = report.mend
    }
}
