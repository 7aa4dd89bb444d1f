internal import FoundationEssentials
internal import HTTP
internal import Model
internal import Platform

extension APIServer {
    /// Answers as the services of the world do: by the host that a request is for, at `mail.localhost` by its path.
    func serveService(_ request: HTTPRequest, _ responder: HTTPResponder) async {
        let answer: MailAnswer
        switch MailPages.host(of: request) {
        case "send.api.mailtrap.io": answer = await mailtrap(request)
        case "api.mailgun.net": answer = await mailgun(request)
        case "mail.localhost" where request.path == "/api/send": answer = await mailtrap(request)
        case "mail.localhost" where request.path.hasSuffix("/messages"): answer = await mailgun(request)
        case _: answer = await sendGrid(request)
        }
        var headers: HTTPHeaders = ["Server": "paas"]
        for (name, value) in answer.headers { headers.set(name, to: value) }
        // The client has gone; there is nobody to tell.
        try? await responder.send(status: answer.status, headers: headers, body: Array(answer.body.utf8))
    }

    private func sendGrid(_ request: HTTPRequest) async -> MailAnswer {
        await platform.answerSendGrid(
            request.method, request.path, key: request.credential("bearer"), type: request.headers["Content-Type"],
            body: request.body)
    }

    private func mailtrap(_ request: HTTPRequest) async -> MailAnswer {
        let token = request.headers["Api-Token"] ?? request.credential("bearer")
        return await platform.answerMailtrap(request.method, request.path, token: token, body: request.body)
    }

    private func mailgun(_ request: HTTPRequest) async -> MailAnswer {
        let pair = request.credential("basic").flatMap { Data(base64Encoded: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        let key = pair.flatMap { $0.hasPrefix("api:") ? String($0.dropFirst(4)) : nil }
        return await platform.answerMailgun(
            request.method, request.path, key: key, type: request.headers["Content-Type"] ?? "", body: request.body)
    }
}

extension HTTPRequest {
    /// What stands behind that word in `Authorization`.
    fileprivate func credential(_ scheme: String) -> String? {
        let words = (headers["Authorization"] ?? "").split(separator: " ")
        return words.count == 2 && words[0].lowercased() == scheme ? String(words[1]) : nil
    }
}
