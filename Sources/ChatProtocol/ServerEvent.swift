/// The hub's frames as a client reads them: the members a program acts on, and the bytes for all
/// else. `LoadClient` and tests use it; the hub does not.
public import ChatModel

public struct ServerEvent: Hashable, Sendable {
    /// `ok`, `error`, `message`, ... as sent.
    public var type: String
    /// The request it answers; nil on events.
    public var id: Int64?
    public var session: SessionID?
    public var seq: Int?
    /// Milliseconds since 1970.
    public var at: Int64?
    /// Of an error. Nil for a code this version does not know: see `raw`.
    public var code: ErrorCode?
    public var state: SessionState?
    public var position: Int?
    public var key: String?
    public var text: String?
    public var retryAfterMilliseconds: Int?
    /// The whole frame.
    public var raw: [UInt8]

    /// The frame as a tree, for what has no member here. Not for the hot path.
    public var tree: JSONValue { JSONValue(raw) ?? .null }

    /// Nil when the line is no JSON object with a `type`.
    public static func decode(_ line: UnsafeRawBufferPointer) -> ServerEvent? {
        var fields = FrameFields(line)
        do throws(JSONFault) {
            try fields.read()
            return decode(fields)
        } catch {
            return nil
        }
    }

    private static func decode(_ fields: borrowing FrameFields) -> ServerEvent? {
        guard let type = fields.text(.type) else { return nil }
        let session = fields[.session]
        return ServerEvent(
            type: type,
            id: fields.integer(.id),
            session: session.kind == .string
                ? SessionID(utf8: UnsafeRawBufferPointer(rebasing: fields.line[session.range]))
                : nil,
            seq: fields.integer(.seq).map { Int($0) },
            at: fields.integer(.at),
            code: fields.text(.code).flatMap(ErrorCode.init(rawValue:)),
            state: fields.text(.state).flatMap(SessionState.init(rawValue:)),
            position: fields.integer(.position).map { Int($0) },
            key: fields.text(.key),
            text: fields.text(.text),
            retryAfterMilliseconds: fields.integer(.retryAfterMilliseconds).map { Int($0) },
            raw: Array(fields.line))
    }

    public static func decode(_ line: [UInt8]) -> ServerEvent? {
        line.withUnsafeBytes { decode($0) }
    }
}
