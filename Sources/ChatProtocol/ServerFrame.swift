/// What the hub says: each function makes one JSON object without a newline. `HubCore` calls them;
/// the result goes to as many connections as it fits. Answers are here, events in
/// `ServerFrame+Events.swift`, what sessions look like to whom in `ServerFrame+Sessions.swift`.
public import ChatModel

public enum ServerFrame {
    // MARK: Answers

    /// To `hello`.
    public static func helloOK(id: Int64, _ greeting: Greeting) -> [UInt8] {
        let you = greeting.you
        let audience = Audience(Participant(role: you.role, id: you.id))
        var json = ok(id, capacity: 1024)
        json.name("you")
        json.raw("{")
        json.member("id", you.id.text)
        json.member("role", you.role.rawValue)
        json.optional("name", you.name)
        json.optional("secret", you.secret)
        json.raw("}")
        json.member("now", greeting.now)
        json.member("heartbeat_ms", greeting.heartbeatMilliseconds)
        limits(greeting.limits, &json)
        json.member("node", greeting.node)
        json.member("durability", greeting.durability)
        if let agent = greeting.agent, !audience.isCustomer {
            json.name("agent")
            json.raw("{")
            agentMembers(agent, &json)
            groupLabels(greeting.groups, &json)
            json.raw("}")
        }
        if let card = greeting.site, you.role != .bot { site(card, for: audience, &json) }
        json.name("sessions")
        json.raw("[")
        for (index, snapshot) in greeting.sessions.enumerated() {
            if index > 0 { json.raw(",") }
            session(snapshot, for: audience, &json)
        }
        json.raw("]}")
        return json.bytes
    }

    /// To `session.start` and `offer.accept`, and to whatever else ends with a session's state.
    /// `messages`: all there are up to now, at most 200, for an agent who takes it over. `opensAt`:
    /// for a customer whose queue is out of hours, milliseconds since 1970. `isWatching`: for a
    /// supervisor who looks on unseen.
    public static func sessionOK(
        id: Int64, _ record: SessionRecord, agentName: String? = nil, existing: Bool = false,
        text: (seq: Int, at: Int64)? = nil, messages: [MessageRecord]? = nil, more: Bool = false,
        isWatching: Bool = false, opensAt: Int64? = nil, for audience: Audience
    ) -> [UInt8] {
        var json = ok(id, capacity: 512)
        sessionMembers(record, agentName: agentName, for: audience, &json)
        if audience.isCustomer { json.optional("opens_at", opensAt.map { Int($0) }) }
        if existing { json.member("existing", true) }
        if isWatching { json.member("watching", true) }
        if let text {
            json.member("seq", text.seq)
            json.name("at")
            json.integer(text.at)
        }
        if let messages {
            json.name("messages")
            messageList(messages, for: audience, &json)
            json.member("more", more)
        }
        json.raw("}")
        return json.bytes
    }

    /// To `message.send`. The hot path: 60 to 100 bytes.
    public static func messageOK(id: Int64, session: SessionID, seq: Int, at: Int64) -> [UInt8] {
        var json = ok(id, capacity: 112)
        json.raw(",\"session\":\"")
        json.sessionText(session)
        json.raw("\",\"seq\":")
        json.integer(Int64(seq))
        json.raw(",\"at\":")
        json.integer(at)
        json.raw("}")
        return json.bytes
    }

    /// To `history`. Messages ascend whatever the direction.
    public static func historyOK(
        id: Int64, session: SessionID, messages: [MessageRecord], lastSeq: Int, more: Bool,
        epoch: Int, for audience: Audience
    ) -> [UInt8] {
        var json = ok(id, capacity: 128 + messages.count * 192)
        json.member("session", session)
        json.name("messages")
        messageList(messages, for: audience, &json)
        json.member("last_seq", lastSeq)
        json.member("more", more)
        json.member("epoch", String(epoch))
        json.raw("}")
        return json.bytes
    }

    /// To `status.set`.
    public static func agentOK(id: Int64, _ agent: AgentRecord) -> [UInt8] {
        var json = ok(id, capacity: 256)
        json.name("agent")
        json.raw("{")
        agentMembers(agent, &json)
        json.raw("}}")
        return json.bytes
    }

    /// To `agents.list`; each with his name as it is shown.
    public static func agentsOK(id: Int64, _ agents: [(record: AgentRecord, name: String?)])
        -> [UInt8]
    {
        var json = ok(id, capacity: 64 + 192 * agents.count)
        json.name("agents")
        json.raw("[")
        for (index, agent) in agents.enumerated() {
            if index > 0 { json.raw(",") }
            wholeAgent(agent.record, agent.name, &json)
        }
        json.raw("]}")
        return json.bytes
    }

    /// To `session.explain`; never to customers. `explanation`: one JSON object.
    public static func explanationOK(id: Int64, _ explanation: [UInt8]) -> [UInt8] {
        var json = ok(id, capacity: explanation.count + 64)
        json.member("explanation", json: explanation)
        json.raw("}")
        return json.bytes
    }

    /// To whatever was done and has no result of its own.
    public static func plainOK(id: Int64) -> [UInt8] {
        var json = ok(id, capacity: 40)
        json.raw("}")
        return json.bytes
    }

    /// `id` nil: the line had none that could be read.
    public static func error(
        id: Int64?, code: ErrorCode, message: String, field: String? = nil,
        retryAfterMilliseconds: Int? = nil
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.raw("{\"type\":\"error\"")
        if let id { json.member("id", id) }
        json.member("code", code.rawValue)
        json.member("message", message)
        json.member("retryable", code.isRetryable)
        json.optional("field", field)
        json.optional("retry_after_ms", retryAfterMilliseconds)
        json.raw("}")
        return json.bytes
    }

    public static func error(_ error: FrameError) -> [UInt8] {
        self.error(id: error.id, code: error.code, message: error.message, field: error.field)
    }

    // MARK: Parts

    @inline(__always)
    static func ok(_ id: Int64, capacity: Int) -> JSONWriter {
        var json = JSONWriter(capacity: capacity)
        json.raw("{\"type\":\"ok\",\"id\":")
        json.integer(id)
        return json
    }

    private static func limits(_ limits: ClientLimits, _ json: inout JSONWriter) {
        json.name("limits")
        json.raw("{")
        json.member("message_bytes", limits.messageBytes)
        json.member("frame_bytes", limits.frameBytes)
        json.member("lines", limits.lines)
        json.member("frames_per_second", limits.framesPerSecond)
        json.member("frame_burst", limits.frameBurst)
        json.member("history_messages", limits.historyMessages)
        json.raw("}")
    }

    private static func groupLabels(_ groups: [GroupLabel], _ json: inout JSONWriter) {
        json.name("groups")
        json.raw("[")
        for (index, group) in groups.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("id", group.id.text)
            json.member("name", group.name)
            json.raw("}")
        }
        json.raw("]")
    }

    /// An agent's state without his groups.
    static func agentMembers(_ agent: AgentRecord, _ json: inout JSONWriter) {
        json.member("id", agent.id.text)
        json.member("status", agent.status.rawValue)
        json.member("reachability", agent.reachability.rawValue)
        json.member("capacity", agent.capacity)
        json.member("held", agent.held)
        json.member("since_s", agent.sinceMilliseconds / 1000)
        json.optional("reason", agent.reason)
        json.optional("ramp", agent.ramp)
        json.optional("by", agent.setBy?.text)
    }
}
