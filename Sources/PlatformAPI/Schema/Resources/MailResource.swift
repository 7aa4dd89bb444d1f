/// A mail that an app has sent; nothing of it has left the machine.
package struct MailResource: Codable, Sendable, Equatable {
    package var number: Int
    package var addon: NamedReference
    /// `api` or `smtp`.
    package var channel: String
    /// The envelope's addresses.
    package var from: String
    package var to: [String]
    package var subject: String
    package var sizeBytes: Int
    package var attachments: Int
    package var sentAt: String

    package init(
        number: Int, addon: NamedReference, channel: String, from: String, to: [String], subject: String,
        sizeBytes: Int, attachments: Int, sentAt: String
    ) {
        self.number = number
        self.addon = addon
        self.channel = channel
        self.from = from
        self.to = to
        self.subject = subject
        self.sizeBytes = sizeBytes
        self.attachments = attachments
        self.sentAt = sentAt
    }

    private enum CodingKeys: String, CodingKey {
        case number, addon, channel, from, to, subject, attachments
        case sizeBytes = "size_bytes"
        case sentAt = "sent_at"
    }
}

/// What is in a mail, taken apart.
package struct MailContentResource: Codable, Sendable, Equatable {
    package struct Header: Codable, Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Attachment: Codable, Sendable, Equatable {
        package var name: String
        package var type: String
        package var sizeBytes: Int

        package init(name: String, type: String, sizeBytes: Int) {
            self.name = name
            self.type = type
            self.sizeBytes = sizeBytes
        }

        private enum CodingKeys: String, CodingKey {
            case name, type
            case sizeBytes = "size_bytes"
        }
    }

    package var mail: MailResource
    package var headers: [Header]
    @Nullable package var text: String?
    @Nullable package var html: String?
    package var attachments: [Attachment]

    package init(
        mail: MailResource, headers: [Header], text: String?, html: String?, attachments: [Attachment]
    ) {
        self.mail = mail
        self.headers = headers
        self.attachments = attachments
        self.text = text
        self.html = html
    }
}

/// The mail services of an app, what they have kept, and where they are.
package struct MailStatus: Codable, Sendable, Equatable {
    package struct Service: Codable, Sendable, Equatable {
        package var addon: NamedReference
        package var count: Int

        package init(addon: NamedReference, count: Int) {
            self.addon = addon
            self.count = count
        }
    }

    package var services: [Service]
    package var inboxURL: String
    @Nullable package var smtpPort: Int?
    /// Hosts for which this machine answers to the app's dynos.
    package var hosts: [String]
    /// What clients find in their environment for that; empty where `mail-proxy` is off.
    package var environment: [String: String]

    package init(
        services: [Service], inboxURL: String, smtpPort: Int?, hosts: [String], environment: [String: String]
    ) {
        self.services = services
        self.inboxURL = inboxURL
        self.hosts = hosts
        self.environment = environment
        self.smtpPort = smtpPort
    }

    private enum CodingKeys: String, CodingKey {
        case services, hosts, environment
        case inboxURL = "inbox_url"
        case smtpPort = "smtp_port"
    }
}

/// A key for SendGrid's API.
package struct MailKeyResource: Codable, Sendable, Equatable {
    package var id: String
    package var addon: NamedReference
    package var name: String
    /// The first letters of the key.
    package var beginning: String
    package var createdAt: String
    /// The key itself: said once, when it is made.
    @Nullable package var key: String?

    package init(
        id: String, addon: NamedReference, name: String, beginning: String, createdAt: String, key: String? = nil
    ) {
        self.id = id
        self.addon = addon
        self.name = name
        self.beginning = beginning
        self.createdAt = createdAt
        self.key = key
    }

    private enum CodingKeys: String, CodingKey {
        case id, addon, name, beginning, key
        case createdAt = "created_at"
    }
}

/// Body of `POST /paas/v1/addons/{addon}/mail/keys`.
package struct MailKeyCreate: Codable, Sendable, Equatable {
    package var name: String?

    package init(name: String? = nil) { self.name = name }
}
