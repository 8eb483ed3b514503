/// Frames by which several people work on one session.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static let supervisor = Participant(role: .supervisor, id: person("zoe"))

    static func note(
        _ number: Int, _ sender: Participant, kind: StaticString, key: String, _ text: String
    ) -> NoteRecord {
        NoteRecord(
            number: number, at: now + Int64(number) - 1, afterSeq: 2, sender: sender, key: key,
            body: ServerFrame.messageBody(
                from: sender, name: sender.role == .agent ? "Chen" : nil, kind: kind, text: text))
    }

    static let ownNote = note(1, agent, kind: "note", key: "n-1", "已退过一次")
    static let whisper = note(2, supervisor, kind: "whisper", key: "w-1", "答应他免邮")

    static func noted(_ state: SessionState) -> SessionRecord {
        var record = record(state, agent: agent.id, lastSeq: 2)
        record.lastNote = 2
        return record
    }

    static let together: SessionRecord = {
        var together = record(.active, agent: agent.id, lastSeq: 2)
        together.others = [
            SessionOther(agent: person("dina"), standing: .joined, name: "Dina"),
            SessionOther(agent: person("eve"), standing: .invited, invitedBy: agent.id, note: "?"),
        ]
        return together
    }()

    /// Of several agents its owner gives it away, and stays in it.
    private static let given: SessionSnapshot = {
        var given = together
        given.transfer = transferring(nil, isWarm: true).transfer
        return SessionSnapshot(record: given, agentName: "Chen", recovered: false)
    }()

    static let several: [HubFrameSample] = [
        HubFrameSample(
            frame: "invite", name: "a colleague asks with words",
            bytes: ServerFrame.invite(
                together,
                SessionOther(
                    agent: person("eve"), standing: .invited, invitedBy: agent.id,
                    note: "你懂保修条款", remaining: 300_000), fromName: "Chen")),
        HubFrameSample(
            frame: "invite", name: "a supervisor asks",
            bytes: ServerFrame.invite(
                together,
                SessionOther(
                    agent: person("eve"), standing: .invited, invitedBy: supervisor.id,
                    remaining: 1_500))),
        HubFrameSample(
            frame: "session.ok", name: "several agents",
            bytes: ServerFrame.sessionOK(id: 5, together, agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "a colleague has joined",
            bytes: ServerFrame.sessionState(
                together, agentName: "Chen", reason: "agent_joined", for: agentsView)),
        HubFrameSample(
            frame: "session.state",
            name: "a customer sees who talks with him, and not who is invited",
            bytes: ServerFrame.sessionState(together, agentName: "Chen", for: customersView)),
        HubFrameSample(
            frame: "session.state", name: "out of it",
            bytes: ServerFrame.offerGone(record(.queued), reason: "left")),
        HubFrameSample(
            frame: "session.ok", name: "it is not his any more",
            bytes: ServerFrame.formerSessionOK(id: 5, together)),
        HubFrameSample(
            frame: "offer", name: "a colleague asks, and stays in it",
            bytes: ServerFrame.offer(transferring(nil, isWarm: true), waitedMilliseconds: 0)),
        HubFrameSample(
            frame: "session.ok", name: "a warm transfer is pending",
            bytes: ServerFrame.sessionOK(
                id: 4, transferring(nil, isWarm: true), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.ok", name: "a customer has two agents",
            bytes: ServerFrame.sessionOK(
                id: 2, together, agentName: "Chen", existing: true, for: customersView)),
        HubFrameSample(
            frame: "hello.ok", name: "an agent of several, giving it away warmly",
            bytes: ServerFrame.helloOK(
                id: 1, greeting(You(id: agent.id, role: .agent), sessions: [given]))),
        HubFrameSample(
            frame: "hello.ok", name: "a customer of two agents",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: customer.id, role: .customer),
                    sessions: [
                        SessionSnapshot(record: together, agentName: "Chen", recovered: false)
                    ]))),
        HubFrameSample(
            frame: "session.state", name: "a warm transfer is pending",
            bytes: ServerFrame.sessionState(
                transferring(nil, isWarm: true), agentName: "Chen", for: agentsView)),
    ]

    static func transferring(_ note: String?, isWarm: Bool = false) -> SessionRecord {
        var record = record(.active, agent: agent.id, lastSeq: 2)
        record.transfer = PendingTransfer(
            to: person("dina"), from: agent.id, note: note, isWarm: isWarm, remaining: 20_000)
        return record
    }

    static let hands: [HubFrameSample] = [
        HubFrameSample(
            frame: "offer", name: "a colleague asks",
            bytes: ServerFrame.offer(transferring("她要换货"), waitedMilliseconds: 1_500)),
        HubFrameSample(
            frame: "session.ok", name: "a colleague is asked",
            bytes: ServerFrame.sessionOK(
                id: 4, transferring("她要换货"), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "a customer learns of no transfer",
            bytes: ServerFrame.sessionState(
                transferring("她要换货"), agentName: "Chen", for: customersView)),
        HubFrameSample(
            frame: "session.state", name: "a transfer is pending",
            bytes: ServerFrame.sessionState(
                transferring("她要换货"), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "hello.ok", name: "an agent who is asked to take over",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: person("dina"), role: .agent),
                    sessions: [
                        SessionSnapshot(
                            record: transferring("她要换货"), agentName: "Chen", recovered: false)
                    ]))),
        HubFrameSample(
            frame: "session.note.ok", name: "kept",
            bytes: ServerFrame.noteOK(id: 3, session: session, number: 1, at: now)),
        HubFrameSample(
            frame: "session.notes.ok", name: "one's own and a whisper",
            bytes: ServerFrame.notesOK(
                id: 6, session: session, notes: [ownNote, whisper], lastNote: 2, more: false,
                for: agentsView)),
        HubFrameSample(
            frame: "note", name: "a whisper",
            bytes: ServerFrame.note(session: session, whisper, includeKey: false)),
        HubFrameSample(
            frame: "note", name: "to the writer's other connections",
            bytes: ServerFrame.note(session: session, ownNote, includeKey: true)),
        HubFrameSample(
            frame: "session.ok", name: "a supervisor looks on",
            bytes: ServerFrame.sessionOK(
                id: 4, noted(.active), agentName: "Chen", messages: [first], isWatching: true,
                for: Audience(supervisor))),
        HubFrameSample(
            frame: "session.state", name: "customers learn of no notes",
            bytes: ServerFrame.sessionState(noted(.active), agentName: "Chen", for: customersView)),
        HubFrameSample(
            frame: "session.state", name: "agents do",
            bytes: ServerFrame.sessionState(noted(.active), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "hello.ok", name: "an agent back in a session with notes",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: agent.id, role: .agent),
                    sessions: [
                        SessionSnapshot(
                            record: noted(.active), agentName: "Chen", recovered: true, after: 2)
                    ]))),
    ]
}
