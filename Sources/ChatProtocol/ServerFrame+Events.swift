/// What the hub says unasked. Messages first: they are the hot path.
public import ChatModel

/// What became of somebody in a session.
public enum ParticipantChange: String, Hashable, Sendable, CaseIterable {
    case joined, left
    /// His last connection is gone; he may come back.
    case lost
    case back
}

/// One of the first in a queue, as its subscribers see it.
public struct QueueHeadEntry: Hashable, Sendable {
    public var session: SessionID
    public var level: Level
    public var topic: String?
    /// When it began to wait, in milliseconds since 1970.
    public var since: Int64

    public init(session: SessionID, level: Level, topic: String?, since: Int64) {
        self.session = session
        self.level = level
        self.topic = topic
        self.since = since
    }
}

// MARK: - Messages

extension ServerFrame {
    /// A message in a session. `includeKey` for other connections of its sender only.
    public static func message(session: SessionID, _ record: MessageRecord, includeKey: Bool)
        -> [UInt8]
    {
        var json = JSONWriter(capacity: 104 + record.body.count + (includeKey ? 80 : 0))
        json.raw("{\"type\":\"message\",\"session\":\"")
        json.sessionText(session)
        json.raw("\",")
        messageMembers(record, includeKey: includeKey, &json)
        json.raw("}")
        return json.bytes
    }

    /// The members of a message that are the same for every reader: what `MessageRecord.body` is.
    /// `kind` is `text` for what people write; with a file it is the file's.
    public static func messageBody(
        from: Participant, name: String? = nil, kind: StaticString = "text", text: String,
        file: SharedFile? = nil, quickReplies: [String] = [], isUnknown: Bool = false
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 112 + text.utf8.count)
        json.raw("\"from\":{\"role\":")
        json.text(from.role.rawValue)
        json.raw(",\"id\":")
        json.text(from.id.text)
        json.optional("name", name)
        json.raw("},\"kind\":\"")
        json.raw(file?.kind ?? kind)
        json.raw("\"")
        if file == nil || !text.isEmpty {
            json.raw(",\"text\":")
            json.text(text)
        }
        if let file { fileObject(file, &json) }
        if isUnknown { json.member("unknown", true) }
        guard !quickReplies.isEmpty else { return json.bytes }
        json.name("quick_replies")
        json.raw("[")
        for (index, reply) in quickReplies.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(reply)
        }
        json.raw("]")
        return json.bytes
    }

    private static func messageMembers(
        _ record: MessageRecord, includeKey: Bool, _ json: inout JSONWriter
    ) {
        json.raw("\"seq\":")
        json.integer(Int64(record.seq))
        json.raw(",\"at\":")
        json.integer(record.at)
        if includeKey, !record.key.isEmpty {
            json.raw(",\"key\":")
            json.text(record.key)
        }
        json.raw(",")
        json.raw(record.body)
    }

    /// `[{...},...]`; the surrounding object names the session.
    static func messageList(
        _ messages: [MessageRecord], for audience: Audience, _ json: inout JSONWriter
    ) {
        json.raw("[")
        for (index, record) in messages.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            messageMembers(record, includeKey: audience.sent(record), &json)
            json.raw("}")
        }
        json.raw("]")
    }
}

// MARK: - People in a session

extension ServerFrame {
    public static func typing(session: SessionID, from: Participant, isTyping: Bool) -> [UInt8] {
        var json = event("typing", of: session)
        person(from, as: "from", &json)
        json.member("typing", isTyping)
        json.raw("}")
        return json.bytes
    }

    public static func read(session: SessionID, from: Participant, seq: Int) -> [UInt8] {
        var json = event("read", of: session)
        person(from, as: "from", &json)
        json.member("seq", seq)
        json.raw("}")
        return json.bytes
    }

    public static func participant(
        session: SessionID, _ who: Participant, name: String? = nil, _ change: ParticipantChange
    ) -> [UInt8] {
        var json = event("participant", of: session)
        person(who, name: name, as: "participant", &json)
        json.member("change", change.rawValue)
        json.raw("}")
        return json.bytes
    }

