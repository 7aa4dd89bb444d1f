/// The head of a response that the router makes itself.
struct AnswerHead {
    let bytes: [UInt8]

    /// - Parameter connection: the Connection field's value; empty for none.
    init(status: Int, length: Int, connection: StaticString) {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        text += "Content-Type: text/html; charset=utf-8\r\n"
        text += "Content-Length: \(length)\r\n"
        text += "Cache-Control: no-cache, no-store\r\n"
        text += "Server: Heroku\r\nVia: 1.1 heroku-router\r\n"
        if !connection.description.isEmpty { text += "Connection: \(connection)\r\n" }
        text += "\r\n"
        bytes = Array(text.utf8)
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 431: "Request Header Fields Too Large"
        case 495: "SSL Certificate Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 508: "Loop Detected"
        case 505: "HTTP Version Not Supported"
        default: "Service Unavailable"
        }
    }
}
