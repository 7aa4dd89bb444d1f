/// The reason phrases of the statuses that are used here. Source: RFC 9110 §15.
enum HTTPStatusText {
    static func reason(for status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 507: "Insufficient Storage"
        case 505: "HTTP Version Not Supported"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }

    /// A response head, up to and with its empty line.
    static func head(_ status: Int, _ headers: HTTPHeaders) -> [UInt8] {
        var bytes = Array("HTTP/1.1 \(status) \(reason(for: status))\r\n".utf8)
        headers.write(to: &bytes)
        bytes += [0x0D, 0x0A]
        return bytes
    }
}
