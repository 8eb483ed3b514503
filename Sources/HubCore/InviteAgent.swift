/// What is asked for when a colleague is to come into a conversation. Part of the Store port.
public import ChatModel

public struct InviteAgent: Hashable, Sendable {
    public var session: SessionID
    public var agent: PersonID
    /// Its owner, or a supervisor.
    public var by: Participant
    /// The same key with the same body is done once.
    public var key: String
    /// What makes it the same: agent and words.
    public var body: [UInt8]
    /// The invitation ends after so long.
    public var timeoutMilliseconds: Int64
    /// The words for him.
    public var text: String?
    /// The same, kept as a note.
    public var note: NewMessage?

    public init(
        session: SessionID, agent: PersonID, by: Participant, key: String, body: [UInt8],
        timeoutMilliseconds: Int64, text: String? = nil, note: NewMessage? = nil
    ) {
        self.session = session
        self.agent = agent
        self.by = by
        self.key = key
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.text = text
        self.note = note
    }
}
