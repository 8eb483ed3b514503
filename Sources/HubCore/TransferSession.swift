/// What is asked for when a conversation goes to a colleague or a group. Part of the Store port.
public import ChatModel

public struct TransferSession: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        /// He is asked as for an offer, or gets it at once where the session is given out so.
        case agent(PersonID)
        /// It goes to this group's queue, hidden, with its arrival, and to no other.
        case group(GroupID)
    }

    public var session: SessionID
    public var target: Target
    /// Its owner, or a supervisor.
    public var by: Participant
    /// The same key with the same body is done once.
    public var key: String
    /// What makes it the same: target, words, and whether it is a warm one.
    public var body: [UInt8]
    /// To an agent: the giver stays in it.
    public var isWarm: Bool
    /// To a group: its queue is closed at so many waiting, and opens again below `reopenBelow`.
    /// Nil: no limit.
    public var maximumWaiting: Int?
    public var reopenBelow: Int?
    /// The giver's words.
    public var text: String?
    /// The same, kept as a note.
    public var note: NewMessage?

    public init(
        session: SessionID, target: Target, by: Participant, key: String, body: [UInt8],
        isWarm: Bool = false, text: String? = nil, note: NewMessage? = nil
    ) {
        self.session = session
        self.target = target
        self.by = by
        self.key = key
        self.body = body
        self.isWarm = isWarm
        self.text = text
        self.note = note
    }
}
