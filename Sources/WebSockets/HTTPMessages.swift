// Requests and responses of the small HTTP side: pages, health, metrics, the API, files. Whole in
// memory, but for a body that a handler reads while it comes (`HTTPBodyPlan`) or that goes out
// piece by piece (`HTTPBodySource`).

public enum HTTPMethod: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"

    var hasBody: Bool { self == .post || self == .put || self == .patch }
}

public struct HTTPField: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

public struct HTTPRequest: Sendable {
    public let method: HTTPMethod
    /// Percent-decoded, begins with `/`, without query.
    public let path: String
    /// Percent-decoded, in order.
    public let query: [HTTPField]
    /// Known headers by lower-case name (`RequestHeaders.known` and `ServerOptions.extraHeaders`).
    public let headers: [String: String]
    /// Of a POST, PUT or PATCH that is collected; at most `limits.maxBodyBytes`.
    public let body: [UInt8]
    /// Numeric, without port.
    public let remoteAddress: String
    /// For an answer that comes later; see `HTTPResponse.deferred`.
    public let completion: HTTPCompletion
}

public struct HTTPResponse: Sendable {
    /// 200...599.
    public var status: Int
    /// Without Content-Length and Connection, which are added. A field with a control character
    /// is left out.
    public var fields: [HTTPField]
    public var body: [UInt8]
    let isDeferred: Bool
    /// Where the body comes from instead of `body`, and how long it is.
    private(set) var stream: (source: any HTTPBodySource, byteCount: Int)?

    /// A body that is read while it goes out. `byteCount` is exactly what `source` gives.
    public static func streamed(
        _ status: Int, fields: [HTTPField], byteCount: Int, from source: any HTTPBodySource
    ) -> HTTPResponse {
        var response = HTTPResponse(status: status, fields: fields)
        response.stream = (source, byteCount)
        return response
    }

    public init(status: Int, fields: [HTTPField] = [], body: [UInt8] = []) {
        self.init(status: status, fields: fields, body: body, isDeferred: false)
    }

    private init(status: Int, fields: [HTTPField], body: [UInt8], isDeferred: Bool) {
        self.status = status
        self.fields = fields
        self.body = body
        self.isDeferred = isDeferred
    }

    /// The answer comes later, on the loop, through the request's `completion`.
    public static let deferred = HTTPResponse(status: 0, fields: [], body: [], isDeferred: true)

    public static func text(_ status: Int, _ text: String) -> HTTPResponse {
        .bytes(status, contentType: "text/plain; charset=utf-8", Array(text.utf8))
    }

    public static func bytes(_ status: Int, contentType: String, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, fields: [HTTPField("Content-Type", contentType)], body: body)
    }

    /// Status line and headers, with the empty line.
    func head(keepsAlive: Bool, isHTTP11: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(HTTPStatus.phrase(status))\r\n"
        for field in fields where field.isSafe { text += "\(field.name): \(field.value)\r\n" }
        if status != 304 && status != 204 {
            text += "Content-Length: \(stream?.byteCount ?? body.count)\r\n"
        }
        if !keepsAlive {
            text += "Connection: close\r\n"
        } else if !isHTTP11 {
            text += "Connection: keep-alive\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}

extension HTTPField {
    /// No control characters: a value from outside cannot begin a header of its own.
    var isSafe: Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x3A && $0 != 0x7F }
            && value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }
}

/// Finishes one deferred request.
///
/// `@unchecked Sendable`: used on the loop's thread only; `finish` checks.
public final class HTTPCompletion: @unchecked Sendable {
    var finishing: ((HTTPResponse) -> Void)?
    var flowing: ((Bool) -> Void)?

    init() {}

    /// No more of the body for now; a piece or two may still come. Harmless without one. Loop
    /// thread.
    public func pauseBody() { flowing?(false) }
    public func resumeBody() { flowing?(true) }

    /// Sends the response. Harmless when the peer is gone or the answer was given. Before the body
    /// is whole: the rest of it is not read, and the connection is closed. Loop thread.
    public func finish(_ response: HTTPResponse) {
        precondition(!response.isDeferred, "a deferred answer cannot be deferred again")
        let finishing = self.finishing
        self.finishing = nil
        finishing?(response)
    }
}

enum HTTPStatus {
    static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        default: "Status"
        }
    }
}
