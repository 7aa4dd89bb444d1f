internal import Addons
package import Model
internal import Store

/// What the two other services answer.
extension Platform {
    /// Answers a request to `send.api.mailtrap.io`.
    ///
    /// - Parameter token: what stood in `Api-Token`, or behind `Bearer`.
    package func answerMailtrap(
        _ method: String, _ path: String, token: String?, body: [UInt8]
    ) async -> MailAnswer {
        guard let addon = await mailAddon(of: "mailtrap", knowing: token) else {
            return .json(401, #"{"success":false,"errors":["Unauthorized"]}"#)
        }
        guard method == "POST", path == "/api/send" else { return .json(404, #"{"error":"Not Found"}"#) }
        do {
            let mail = try await machines.blocking { try MailtrapRequest(body).mail }
            let id = try await keep(mail, of: addon)
            return .json(200, #"{"success":true,"message_ids":["\#(id)"]}"#)
        } catch let failure as MailtrapRequest.Failure {
            return .json(400, failure.body)
        } catch {
            return .json(500, #"{"success":false,"errors":["The mail could not be kept"]}"#)
        }
    }

    /// Answers a request to `api.mailgun.net`.
    ///
    /// - Parameter key: the password of the user `api`.
    package func answerMailgun(
        _ method: String, _ path: String, key: String?, type: String, body: [UInt8]
    ) async -> MailAnswer {
        guard let addon = await mailAddon(of: "mailgun", knowing: key) else {
            return MailAnswer(status: 401, headers: ["Content-Type": "text/html"], body: "Forbidden")
        }
        let parts = path.split(separator: "/")
        guard method == "POST", parts.count == 3, parts[0] == "v3", parts[2] == "messages" else {
            return .json(404, #"{"message":"Not Found"}"#)
        }
        let domain = addon.values["DOMAIN"] ?? ""
        guard parts[1] == domain else { return .json(404, #"{"message":"Domain not found"}"#) }
        do {
            let request = try await machines.blocking { try MailgunRequest(body, type: type) }
            let id = request.isTest ? "\(Identifier<MailMessage>())" : try await keep(request.mail, of: addon)
            return .json(200, #"{"id":"<\#(id)@\#(domain)>","message":"Queued. Thank you."}"#)
        } catch let failure as MailgunRequest.Failure {
            return .json(400, failure.body)
        } catch {
            return .json(500, #"{"message":"The mail could not be kept"}"#)
        }
    }

    /// - Returns: the message's id.
    private func keep(_ mail: OutgoingMail, of addon: Addon) async throws -> String {
        let id = "\(Identifier<MailMessage>())"
        let raw = try mail.message(id: id, at: machines.time.now())
        _ = try await keep(raw, of: addon.id, channel: .api, sender: mail.from.email, recipients: mail.recipients)
        return id
    }

    /// The add-on of that service whose key this is.
    private func mailAddon(of service: String, knowing secret: String?) async -> Addon? {
        guard let mail = machines.addons.mail, let secret else { return nil }
        // What cannot be read lets nobody in.
        let addons = (try? await allAddons()) ?? []
        return addons.first { $0.service == service && mail.isKey(secret, of: $0) }
    }
}

extension MailAnswer {
    fileprivate static func json(_ status: Int, _ body: String) -> MailAnswer {
        MailAnswer(status: status, headers: ["Content-Type": "application/json"], body: body)
    }
}