    private static func event(_ type: StaticString, of session: SessionID) -> JSONWriter {
        var json = JSONWriter(capacity: 192)
        json.raw("{")
        json.member("type", word: type)
        json.member("session", session)
        return json
    }

    private static func person(
        _ who: Participant, name: String? = nil, as member: StaticString, _ json: inout JSONWriter
    ) {
        json.name(member)
        json.raw("{")
        json.member("role", who.role.rawValue)
        json.member("id", who.id.text)
        json.optional("name", name)
        json.raw("}")
    }
}

// MARK: - Queues and agents

extension ServerFrame {
    /// To a waiting customer. `position` nil: the session came back to the queue and has no number.
    /// `opensAt`: his queue is out of hours until then, milliseconds since 1970.
    public static func queuePosition(
        session: SessionID, position: Int?, wait: WaitForecast, opensAt: Int64? = nil
    ) -> [UInt8] {
        var json = event("queue.position", of: session)
        json.optional("position", position)
        switch wait {
        case .unknown: break
        case .nobody:
            json.name("wait_s")
            json.raw("null")
        case .range(let range): waitRange(range, &json)
        }
        json.optional("opens_at", opensAt.map { Int($0) })
        json.raw("}")
        return json.bytes
    }

    static func waitRange(_ wait: WaitRange, _ json: inout JSONWriter) {
        json.name("wait_s")
        json.raw("[")
        json.integer(Int64(wait.low))
        json.raw(",")
        if let high = wait.high { json.integer(Int64(high)) } else { json.raw("null") }
        json.raw("]")
    }

    /// To agents who subscribed. `head`: at most 50, in true order.
    public static func queueUpdate(
        group: GroupID, levels: [Level: Int], longestWaitSeconds: Int, head: [QueueHeadEntry],
        agentsOnline: Int? = nil, left: LeftWork? = nil
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 256 + head.count * 112)
        json.raw("{\"type\":\"queue.update\"")
        json.member("group", group.text)
        json.name("levels")
        json.raw("{")
        for level in levels.keys.sorted() {
            if json.bytes.last != UInt8(ascii: "{") { json.raw(",") }
            json.text(level.description)
            json.raw(":")
            json.integer(Int64(levels[level] ?? 0))
        }
        json.raw("}")
        json.member("longest_wait_s", longestWaitSeconds)
        json.optional("agents_online", agentsOnline)
        json.name("head")
        json.raw("[")
        for (index, entry) in head.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            json.member("session", entry.session)
            json.member("level", entry.level.value)
            json.optional("topic", entry.topic)
            json.member("since", entry.since)
            json.raw("}")
        }
        json.raw("]")
        if let left { leftWork(left, &json) }
        json.raw("}")
        return json.bytes
    }

    /// To agents: somebody's state, one's own included.
    public static func agentUpdate(_ agent: AgentRecord, name: String? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.raw("{\"type\":\"agent.update\"")
        json.name("agent")
        wholeAgent(agent, name, &json)
        json.raw("}")
        return json.bytes
    }

    /// An agent as colleagues see him.
    static func wholeAgent(_ agent: AgentRecord, _ name: String?, _ json: inout JSONWriter) {
        json.raw("{")
        agentMembers(agent, &json)
        json.optional("name", name)
        json.name("groups")
        json.raw("[")
        for (index, group) in agent.groups.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(group.text)
        }
        json.raw("]}")
    }
}

// MARK: - The connection

extension ServerFrame {
    /// `now`: milliseconds since 1970.
    public static func ping(now: Int64) -> [UInt8] {
        var json = JSONWriter(capacity: 48)
        json.raw("{\"type\":\"ping\"")
        json.member("now", now)
        json.raw("}")
        return json.bytes
    }

    /// Connect again after so long; the close follows.
    public static func drain(reconnectAfterMilliseconds: Int) -> [UInt8] {
        var json = JSONWriter(capacity: 64)
        json.raw("{\"type\":\"drain\"")
        json.member("reconnect_after_ms", reconnectAfterMilliseconds)
        json.raw("}")
        return json.bytes
    }
}
