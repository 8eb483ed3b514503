/// Samples of what a customer is told whom nobody can answer now; see `HubFrameSamples`.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static let choices: [HubFrameSample] = [
        HubFrameSample(
            frame: "error", name: "out of hours",
            bytes: ServerFrame.turnedAway(
                id: 2, code: .closed, message: "nobody is there at this hour", opensAt: opening,
                choices: [.message])),
        HubFrameSample(
            frame: "error", name: "out of hours, and no opening is known",
            bytes: ServerFrame.turnedAway(
                id: 2, code: .closed, message: "nobody is there at this hour", opensAt: nil,
                choices: [.message])),
        HubFrameSample(
            frame: "error", name: "full",
            bytes: ServerFrame.turnedAway(
                id: 2, code: .queueFull, message: "the queue is full at the moment",
                opensAt: opening, choices: [.message])),
        HubFrameSample(
            frame: "queue.position", name: "out of hours",
            bytes: ServerFrame.queuePosition(
                session: session, position: 1, wait: .unknown, opensAt: opening)),
        HubFrameSample(
            frame: "session.ok", name: "a customer waits out of hours",
            bytes: ServerFrame.sessionOK(
                id: 2, record(.queued), opensAt: opening, for: customersView)),
        HubFrameSample(
            frame: "message.leave.ok", name: "kept", bytes: ServerFrame.leftOK(id: 3, left)),
        HubFrameSample(
            frame: "queue.choose.ok", name: "a message was left",
            bytes: ServerFrame.leftOK(id: 4, left)),
        HubFrameSample(
            frame: "queue.choose.ok", name: "he waits on", bytes: ServerFrame.plainOK(id: 4)),
        HubFrameSample(
            frame: "queue.choice", name: "wait or leave a message",
            bytes: ServerFrame.queueChoice(session: session, choices: [.wait, .message])),
        HubFrameSample(
            frame: "queue.choice", name: "or talk to a robot",
            bytes: ServerFrame.queueChoice(session: session, choices: [.wait, .message, .robot])),
        HubFrameSample(
            frame: "queue.update", name: "messages were left",
            bytes: ServerFrame.queueUpdate(
                group: group("floaters"), levels: [:], longestWaitSeconds: 0, head: [],
                left: LeftWork(
                    count: 1, oldestSeconds: 3600,
                    head: [
                        LeftWork.Entry(
                            message: left, level: Level(7) ?? .ordinary, topic: "refund", since: now
                        )
                    ]))),
    ]

    static let left = LeftMessageID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
}
