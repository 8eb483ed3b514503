/// What a session looks like: to its customer, and to agents. The two are apart on purpose; what is
/// not written in `customerMembers` cannot reach a customer.
public import ChatModel

extension ServerFrame {
    /// A session changed. `reason` defaults to why it was closed.
    public static func sessionState(
        _ record: SessionRecord, agentName: String? = nil, reason: String? = nil,
        for audience: Audience
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.raw("{\"type\":\"session.state\"")
        sessionMembers(record, agentName: agentName, reason: reason, for: audience, &json)
        json.raw("}")
        return json.bytes
    }

    /// To an agent whose offer is no more: taken back, expired, or taken by another device of his.
    public static func offerGone(_ record: SessionRecord, reason: String) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.raw("{\"type\":\"session.state\"")
        json.member("session", record.id)
        json.member("state", record.state.rawValue)
        json.member("reason", reason)
        json.member("epoch", String(record.epoch))
        json.raw("}")
        return json.bytes
    }

    /// To one who gave it away and asks once more: nothing of what came since.
    public static func formerSessionOK(id: Int64, _ record: SessionRecord) -> [UInt8] {
        var json = ok(id, capacity: 128)
        json.member("session", record.id)
        json.member("state", record.state.rawValue)
        json.member("last_seq", 0)
        json.member("epoch", String(record.epoch))
        json.raw("}")
        return json.bytes
    }

    /// To the agent who is asked to take a session.
    public static func offer(_ record: SessionRecord, waitedMilliseconds: Int64) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.raw("{\"type\":\"offer\"")
        json.member("session", record.id)
        json.member("expires_ms", record.remaining ?? record.transfer?.remaining ?? 0)
        json.member("waited_ms", waitedMilliseconds)
        agentsView(of: record, &json)
        json.raw("}")
        return json.bytes
    }

    /// To an agent who is asked to come in.
    public static func invite(
        _ record: SessionRecord, _ other: SessionOther, fromName: String? = nil
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.raw("{\"type\":\"invite\"")
        json.member("session", record.id)
        json.member("expires_ms", other.remaining ?? 0)
        if let by = other.invitedBy { person("from", by, fromName, &json) }
        json.optional("note", other.note)
        json.optional("topic", record.topic)
        customer(of: record, &json)
        json.raw("}")
        return json.bytes
    }

    // MARK: Parts

    static func session(
        _ snapshot: SessionSnapshot, for audience: Audience, _ json: inout JSONWriter
    ) {
        json.raw("{")
        sessionMembers(
            snapshot.record, agentName: snapshot.agentName, for: audience, &json)
        json.member("recovered", snapshot.recovered)
        json.member("after", snapshot.after)
        json.name("messages")
        messageList(snapshot.messages, for: audience, &json)
        json.member("more", snapshot.more)
        if audience.isCustomer {
            json.optional("position", snapshot.position)
            if let wait = snapshot.wait { waitRange(wait, &json) }
            json.optional("opens_at", snapshot.opensAt.map { Int($0) })
        }
        json.raw("}")
    }

    static func sessionMembers(
        _ record: SessionRecord, agentName: String?, reason: String? = nil, for audience: Audience,
        _ json: inout JSONWriter
    ) {
        json.member("session", record.id)
        if audience.isCustomer {
            customerMembers(record, agentName, &json)
        } else {
            agentMembers(record, agentName, &json)
        }
        json.optional("reason", told(reason ?? record.closeReason, record, audience))
        json.member("last_seq", record.lastSeq)
        if !audience.isCustomer, record.lastNote > 0 { json.member("last_note", record.lastNote) }
        json.member("epoch", String(record.epoch))
    }

    /// Customers are told why a session ended, and that its agent was lost or gave it back; not who
    /// declined or let an offer pass.
    private static func told(_ reason: String?, _ record: SessionRecord, _ audience: Audience)
        -> String?
    {
        let isOpenMatter = record.state.isOver || reason == "agent_lost" || reason == "released"
        return audience.isCustomer && !isOpenMatter ? nil : reason
    }

    /// While an agent is being asked, the customer waits: who it is and that he may decline is not
    /// the customer's business.
    private static func customerMembers(
        _ record: SessionRecord, _ agentName: String?, _ json: inout JSONWriter
    ) {
        let isOffered = record.state == .offered
        json.member("state", shown(record.state).rawValue)
        if !isOffered { owner(record, agentName, &json) }
        json.optional("topic", record.topic)
        let joined = record.joined
        guard !joined.isEmpty else { return }
        json.list("agents", joined) { person($0, &$1) }
    }

    /// To a customer: who is asked, and who still writes, is not his business.
    private static func shown(_ state: SessionState) -> SessionState {
        switch state {
        case .offered: .queued
        case .wrapup: .closed
        default: state
        }
    }

    private static func agentMembers(
        _ record: SessionRecord, _ agentName: String?, _ json: inout JSONWriter
    ) {
        json.member("state", record.state.rawValue)
        owner(record, agentName, &json)
        if let remaining = record.remaining {
            json.member(record.state == .wrapup ? "wrapup_ms" : "expires_ms", remaining)
        }
        agentsView(of: record, &json)
        if !record.others.isEmpty {
            json.list("others", record.others) { other, json in
                json.raw("{")
                identity(other.agent, other.name, &json)
                json.member("as", other.standing.rawValue)
                json.raw("}")
            }
        }
        if !record.tags.isEmpty { json.list("tags", record.tags) { $1.text($0) } }
        disposition(record.disposition, &json)
    }

    /// Left out when nothing was written down.
    static func disposition(_ disposition: Disposition, _ json: inout JSONWriter) {
        guard disposition != Disposition() else { return }
        json.name("disposition")
        json.raw("{")
        json.member("topic", disposition.topic)
        json.member("result", disposition.result)
        if !disposition.note.isEmpty { json.member("note", disposition.note) }
        json.raw("}")
    }

    private static func owner(
        _ record: SessionRecord, _ agentName: String?, _ json: inout JSONWriter
    ) {
        guard let agent = record.agent else { return }
        person("agent", agent, agentName, &json)
    }

    private static func person(
        _ member: StaticString, _ id: PersonID, _ name: String?, _ json: inout JSONWriter
    ) {
        json.name(member)
        json.raw("{")
        identity(id, name, &json)
        json.raw("}")
    }

    private static func person(_ other: SessionOther, _ json: inout JSONWriter) {
        json.raw("{")
        identity(other.agent, other.name, &json)
        json.raw("}")
    }

    private static func identity(_ id: PersonID, _ name: String?, _ json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("name", name ?? id.text)
    }

    private static func pending(_ transfer: PendingTransfer, _ json: inout JSONWriter) {
        json.name("transfer")
        json.raw("{")
        json.name("to")
        json.raw("{")
        json.member("agent", transfer.to.text)
        json.raw("}")
        json.member("from", transfer.from.text)
        if transfer.isWarm { json.member("warm", true) }
        json.optional("note", transfer.note)
        json.member("expires_ms", transfer.remaining)
        json.raw("}")
    }

    private static func customer(of record: SessionRecord, _ json: inout JSONWriter) {
        json.name("customer")
        json.raw("{")
        json.member("id", record.customer.text)
        json.member("connected", record.customerConnected)
        json.member("profile", json: record.profile)
        json.raw("}")
    }

    private static func agentsView(of record: SessionRecord, _ json: inout JSONWriter) {
        json.member("level", record.level.value)
        json.member("group", record.group.text)
        json.optional("topic", record.topic)
        json.optional("channel", record.channel)
        customer(of: record, &json)
        if let transfer = record.transfer { pending(transfer, &json) }
        if !record.handover.isEmpty { json.member("handover", json: record.handover) }
    }
}
