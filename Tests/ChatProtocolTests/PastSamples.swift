/// Conversations of the past: part of `HubFrameSamples`.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    private static var written: SessionRecord {
        var record = record(.closed, agent: agent.id, reason: "customer", lastSeq: 2)
        record.tags = ["催发货"]
        record.disposition = Disposition(topic: "退款", result: "已解决", note: "周三再打电话")
        return record
    }

    private static var bare: SessionRecord {
        var record = record(.queued, lastSeq: 0)
        record.topic = nil
        return record
    }

    static let past: [HubFrameSample] = [
        HubFrameSample(
            frame: "customer.sessions.ok", name: "one that waits and one that was written up",
            bytes: ServerFrame.customerSessionsOK(
                id: 8,
                [
                    PastSession(record: bare, at: now + 900_000),
                    PastSession(
                        record: written, at: now, closedAt: now + 600_000, agent: agent.id,
                        agentName: "Chen", score: 5),
                ], more: true)),
        HubFrameSample(
            frame: "customer.sessions.ok", name: "none",
            bytes: ServerFrame.customerSessionsOK(id: 8, [], more: false)),
        HubFrameSample(
            frame: "session.ok", name: "written up in words",
            bytes: ServerFrame.sessionOK(id: 8, written, agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "words are agents' to read",
            bytes: ServerFrame.sessionState(written, agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "hello.ok", name: "an agent back behind what was written up in words",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: agent.id, role: .agent),
                    sessions: [
                        SessionSnapshot(
                            record: written, agentName: "Chen", recovered: true, after: 2)
                    ]))),
        HubFrameSample(
            frame: "message.deleted", name: "the second one",
            bytes: ServerFrame.messageDeleted(session: session, seq: 2)),
        HubFrameSample(
            frame: "history.ok", name: "a talk with a message that was deleted",
            bytes: ServerFrame.historyOK(
                id: 6, session: session,
                messages: [
                    MessageRecord(
                        seq: 2, at: second.at, sender: agent, key: "",
                        body: ServerFrame.deletedBody(of: second.body))
                ], lastSeq: 2, more: false, epoch: 1, for: customersView)),
        HubFrameSample(
            frame: "hello.ok", name: "conversations may be opened again",
            bytes: ServerFrame.helloOK(id: 1, reopening)),
    ]

    private static var reopening: Greeting {
        var greeting = greeting(You(id: customer.id, role: .customer, secret: "vs_abcdef"))
        greeting.site = SiteCard(name: "shop", reopenMilliseconds: 600_000)
        return greeting
    }
}
