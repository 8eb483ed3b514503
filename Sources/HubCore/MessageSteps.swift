/// What is asked of the store about messages and what passes between those in a session. Part of
/// the `Store` port.
public import ChatModel

public struct NewMessage: Hashable, Sendable {
    public var sender: Participant
    /// 1...64 bytes, the sender's. The same key gives the first result, the same key with another
    /// `body` is a conflict.
    public var key: String
    /// As in `MessageRecord.body`.
    public var body: [UInt8]
    /// The sender's connection, which learns of the message by the answer.
    public var origin: ConnectionReference

    public init(sender: Participant, key: String, body: [UInt8], origin: ConnectionReference) {
        self.sender = sender
        self.key = key
        self.body = body
        self.origin = origin
    }
}

public struct Append: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 messages, numbered in this order.
    public var messages: [NewMessage]

    public init(session: SessionID, messages: [NewMessage]) {
        self.session = session
        self.messages = messages
    }
}

public struct VolatileEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case typing(Bool)
        case read(Int)
        /// A node has begun to watch: the others tell it how far the people with them have read.
        case whoRead
    }
    public var session: SessionID
    public var from: Participant
    public var kind: Kind
    public var origin: ConnectionReference

    public init(
        session: SessionID, from: Participant, kind: Kind, origin: ConnectionReference
    ) {
        self.session = session
        self.from = from
        self.kind = kind
        self.origin = origin
    }
}
