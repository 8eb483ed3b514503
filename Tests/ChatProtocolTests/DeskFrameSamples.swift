/// The samples of what a site shows, and of what an agent keeps for himself.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static var service: ServiceSettings {
        var service = ServiceSettings()
        service.widget.title = LocalText(chinese: "山茶小铺", english: "Camellia Shop")
        service.widget.welcome = LocalText(chinese: "您好！", english: "Hello!\nAsk us.")
        service.widget.topics = [
            NamedChoice(id: "refund", name: LocalText(chinese: "退款", english: "Refund"))
        ]
        service.widget.prechat = [
            PrechatField(
                id: "phone", label: LocalText(chinese: "电话", english: "Phone"), kind: .phone,
                isRequired: true),
            PrechatField(
                id: "member", label: LocalText(english: "Member?"), kind: .choice,
                choices: [NamedChoice(id: "gold", name: LocalText("Gold"))]),
        ]
        var survey = SurveySettings()
        survey.question = LocalText(chinese: "您满意吗？", english: "Was it good?")
        survey.lowReasons = [LocalText(chinese: "等太久", english: "Too slow")]
        survey.highReasons = [
            LocalText(chinese: "亲切", english: "Friendly"), LocalText(english: "Quick"),
        ]
        service.survey = survey
        service.tags = ["催发货"]
        service.dispositions.topics = ["退款"]
        service.dispositions.results = ["已解决"]
        service.statusReasons = [.busy: ["开会"], .away: ["午休", "培训"]]
        return service
    }

    static let site = SiteCard(
        name: "山茶小铺", service: service, wrapUpMilliseconds: 60_000,
        groups: [GroupLabel(id: group("after-sales"), name: "售后组")])

    private static func hello(_ you: You, agent: AgentRecord? = nil, site: SiteCard) -> [UInt8] {
        ServerFrame.helloOK(
            id: 1,
            Greeting(
                you: you, now: now, heartbeatMilliseconds: 25_000, limits: limits, node: "n1",
                durability: "accepted", agent: agent, site: site))
    }

    private static func over(_ state: SessionState, remaining: Int64? = nil) -> SessionRecord {
        var record = record(state, agent: agent.id, offer: remaining, reason: "customer")
        record.tags = ["催发货"]
        record.disposition = Disposition(topic: "退款", result: "已解决")
        return record
    }

    private static var sentAway: AgentRecord {
        var record = AgentRecord(
            id: agent.id, status: .away, reachability: .connected, capacity: 4, held: 1, groups: [])
        record.sinceMilliseconds = 61_999
        record.reason = "午休"
        record.ramp = 2
        record.setBy = person("zoe")
        return record
    }

    static let wrapUps: [HubFrameSample] = [
        HubFrameSample(
            frame: "session.ok", name: "written up",
            bytes: ServerFrame.sessionOK(id: 8, over(.closed), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.ok", name: "being written up",
            bytes: ServerFrame.sessionOK(
                id: 8, over(.wrapup, remaining: 60_000), agentName: "Chen", for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "an agent writes it up",
            bytes: ServerFrame.sessionState(
                over(.wrapup, remaining: 60_000), agentName: "Chen", reason: "tagged",
                for: agentsView)),
        HubFrameSample(
            frame: "session.state", name: "its customer sees it closed",
            bytes: ServerFrame.sessionState(
                over(.wrapup, remaining: 60_000), agentName: "Chen", for: customersView)),
        HubFrameSample(
            frame: "hello.ok", name: "an agent with something to write up",
            bytes: ServerFrame.helloOK(
                id: 1,
                Greeting(
                    you: You(id: agent.id, role: .agent), now: now, heartbeatMilliseconds: 25_000,
                    limits: limits, node: "n1", durability: "accepted",
                    sessions: [
                        SessionSnapshot(
                            record: over(.wrapup, remaining: 60_000), agentName: "Chen",
                            recovered: false)
                    ], agent: sentAway, site: SiteCard(name: "shop")))),
        HubFrameSample(
            frame: "status.set.ok", name: "set by a supervisor",
            bytes: ServerFrame.agentOK(id: 4, sentAway)),
        HubFrameSample(
            frame: "agent.update", name: "set by a supervisor",
            bytes: ServerFrame.agentUpdate(sentAway, name: "Chen")),
        HubFrameSample(
            frame: "agents.list.ok", name: "one whom a supervisor sent away",
            bytes: ServerFrame.agentsOK(id: 4, [(sentAway, "Chen")])),
    ]

    static let deskFrames: [HubFrameSample] = [
        HubFrameSample(
            frame: "hello.ok", name: "a customer of a site that asks",
            bytes: hello(You(id: customer.id, role: .customer), site: site)),
        HubFrameSample(
            frame: "hello.ok", name: "a customer of a plain site",
            bytes: hello(You(id: customer.id, role: .customer), site: SiteCard(name: "shop"))),
        HubFrameSample(
            frame: "hello.ok", name: "an agent of a site with words to choose from",
            bytes: hello(You(id: agent.id, role: .agent), agent: agentRecord, site: site)),
        HubFrameSample(
            frame: "canned.list.ok", name: "of all scopes",
            bytes: ServerFrame.cannedOK(
                id: 6,
                [
                    CannedEntry(
                        shortcut: "sig", scope: .agent,
                        body: ServerFrame.cannedBody(title: "", text: "Chen\n售后组")),
                    CannedEntry(
                        shortcut: "hi", scope: .site,
                        body: ServerFrame.cannedBody(title: "Greeting", text: "您好！")),
                    CannedEntry(
                        shortcut: "back", scope: .group(group("after-sales")),
                        body: ServerFrame.cannedBody(
                            title: "Refund", text: "Refunds take 3 days.")),
                ])),
        HubFrameSample(
            frame: "canned.list.ok", name: "none", bytes: ServerFrame.cannedOK(id: 6, [])),
        HubFrameSample(
            frame: "survey", name: "after a talk", bytes: ServerFrame.survey(session: session)),
    ]
}
