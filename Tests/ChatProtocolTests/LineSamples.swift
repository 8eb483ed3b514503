/// The hub's own lines, wherever messages are told: part of `HubFrameSamples`.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static func line(_ seq: Int, _ event: SystemEvent, agent: [UInt8]? = nil) -> MessageRecord {
        MessageRecord(
            seq: seq, at: now + Int64(seq), sender: .hub, key: "",
            body: ServerFrame.systemBody(event, agent: agent))
    }

    private static let taken = line(
        3, .transferred, agent: ServerFrame.agentLabel(person("zoe"), name: "Zoe"))

    static let lines: [HubFrameSample] = [
        HubFrameSample(
            frame: "message", name: "another agent owns it from here on",
            bytes: ServerFrame.message(session: session, taken, includeKey: true)),
        HubFrameSample(
            frame: "message", name: "a silent customer is reminded",
            bytes: ServerFrame.message(
                session: session, line(4, .idleReminder), includeKey: false)),
        HubFrameSample(
            frame: "history.ok", name: "a talk with a line of the hub's",
            bytes: ServerFrame.historyOK(
                id: 6, session: session, messages: [second, taken], lastSeq: 3, more: false,
                epoch: 1, for: customersView)),
        HubFrameSample(
            frame: "session.ok", name: "a supervisor has taken a talk",
            bytes: ServerFrame.sessionOK(
                id: 4, record(.active, agent: supervisor.id, lastSeq: 3), agentName: "Zoe",
                messages: [taken], for: Audience(supervisor))),
        HubFrameSample(
            frame: "hello.ok", name: "a customer back in a talk that was taken over",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: customer.id, role: .customer),
                    sessions: [
                        SessionSnapshot(
                            record: record(.active, agent: supervisor.id, lastSeq: 3),
                            agentName: "Zoe", recovered: true, after: 2, messages: [taken])
                    ]))),
    ]
}
