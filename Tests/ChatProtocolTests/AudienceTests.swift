/// What may be told to whom: no frame made for a customer holds what is not his.
import ChatModel
import ChatProtocol
import Testing

@Suite struct AudienceTests {
    static let forbidden: Set<String> = [
        "level", "group", "profile", "customer", "channel", "expires_ms", "held", "capacity",
        "status", "reachability", "levels", "head", "waited_ms", "tags", "dispositions", "statuses",
        "accept", "wrap_up_ms", "wrapup_ms", "disposition", "since_s", "ramp", "by",
    ]

    @Test func noCustomersFrameHoldsWhatIsNotHis() throws {
        for record in Self.records {
            let name = record.agent == nil ? nil : "Chen"
            let view = HubFrameSamples.customersView
            let snapshot = SessionSnapshot(
                record: record, agentName: name, recovered: false, messages: Self.messages,
                position: 1, wait: WaitRange(low: 0, high: 60))
            let greeting = Greeting(
                you: You(id: HubFrameSamples.customer.id, role: .customer), now: 1,
                heartbeatMilliseconds: 1, limits: HubFrameSamples.limits, node: "n",
                durability: "accepted", sessions: [snapshot], agent: HubFrameSamples.agentRecord,
                groups: [GroupLabel(id: HubFrameSamples.group("g"), name: "G")],
                site: HubFrameSamples.site)
            let frames = [
                ServerFrame.helloOK(id: 1, greeting),
                ServerFrame.sessionOK(
                    id: 1, record, agentName: name, messages: Self.messages, for: view),
                ServerFrame.sessionState(record, agentName: name, for: view),
            ]
            for frame in frames {
                let tree = try #require(JSONValue(frame))
                #expect(Self.names(tree).isDisjoint(with: Self.forbidden), "\(record.state)")
            }
        }
    }

    @Test func whoIsBeingAskedIsNotTheCustomersBusiness() throws {
        let asked = HubFrameSamples.record(
            .offered, agent: HubFrameSamples.agent.id, offer: 9_000)
        for reason in [nil, "declined", "offer_expired", "offered"] {
            let frame = ServerFrame.sessionState(
                asked, agentName: "Chen", reason: reason, for: HubFrameSamples.customersView)
            let tree = try #require(JSONValue(frame))
            #expect(tree["state"] == .text("queued"))
            #expect(tree["agent"] == nil)
            #expect(tree["reason"] == nil)
        }
    }

    /// The same identifier in another role is another person.
    @Test func onlyTheSenderSeesHisKey() throws {
        let views: [Audience] = [
            HubFrameSamples.customersView, HubFrameSamples.agentsView,
            .agent(HubFrameSamples.customer.id), .customer(HubFrameSamples.agent.id),
        ]
        let shown = try views.map { view in
            let frame = ServerFrame.historyOK(
                id: 1, session: HubFrameSamples.session, messages: Self.messages, lastSeq: 2,
                more: false, epoch: 1, for: view)
            let messages = try #require(JSONValue(frame)?["messages"]).elements
            return messages.map { $0["key"]?.string }
        }
        #expect(shown == [["k-1", nil], [nil, "a-1"], [nil, nil], [nil, nil]])
    }

    static let messages = [HubFrameSamples.first, HubFrameSamples.second]

    static let records = SessionState.allCases.flatMap { state in
        [nil, HubFrameSamples.agent.id].map { agent -> SessionRecord in
            var record = HubFrameSamples.record(
                state, agent: agent, offer: 5, reason: state.isOver ? "agent" : nil)
            record.tags = ["x"]
            record.disposition = Disposition(topic: "y")
            return record
        }
    }

    static func names(_ value: JSONValue) -> Set<String> {
        switch value {
        case .object(let members):
            members.reduce(into: Set()) { $0.formUnion(names($1.value).union([$1.name])) }
        case .array(let elements): elements.reduce(into: Set()) { $0.formUnion(names($1)) }
        default: []
        }
    }
}
