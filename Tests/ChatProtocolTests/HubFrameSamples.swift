/// One call of every encoder, in every shape it can take. `HubVectorTests` compares each with the
/// vector of the same name in Protocol/vectors/valid/hub.*.json, byte for byte.
import ChatModel
import ChatProtocol

struct HubFrameSample {
    /// The name of the vectors' file behind `hub.`, which is the frame's schema too.
    let frame: String
    let name: String
    let bytes: [UInt8]
}

enum HubFrameSamples {
    static let all =
        answers + sessionAnswers + messages + sessionEvents + queueEvents + choices
        + customerFrames + explanations + robots + boards + deskFrames + hands + files + wrapUps
        + lines + several + past

    // MARK: What they are made of

    static let session = SessionID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
    static let customer = Participant(role: .customer, id: person("v_7Q2K"))
    static let agent = Participant(role: .agent, id: person("chen"))
    static let customersView = Audience.customer(customer.id)
    static let agentsView = Audience.agent(agent.id)
    static let now: Int64 = 1_764_000_000_000
    static let opening: Int64 = 1_764_032_400_000

    static func person(_ text: String) -> PersonID {
        guard let person = PersonID(text) else { preconditionFailure("not a person: \(text)") }
        return person
    }

    static func group(_ text: String) -> GroupID {
        guard let group = GroupID(text) else { preconditionFailure("not a group: \(text)") }
        return group
    }

