/// Frames about an agent's own work: his status, and what he writes down of his sessions.
public import ChatModel

public struct SessionWrap: Hashable, Sendable {
    public var session: SessionID
    /// What it was about, and what came of it: at most 64 bytes each, empty takes it away; nil: as
    /// it is.
    public var topic: String?
    public var result: String?
    public var tags: [String]?
    /// The agent's own words for colleagues; empty takes them away, nil: as they are.
    public var note: String?
    /// It is written up; `isExtended` counts for nothing then.
    public var isDone: Bool
    /// The limit once more.
    public var isExtended: Bool

    public init(
        session: SessionID, topic: String? = nil, result: String? = nil, tags: [String]? = nil,
        note: String? = nil, isDone: Bool = false, isExtended: Bool = false
    ) {
        self.session = session
        self.topic = topic
        self.result = result
        self.tags = tags
        self.note = note
        self.isDone = isDone
        self.isExtended = isExtended
    }
}

public struct SessionTag: Hashable, Sendable {
    public var session: SessionID
    /// All it has from now on: at most 20 of 1...64 bytes.
    public var tags: [String]

    public init(session: SessionID, tags: [String]) {
        self.session = session
        self.tags = tags
    }

    public static let bound = 20
}

/// A supervisor sets an agent's status.
public struct AgentSet: Hashable, Sendable {
    public var agent: PersonID
    public var status: AgentStatus
    /// At most 64 bytes.
    public var reason: String?

    public init(agent: PersonID, status: AgentStatus, reason: String? = nil) {
        self.agent = agent
        self.status = status
        self.reason = reason
    }
}

extension FrameDecoder {
    func statusSet(_ fields: borrowing FrameFields) throws(FrameError) -> StatusSet {
        StatusSet(
            status: try fields.choice(.status), reason: try fields.optionalName(.reason, 0...64),
            ramp: fields.has(.ramp) ? try fields.count(.ramp, 1...50) : nil)
    }

    func agentSet(_ fields: borrowing FrameFields) throws(FrameError) -> AgentSet {
        AgentSet(
            agent: try agent(fields), status: try fields.choice(.status),
            reason: try fields.optionalName(.reason, 0...64))
    }

    func sessionWrap(_ fields: borrowing FrameFields) throws(FrameError) -> SessionWrap {
        SessionWrap(
            session: try fields.session(), topic: try fields.optionalName(.topic, 0...64),
            result: try fields.optionalName(.result, 0...64),
            tags: fields.has(.tags) ? try tags(fields) : nil,
            note: try fields.optionalText(.note, 0...Disposition.noteBytes),
            isDone: fields.has(.done) ? try fields.boolean(.done) : false,
            isExtended: fields.has(.extend) ? try fields.boolean(.extend) : false)
    }

    func sessionTag(_ fields: borrowing FrameFields) throws(FrameError) -> SessionTag {
        let session = try fields.session()
        guard fields.has(.tags) else { throw fields.missing(.tags) }
        return SessionTag(session: session, tags: try tags(fields))
    }

    /// Each once.
    private func tags(_ fields: borrowing FrameFields) throws(FrameError) -> [String] {
        var tags: [String] = []
        for tag in try names(.tags, atMost: SessionTag.bound, fields) where !tags.contains(tag) {
            tags.append(tag)
        }
        return tags
    }
}
