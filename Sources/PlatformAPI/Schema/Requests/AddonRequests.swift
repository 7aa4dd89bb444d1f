/// Body of `POST /apps/{app}/addons`.
package struct AddonCreate: Codable, Sendable, Equatable {
    package struct Attachment: Codable, Sendable, Equatable {
        package var name: String?
    }

    package var attachment: Attachment?
    package var config: [String: String]?
    package var confirm: String?
    package var name: String?
    /// `SERVICE` or `SERVICE:PLAN`; on the wire a text or `{"name": …}`.
    package var plan: String

    package init(
        plan: String, attachment: String? = nil, name: String? = nil, config: [String: String] = [:],
        confirm: String? = nil
    ) {
        self.plan = plan
        self.attachment = Attachment(name: attachment)
        self.name = name
        self.config = config
        self.confirm = confirm
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        attachment = try container.decodeIfPresent(Attachment.self, forKey: .attachment)
        config = try container.decodeIfPresent([String: LooseText].self, forKey: .config)?.mapValues(\.text)
        confirm = try container.decodeIfPresent(String.self, forKey: .confirm)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        guard let plan = try container.decodeName(forKey: .plan) else {
            throw DecodingError.keyNotFound(
                CodingKeys.plan, .init(codingPath: decoder.codingPath, debugDescription: "a plan is needed"))
        }
        self.plan = plan
    }

    private enum CodingKeys: String, CodingKey {
        case attachment, config, confirm, name, plan
    }
}

/// Body of `PATCH /apps/{app}/addons/{addon}`.
package struct AddonUpdate: Codable, Sendable, Equatable {
    package var name: String?
    package var plan: String?

    package init(name: String? = nil, plan: String? = nil) {
        self.name = name
        self.plan = plan
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        plan = try container.decodeName(forKey: .plan)
    }

    private enum CodingKeys: String, CodingKey {
        case name, plan
    }
}

/// Body of `DELETE /apps/{app}/addons/{addon}`.
package struct AddonDelete: Codable, Sendable, Equatable {
    /// Also when other apps have it.
    package var force: Bool?

    package init(force: Bool) { self.force = force }
}

/// Body of `POST /addon-attachments`; names and ids are texts or `{"name": …}` on the wire.
package struct AddonAttachmentCreate: Codable, Sendable, Equatable {
    package var addon: String
    package var app: String
    /// The app's name: an attachment of that name may be replaced.
    package var confirm: String?
    package var name: String?

    package init(addon: String, app: String, name: String? = nil, confirm: String? = nil) {
        self.addon = addon
        self.app = app
        self.name = name
        self.confirm = confirm
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        addon = try container.decodeName(forKey: .addon) ?? ""
        app = try container.decodeName(forKey: .app) ?? ""
        confirm = try container.decodeIfPresent(String.self, forKey: .confirm)
        name = try container.decodeIfPresent(String.self, forKey: .name)
    }

    private enum CodingKeys: String, CodingKey {
        case addon, app, confirm, name
    }
}

/// Body of `POST /actions/addons/resolve`.
package struct AddonResolve: Codable, Sendable, Equatable {
    package var addon: String
    package var app: String?
    package var addonService: String?

    package init(addon: String, app: String?, addonService: String? = nil) {
        self.addon = addon
        self.app = app
        self.addonService = addonService
    }

    private enum CodingKeys: String, CodingKey {
        case addon, app
        case addonService = "addon_service"
    }
}

/// Body of `POST /actions/addon-attachments/resolve`.
package struct AddonAttachmentResolve: Codable, Sendable, Equatable {
    package var addonAttachment: String
    package var app: String?
    package var addonService: String?

    package init(addonAttachment: String, app: String?, addonService: String? = nil) {
        self.addonAttachment = addonAttachment
        self.app = app
        self.addonService = addonService
    }

    private enum CodingKeys: String, CodingKey {
        case app
        case addonAttachment = "addon_attachment"
        case addonService = "addon_service"
    }
}

/// Body of `POST /client/v11/databases/{database}/transfers`.
package struct TransferCreate: Codable, Sendable, Equatable {
    package var fromName: String
    package var toName: String

    package init(fromName: String, toName: String) {
        self.fromName = fromName
        self.toName = toName
    }

    private enum CodingKeys: String, CodingKey {
        case fromName = "from_name"
        case toName = "to_name"
    }
}