    static func record(
        _ state: SessionState, agent: PersonID? = nil, offer: Int64? = nil, reason: String? = nil,
        lastSeq: Int = 1
    ) -> SessionRecord {
        SessionRecord(
            id: session, customer: customer.id, state: state, version: 1, epoch: 1,
            lastSeq: lastSeq, level: Level(7) ?? .ordinary, levelSource: .parameter,
            group: group("after-sales"), arrival: 12, hasTicket: true, arrivedAt: now,
            agent: agent, remaining: offer, topic: "refund", channel: "web",
            profile: Array(#"{"attributes":{"region":"上海"}}"#.utf8), closeReason: reason)
    }

    static func message(_ seq: Int, _ sender: Participant, key: String, _ text: String)
        -> MessageRecord
    {
        MessageRecord(
            seq: seq, at: now + Int64(seq), sender: sender, key: key,
            body: ServerFrame.messageBody(
                from: sender, name: sender.role == .agent ? "Chen" : nil, text: text))
    }

    static let first = message(1, customer, key: "k-1", "我要退款")
    static let second = message(2, agent, key: "a-1", "您好 👋🏽")

    static let agentRecord = AgentRecord(
        id: agent.id, status: .online, reachability: .connected, capacity: 4, held: 1,
        groups: [group("after-sales"), group("floaters")])

    // MARK: Answers

    static let answers: [HubFrameSample] = [
        HubFrameSample(
            frame: "hello.ok", name: "a new visitor",
            bytes: ServerFrame.helloOK(
                id: 1, greeting(You(id: customer.id, role: .customer, secret: "vs_abcdef")))),
        HubFrameSample(
            frame: "hello.ok", name: "a customer back in an active session",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: customer.id, role: .customer),
                    sessions: [
                        SessionSnapshot(
                            record: record(.active, agent: agent.id, lastSeq: 2), agentName: "Chen",
                            recovered: true, after: 0, messages: [first, second])
                    ]))),
        HubFrameSample(
            frame: "hello.ok", name: "a customer back in the queue, with a gap",
            bytes: ServerFrame.helloOK(
                id: 1,
                greeting(
                    You(id: customer.id, role: .customer),
                    sessions: [
                        SessionSnapshot(
                            record: record(.queued, lastSeq: 300), recovered: true, after: 1,
                            messages: [second], more: true, position: 3,
                            wait: WaitRange(low: 60, high: 120), opensAt: opening)
                    ]))),
        HubFrameSample(
            frame: "hello.ok", name: "an agent with an offer",
            bytes: ServerFrame.helloOK(
                id: 1,
                Greeting(
                    you: You(id: agent.id, role: .agent, name: "Chen"), now: now,
                    heartbeatMilliseconds: 25_000, limits: limits, node: "n1",
                    durability: "accepted",
                    sessions: [
                        SessionSnapshot(
                            record: record(.offered, agent: agent.id, offer: 12_000),
                            agentName: "Chen", recovered: false)
                    ], agent: agentRecord,
                    groups: [GroupLabel(id: group("after-sales"), name: "售后组")]))),
        HubFrameSample(frame: "ok", name: "nothing more to say", bytes: ServerFrame.plainOK(id: 5)),
        HubFrameSample(
            frame: "status.set.ok", name: "online",
            bytes: ServerFrame.agentOK(id: 2, agentRecord)),
        HubFrameSample(
            frame: "error", name: "a wrong member",
            bytes: ServerFrame.error(
                FrameError(
                    id: 4, code: .badField, field: "limit",
                    message: "limit: an integer from 1 to 200"))),
        HubFrameSample(
            frame: "error", name: "too fast",
            bytes: ServerFrame.error(
                id: 9, code: .rateLimited, message: "too many frames",
                retryAfterMilliseconds: 250)),
        HubFrameSample(
            frame: "error", name: "a line that is not JSON",
            bytes: ServerFrame.error(
                FrameError(id: nil, code: .badJSON, message: "not JSON in UTF-8 at byte 0"))),
    ]

    static let limits = ClientLimits(messageBytes: 8192, framesPerSecond: 500, frameBurst: 1000)

    static func greeting(_ you: You, sessions: [SessionSnapshot] = []) -> Greeting {
        Greeting(
            you: you, now: now, heartbeatMilliseconds: 25_000, limits: limits, node: "n1",
            durability: "accepted", sessions: sessions)
    }

    static let sessionAnswers: [HubFrameSample] = [
        HubFrameSample(
            frame: "session.ok", name: "a customer begins to wait",
            bytes: ServerFrame.sessionOK(id: 2, record(.queued), for: customersView)),
        HubFrameSample(
            frame: "session.ok", name: "a customer does not see who is being asked",
            bytes: ServerFrame.sessionOK(
                id: 2, record(.offered, agent: agent.id, offer: 20_000), agentName: "Chen",
                existing: true, for: customersView)),
        HubFrameSample(
            frame: "session.ok", name: "a start's text joins the open session",
            bytes: ServerFrame.sessionOK(
                id: 2, record(.active, agent: agent.id, lastSeq: 3), agentName: "Chen",
                existing: true, text: (seq: 3, at: now), for: customersView)),
        HubFrameSample(
            frame: "session.ok", name: "an agent takes the offer",
            bytes: ServerFrame.sessionOK(
                id: 4, record(.active, agent: agent.id, lastSeq: 2), agentName: "Chen",
                messages: [first, second], for: agentsView)),
        HubFrameSample(
            frame: "session.ok", name: "a customer ends it",
            bytes: ServerFrame.sessionOK(
                id: 7, record(.closed, agent: agent.id, reason: "customer", lastSeq: 9),
                agentName: "Chen", for: customersView)),
        HubFrameSample(
            frame: "history.ok", name: "a customer's page, with his own keys",
            bytes: ServerFrame.historyOK(
                id: 6, session: session, messages: [first, second], lastSeq: 9, more: true,
                epoch: 1, for: customersView)),
        HubFrameSample(
            frame: "history.ok", name: "nothing there",
            bytes: ServerFrame.historyOK(
                id: 6, session: session, messages: [], lastSeq: 0, more: false, epoch: 2,
                for: agentsView)),
        HubFrameSample(
            frame: "message.send.ok", name: "kept",
            bytes: ServerFrame.messageOK(id: 3, session: session, seq: 2, at: now)),
    ]

    // MARK: Events

    static let messages: [HubFrameSample] = [
        HubFrameSample(
            frame: "message", name: "to the other side",
            bytes: ServerFrame.message(session: session, first, includeKey: false)),
        HubFrameSample(
            frame: "message", name: "to the sender's other connections",
            bytes: ServerFrame.message(session: session, first, includeKey: true)),
        HubFrameSample(
            frame: "message", name: "from an agent with a name",
            bytes: ServerFrame.message(session: session, second, includeKey: false)),
        HubFrameSample(
            frame: "message", name: "text that needs every kind of care",
            bytes: ServerFrame.message(
                session: session,
                message(3, customer, key: "k", "\u{0}\u{1F}\t\r\n\"\\/e\u{301}\u{200D}\u{2028}👩‍🚀"),
                includeKey: false)),
        HubFrameSample(
            frame: "message", name: "a line of the hub itself",
            bytes: ServerFrame.message(
                session: session,
                MessageRecord(
                    seq: 4, at: now, sender: agent, key: "",
                    body: ServerFrame.messageBody(from: agent, kind: "system", text: "")),
                includeKey: true)),
    ]

    static let sessionEvents: [HubFrameSample] = [
        HubFrameSample(
            frame: "typing.event", name: "the customer writes",
            bytes: ServerFrame.typing(session: session, from: customer, isTyping: true)),
        HubFrameSample(
            frame: "read.event", name: "the agent has seen two",
            bytes: ServerFrame.read(session: session, from: agent, seq: 2)),
        HubFrameSample(
            frame: "participant", name: "an agent joins",
            bytes: ServerFrame.participant(session: session, agent, name: "Chen", .joined)),
        HubFrameSample(
            frame: "participant", name: "the customer is cut off",
            bytes: ServerFrame.participant(session: session, customer, .lost)),
        HubFrameSample(
            frame: "session.state", name: "a customer is answered",
            bytes: ServerFrame.sessionState(
                record(.active, agent: agent.id), agentName: "Chen", for: customersView)),
        HubFrameSample(
            frame: "session.state", name: "an agent gets a session without being asked",
            bytes: ServerFrame.sessionState(
                record(.active, agent: agent.id), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "an agent is being asked",
            bytes: ServerFrame.sessionState(
                record(.offered, agent: agent.id, offer: 9_000), agentName: "Chen",
                for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "back in the queue",
            bytes: ServerFrame.sessionState(
                record(.queued), reason: "agent_lost", for: customersView)),
        HubFrameSample(
            frame: "session.state", name: "closed",
            bytes: ServerFrame.sessionState(
                record(.closed, reason: "agent", lastSeq: 9), for: customersView)),
        HubFrameSample(
            frame: "session.state", name: "an offer that is no more",
            bytes: ServerFrame.offerGone(record(.queued), reason: "offer_expired")),
        HubFrameSample(
            frame: "offer", name: "an agent is asked",
            bytes: ServerFrame.offer(
                record(.offered, agent: agent.id, offer: 20_000), waitedMilliseconds: 1_500)),
    ]

    static let queueEvents: [HubFrameSample] = [
        HubFrameSample(
            frame: "queue.position", name: "next but two",
            bytes: ServerFrame.queuePosition(
                session: session, position: 3, wait: .range(WaitRange(low: 60, high: 120)))),
        HubFrameSample(
            frame: "queue.position", name: "without a number, and nobody knows how long",
            bytes: ServerFrame.queuePosition(
                session: session, position: nil, wait: .range(WaitRange(low: 3600, high: nil)))),
        HubFrameSample(
            frame: "queue.position", name: "nobody is there",
            bytes: ServerFrame.queuePosition(session: session, position: 1, wait: .nobody)),
        HubFrameSample(
            frame: "queue.position", name: "of the time nothing is known yet",
            bytes: ServerFrame.queuePosition(session: session, position: 2, wait: .unknown)),
        HubFrameSample(
            frame: "queue.update", name: "two wait",
            bytes: ServerFrame.queueUpdate(
                group: group("after-sales"), levels: [.ordinary: 1, .highest: 1],
                longestWaitSeconds: 42,
                head: [
                    QueueHeadEntry(
                        session: session, level: .highest, topic: "refund", since: now)
                ], agentsOnline: 2)),
        HubFrameSample(
            frame: "queue.update", name: "nobody waits",
            bytes: ServerFrame.queueUpdate(
                group: group("floaters"), levels: [:], longestWaitSeconds: 0, head: [])),
        HubFrameSample(
            frame: "agent.update", name: "one's own state",
            bytes: ServerFrame.agentUpdate(agentRecord, name: "Chen")),
        HubFrameSample(
            frame: "agents.list.ok", name: "one who is there, one who is not",
            bytes: ServerFrame.agentsOK(
                id: 4,
                [
                    (agentRecord, "Chen"),
                    (
                        AgentRecord(
                            id: PersonID("bo")!, status: .away, reachability: .gone, capacity: 4,
                            held: 0, groups: []), "Bo"
                    ),
                ])),
        HubFrameSample(frame: "ping", name: "still there?", bytes: ServerFrame.ping(now: now)),
        HubFrameSample(
            frame: "drain", name: "in a while",
            bytes: ServerFrame.drain(reconnectAfterMilliseconds: 1_200)),
    ]
}
