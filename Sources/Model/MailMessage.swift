/// A mail that an app has sent, as lists show it; nothing of it has left the machine.
package struct MailMessage: Sendable, Equatable {
    /// How it came: to the service's own API, or by SMTP.
    package enum Channel: String, Sendable { case api, smtp }

    /// What it is called on the keyboard; no two have the same, and none comes twice.
    package var number: Int
    package let addon: AddonID
    package let channel: Channel
    /// The envelope's addresses.
    package let sender: String
    package let recipients: [String]
    package let subject: String
    /// What is searched beside the rest: the beginning of its text.
    package let words: String
    package let sizeBytes: Int
    package let attachmentCount: Int
    package let sentAt: Timestamp

    /// - Parameter number: 0 for one that is not kept yet.
    package init(
        number: Int = 0, addon: AddonID, channel: Channel, sender: String, recipients: [String], subject: String,
        words: String, sizeBytes: Int, attachmentCount: Int, sentAt: Timestamp
    ) {
        self.number = number
        self.addon = addon
        self.channel = channel
        self.sender = sender
        self.recipients = recipients
        self.subject = subject
        self.words = words
        self.sizeBytes = sizeBytes
        self.attachmentCount = attachmentCount
        self.sentAt = sentAt
    }
}

/// What is in a mail, taken apart.
package struct MailContent: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        package let name: String
        /// Unfolded, with encoded words decoded.
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Attachment: Sendable, Equatable {
        package let name: String
        /// `image/png`
        package let type: String
        /// What `cid:` URLs of the HTML call it.
        package let contentID: String?
        package let bytes: [UInt8]

        package init(name: String, type: String, contentID: String?, bytes: [UInt8]) {
            self.name = name
            self.type = type
            self.contentID = contentID
            self.bytes = bytes
        }
    }

    package var headers: [Header]
    package var text: String?
    package var html: String?
    package var attachments: [Attachment]

    package init(
        headers: [Header] = [], text: String? = nil, html: String? = nil, attachments: [Attachment] = []
    ) {
        self.headers = headers
        self.text = text
        self.html = html
        self.attachments = attachments
    }

    /// The first header of that name.
    package subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A key that lets whoever holds it send mail by SendGrid's API. The key itself is shown once and kept nowhere.
package struct MailKey: Sendable, Equatable {
    package let id: MailKeyID
    package let addon: AddonID
    package let name: String
    /// Its first letters, by which a person knows it again: `SG.ngeVfQFY`.
    package let beginning: String
    /// ``Digest`` of the whole.
    package let digest: String
    package let createdAt: Timestamp

    package init(
        id: MailKeyID = MailKeyID(), addon: AddonID, name: String, beginning: String, digest: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.addon = addon
        self.name = name
        self.beginning = beginning
        self.digest = digest
        self.createdAt = createdAt
    }
}

package typealias MailKeyID = Identifier<MailKey>

/// How an app's processes reach its mail services.
package struct MailReach: Sendable, Equatable {
    /// Hosts of the world for which this machine answers.
    package var hosts: [String]
    /// What the processes find in their environment for that; empty where it is turned off.
    package var environment: [String: String]
    package var smtpPort: UInt16

    package init(hosts: [String], environment: [String: String], smtpPort: UInt16) {
        self.hosts = hosts
        self.environment = environment
        self.smtpPort = smtpPort
    }
}

/// What a mail service answers to a request that imitates the real one.
package struct MailAnswer: Sendable, Equatable {
    package var status: Int
    package var headers: [String: String]
    package var body: String

    package init(status: Int, headers: [String: String] = [:], body: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
