internal import HTTPSecure

/// `SG.` and two words of 22 and 43 letters, as SendGrid's keys are.
package enum SendGridKey {
    package static func make() throws -> String {
        "SG.\(Base64.encodeForURL(try RandomBytes.make(16))).\(Base64.encodeForURL(try RandomBytes.make(32)))"
    }
}
