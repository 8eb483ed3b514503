/// What the hub writes where a robot is or was: part of `HubFrameSamples`.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static let robot = Participant(role: .bot, id: person("robot"))
    private static let robotsView = Audience(robot)

    static let unsure = MessageRecord(
        seq: 2, at: now, sender: robot, key: "r-1",
        body: ServerFrame.messageBody(
            from: robot, name: "小智", text: "您想问哪一个？",
            quickReplies: ["仓储进度", "仓储不更新"], isUnknown: true))

    private static func handedOver(_ state: SessionState) -> SessionRecord {
        let isHeld = state == .offered || state == .active
        var record = record(
            state, agent: isHeld ? agent.id : nil, offer: state == .offered ? 20_000 : nil,
            lastSeq: 2)
        record.handover = Array(
            #"{"reason":"misses","robot":"robot","misses":2,"questions":["仓储"]}"#.utf8)
        return record
    }

    static let robots: [HubFrameSample] = [
        HubFrameSample(
            frame: "message", name: "a robot that does not know",
            bytes: ServerFrame.message(session: session, unsure, includeKey: false)),
        HubFrameSample(
            frame: "offer", name: "a robot tried before",
            bytes: ServerFrame.offer(handedOver(.offered), waitedMilliseconds: 0)),
        HubFrameSample(
            frame: "session.state", name: "a robot gets a session",
            bytes: ServerFrame.sessionState(record(.bot), for: robotsView)),
        HubFrameSample(
            frame: "session.state", name: "a human took over from a robot",
            bytes: ServerFrame.sessionState(
                handedOver(.active), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.ok", name: "an agent takes over from a robot",
            bytes: ServerFrame.sessionOK(
                id: 4, handedOver(.active), agentName: "Chen", messages: [first, unsure],
                for: agentsView)),
        HubFrameSample(
            frame: "session.ok", name: "a customer does not see what the robot left",
            bytes: ServerFrame.sessionOK(id: 4, handedOver(.queued), for: customersView)),
        HubFrameSample(
            frame: "history.ok", name: "a talk with a robot",
            bytes: ServerFrame.historyOK(
                id: 6, session: session, messages: [unsure], lastSeq: 2, more: false, epoch: 1,
                for: customersView)),
        HubFrameSample(
            frame: "hello.ok", name: "an agent back in a session a robot had",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: agent.id, role: .agent),
                    sessions: [
                        SessionSnapshot(
                            record: handedOver(.active), agentName: "Chen", recovered: false,
                            messages: [unsure])
                    ]))),
    ]
}
