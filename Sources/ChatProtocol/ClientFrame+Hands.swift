/// Frames by which several people work on one session.
public import ChatModel

/// What an agent or supervisor leaves in a session for his colleagues.
public struct SessionNote: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key gives the first result.
    public var key: String
    /// 1 byte...the site's `message_bytes` of UTF-8.
    public var text: String

    public init(session: SessionID, key: String, text: String) {
        self.session = session
        self.key = key
        self.text = text
    }
}
