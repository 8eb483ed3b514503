/// What uploads and downloads are told: a status, and a code and a message as JSON.
import ChatModel
import ChatProtocol
import WebSockets

enum FileAnswer {
    case kept(SharedFile)
    /// To a browser that asks first.
    case allowed
    case badLength, badLink, badOrigin, badMethod, noFile, sessionClosed, tooBig, noSpace,
        unavailable
    /// The types that are taken.
    case badType([String])

    var response: HTTPResponse {
        switch self {
        case .kept(let file): Self.kept(file)
        case .allowed: HTTPResponse(status: 204)
        case .badLength: Self.error(400, "bad_length", "another length than was offered")
        case .badLink: Self.error(403, "bad_link", "no address of ours, or its time is over")
        case .badOrigin: Self.error(403, "origin_refused", "not from pages of this origin")
        case .badMethod: Self.error(405, "bad_method", "PUT to upload, GET to read")
        case .noFile: Self.error(404, "no_file", "the file is not there any more")
        case .sessionClosed: Self.error(409, "session_closed", "the session is closed")
        case .tooBig: Self.error(413, "file_too_big", "more than was offered")
        case .badType(let types):
            Self.error(415, "file_type", "only " + types.joined(separator: ", "))
        case .noSpace:
            Self.error(507, "too_many_files", "the site's files take all the space they may")
        case .unavailable: Self.error(503, "unavailable", "not now; upload it again")
        }
    }

    private static func kept(_ file: SharedFile) -> HTTPResponse {
        var json = JSONWriter(capacity: 128)
        json.raw("{")
        json.member("file", file.id.description)
        json.member("type", file.type)
        json.member("bytes", file.byteCount)
        json.raw("}\n")
        return Self.json(201, json.bytes)
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
        var json = JSONWriter(capacity: 96)
        json.raw("{")
        json.member("code", code)
        json.member("message", message)
        json.raw("}\n")
        return Self.json(status, json.bytes)
    }

    private static func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status,
            fields: [
                HTTPField("Content-Type", "application/json"),
                HTTPField("Cache-Control", "no-store"),
                HTTPField("X-Content-Type-Options", "nosniff"),
            ], body: body)
    }
}
