/// Frames about conversations of the past.
public import ChatModel

public struct CustomerSessions: Hashable, Sendable {
    public var customer: PersonID
    /// Only those that began earlier: milliseconds since 1970. Nil: the newest.
    public var before: Int64?
    /// 1...`bound`.
    public var limit: Int

    public init(customer: PersonID, before: Int64? = nil, limit: Int = CustomerSessions.usualLimit)
    {
        self.customer = customer
        self.before = before
        self.limit = limit
    }

    public static let usualLimit = 20
    public static let bound = 50
}

/// A customer opens a conversation of his again.
public struct SessionReopen: Hashable, Sendable {
    public var session: SessionID
    /// 1...64 bytes; the same key leads to the same session, as with `session.start`.
    public var key: String

    public init(session: SessionID, key: String) {
        self.session = session
        self.key = key
    }
}

/// A message whose text shall be gone.
public struct MessageDelete: Hashable, Sendable {
    public var session: SessionID
    public var seq: Int

    public init(session: SessionID, seq: Int) {
        self.session = session
        self.seq = seq
    }
}

// MARK: - Reading

extension FrameDecoder {
    func sessionReopen(_ fields: borrowing FrameFields) throws(FrameError) -> SessionReopen {
        SessionReopen(session: try fields.session(), key: try fields.name(.key, 1...64))
    }

    func messageDelete(_ fields: borrowing FrameFields) throws(FrameError) -> MessageDelete {
        MessageDelete(session: try fields.session(), seq: try fields.count(.seq, 1...))
    }

    func customerSessions(_ fields: borrowing FrameFields) throws(FrameError) -> CustomerSessions {
        CustomerSessions(
            customer: try customer(fields),
            before: fields.has(.before) ? Int64(try fields.count(.before, 0...)) : nil,
            limit: fields.has(.limit)
                ? try fields.count(.limit, 1...CustomerSessions.bound)
                : CustomerSessions.usualLimit)
    }
}

// MARK: - Writing

extension ServerFrame {
    /// To `customer.sessions`; for agents. Newest first.
    public static func customerSessionsOK(id: Int64, _ sessions: [PastSession], more: Bool)
        -> [UInt8]
    {
        var json = ok(id, capacity: 64 + 256 * sessions.count)
        json.list("sessions", sessions) { past, json in
            json.raw("{")
            write(past, &json)
            json.raw("}")
        }
        json.member("more", more)
        json.raw("}")
        return json.bytes
    }

    private static func write(_ past: PastSession, _ json: inout JSONWriter) {
        let record = past.record
        json.member("session", record.id)
        json.member("at", past.at)
        if let closedAt = past.closedAt { json.member("closed_at", closedAt) }
        json.member("state", record.state.rawValue)
        json.optional("topic", record.topic)
        if let agent = past.agent {
            json.member("agent", json: agentLabel(agent, name: past.agentName ?? agent.text))
        }
        json.optional("score", past.score)
        if !record.tags.isEmpty { json.list("tags", record.tags) { $1.text($0) } }
        json.optional("reason", record.closeReason)
        disposition(record.disposition, &json)
        json.member("last_seq", record.lastSeq)
    }
}
