/// Random requests over a small world: few people, few groups, so that they meet. The same seed
/// gives the same requests.
import ChatModel
import HubCore

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

struct RandomSteps {
    var random: SeededRandom
    /// Sessions asked for so far.
    private(set) var sessions: [SessionID] = []
    /// What notices last said of each open session: most requests then make sense.
    var known: [SessionID: SessionRecord] = [:]
    private var lefts: [LeftMessageID] = []
    private var keys = 0
    /// What was offered so far, and where.
    var files: [(file: FileID, session: SessionID, owner: Participant)] = []
    /// What was rated last, and by whom: it is rated again and again.
    var rated: (session: SessionID, customer: PersonID)?
    private(set) var siteVersion = 0
    private(set) var now: Int64 = 0

    private let customers = (1...10).map { "v_\($0)" }
    let agents = ["anna", "bo", "chen", "dina"]
    let bots = ["robo", "helper"]
    let groups = ["sales", "after", "floaters"]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func note(_ record: SessionRecord) {
        known[record.id] = record.state == .closed && roll(3) > 0 ? nil : record
    }

    mutating func note(inForce version: Int) { siteVersion = version }
    mutating func note(now: Int64) { self.now = now }

    /// Sessions that are open as far as notices told, by arrival.
    var open: [SessionRecord] {
        known.values.filter(\.state.isOpen).sorted { $0.arrival < $1.arrival }
    }

    /// Small steps mostly, sometimes past a deadline, seldom a pause.
    mutating func milliseconds() -> Int64 {
        switch roll(100) {
        case 0..<80: Int64(roll(3) * 37)
        case 80..<98: Int64(roll(1_200))
        default: Int64(roll(9_000))
        }
    }

    /// Which of so many nodes asks.
    mutating func roll(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    mutating func next() -> StoreRequest {
        switch roll(100) {
        case 0..<12: start()
        case 12..<18: .attach(Attach(person: customer(pick(customers)), profile: nil))
        case 18..<21: robots()
        case 21..<26: detach(customer(pick(customers)))
        case 26..<33: attachAgent()
        case 33..<36: detach(agent(pick(agents)))
        case 36..<44: setStatus()
        case 44..<51: served([.offered]) { .accept(session: $0, agent: $1) }
        case 51..<55: decline()
        case 56..<59:
            served([.active]) { .release(session: $0, agent: $1, reason: "lunch") }
        case 59..<64: roll(3) == 0 ? describe() : close()
        case 64..<69: append()
        case 69..<71: history()
        case 71..<73: aboutCustomer()
        case 55, 73..<75: aboutFile()
        case 75..<83: left()
        case 83..<85: takeHold()
        case 85..<91: besides()
        case 91: roll(4) == 0 ? .explain(anySession()) : describe()
        default: rare()
        }
    }

    // MARK: Left messages

    /// Leaving, taking, and choosing after the wait limit.
    private mutating func left() -> StoreRequest {
        switch roll(10) {
        case 0..<4: leave()
        case 4..<7: take()
        default: choose()
        }
    }

    private var limits: LeaveLimits { LeaveLimits(perCustomer: 2, perGroup: 4) }

    private mutating func newLeft() -> LeftMessageID {
        lefts.append(LeftMessageID(high: 0, low: UInt64(lefts.count + 1)))
        return lefts[lefts.count - 1]
    }

    private mutating func leave() -> StoreRequest {
        let open = Set(known.values.filter(\.state.isOpen).map(\.customer))
        let free = customers.filter { !open.contains(person($0)) }
        let who = customer(free.isEmpty || roll(6) == 0 ? pick(customers) : pick(free))
        let level = roll(3)
        var text = newMessage(who)
        if roll(2) == 0 { text.key = "left\(roll(2))" }
        return .leaveMessage(
            LeaveMessage(
                message: newLeft(), siteVersion: roll(12) == 0 ? siteVersion + 1 : siteVersion,
                group: group(pick(groups)), level: Level(level)!,
                levelSource: pick(LevelSource.allCases),
                headStartMilliseconds: Int64(level) * 2_000, topic: roll(2) == 0 ? nil : "退款",
                profile: Array("{\"n\":\(roll(9))}".utf8), explanation: Array("{}".utf8),
                text: text, limits: limits))
    }

    private mutating func take() -> StoreRequest {
        let id = sessionID(UInt64(sessions.count + 1))
        sessions.append(id)
        let message =
            lefts.isEmpty || roll(20) == 0 ? LeftMessageID(high: 9, low: 9) : pick(lefts.suffix(6))
        // Few of the agents, so that they come to their limits.
        var take = TakeMessage(
            message: message, agent: person(pick(agents.prefix(1 + roll(2)))), session: id,
            offerMilliseconds: roll(2) == 0 ? nil : 1_500, wrapUpMilliseconds: wrapUp())
        take.idle = idle()
        return .takeMessage(take)
    }

    /// Two customers leave a message and go, one agent with one slot asks for both, and is lost.
    mutating func leaveAndLose() -> [StoreRequest] {
        let who = person(agents[0])
        let profile = AgentProfile(id: who, capacity: 1, groups: groups.map { group($0) })
        var steps: [StoreRequest] = [.attach(Attach(person: agent(agents[0]), profile: profile))]
        for number in 0..<2 {
            let message = newLeft()
            steps.append(
                .leaveMessage(
                    LeaveMessage(
                        message: message, siteVersion: siteVersion, group: group(groups[number]),
                        level: .ordinary, levelSource: .none, headStartMilliseconds: 0, topic: nil,
                        profile: Array("{}".utf8), explanation: Array("{}".utf8),
                        text: newMessage(customer("v_9\(number)")), limits: LeaveLimits())))
            let id = sessionID(UInt64(sessions.count + 1))
            sessions.append(id)
            steps.append(
                .takeMessage(
                    TakeMessage(
                        message: message, agent: who, session: id, offerMilliseconds: nil)))
        }
        return steps
    }

    private mutating func choose() -> StoreRequest {
        let asked = known.values.filter(\.isChoiceDue).sorted { $0.arrival < $1.arrival }
        let record = asked.isEmpty || roll(8) == 0 ? known[anySession()] : pick(asked)
        let customer = roll(10) == 0 ? person(pick(customers)) : record?.customer
        var wish = roll(2) == 0 ? WaitChoice.Wish.wait : .robot
        if roll(3) == 0, let customer {
            let text = roll(3) == 0 ? newMessage(Participant(role: .customer, id: customer)) : nil
            wish = .message(newLeft(), text: text, limits)
        }
        return .choose(
            WaitChoice(
                session: record?.id ?? anySession(), customer: customer ?? person(pick(customers)),
                wish: wish))
    }

    /// A session in one of the states with its agent; now and then any session or any agent.
    mutating func served(
        _ states: Set<SessionState>, _ make: (SessionID, PersonID) -> StoreRequest
    ) -> StoreRequest {
        let fitting = known.values.filter { states.contains($0.state) }
            .sorted { $0.arrival < $1.arrival }
        guard !fitting.isEmpty, roll(8) > 0 else {
            return make(anySession(), person(pick(agents)))
        }
        let record = pick(fitting)
        let agent = roll(10) > 0 ? record.agent : nil
        return make(record.id, agent ?? person(pick(agents)))
    }

    /// Mostly of a session that waits or is with somebody; any agent, now and then a stranger.
    private mutating func takeHold() -> StoreRequest {
        let agent = person(roll(20) == 0 ? "nobody" : pick(agents))
        let queued = known.values.filter { $0.state == .queued }.sorted { $0.arrival < $1.arrival }
        let id = queued.isEmpty || roll(3) == 0 ? anySession() : pick(queued).id
        guard roll(2) == 0 else {
            return .pick(session: id, agent: agent, anyGroup: roll(4) == 0)
        }
        return .assign(
            AssignSession(
                session: id, agent: agent, overCapacity: roll(3) == 0, by: person("zoe")))
    }

    private mutating func decline() -> StoreRequest {
        let pause = Int64(roll(4) * 1_500)
        return served([.offered]) {
            .decline(session: $0, agent: $1, reason: "busy", pauseMilliseconds: pause)
        }
    }

    private mutating func close() -> StoreRequest {
        let id = anySession()
        return .close(session: id, by: somebody(in: id), reason: "customer")
    }

    /// Mostly a participant.
    mutating func somebody(in id: SessionID) -> Participant {
        guard let record = known[id], roll(6) > 0 else { return anybody() }
        if let robot = record.bot, roll(3) == 0 { return Participant(role: .bot, id: robot) }
        guard let agent = record.agent, roll(2) == 0 else {
            return Participant(role: .customer, id: record.customer)
        }
        let other = record.others.isEmpty || roll(2) == 0 ? nil : pick(record.others).agent
        return Participant(role: .agent, id: other ?? agent)
    }

    private mutating func rare() -> StoreRequest {
        switch roll(100) {
        case 0..<30: .sweep(limit: 10_000)
        case 30..<38: board()
        case 38..<45:
            .queueOutlook(group(pick(groups)), helpers: [group(pick(groups)), group(pick(groups))])
        case 45..<49: .queueSnapshot(group(pick(groups)))
        case 49..<52: board()
        case 52..<58: .tickets(QueueClass(group: group(pick(groups)), level: Level(roll(4))!))
        case 58..<66: .sessions(anybody())
        case 66..<72: .session(anySession())
        case 72..<78:
            .publishVolatile(
                VolatileEvent(
                    session: anySession(), from: anybody(),
                    kind: [.typing(roll(2) == 0), .read(roll(40)), .whoRead][roll(3)],
                    origin: origin))
        case 78..<83: sync()
        case 83..<85: hours()
        case 85..<87: .watch(anySession())
        case 87: .unwatch(anySession())
        case 88: .lookOn(agent: person(pick(agents)))
        case 89..<91: clean()
        case 91..<93: .agents(limit: 1 + roll(4))
        default: siteFile()
        }
    }

    private mutating func siteFile() -> StoreRequest {
        switch roll(10) {
        case 0..<5:
            .applySite(
                ApplySite(
                    text: "file\(roll(9))", digest: "d\(roll(3))", source: "shop.yaml",
                    author: "wang", condition: roll(3) == 0 ? .startFile : .replacing(replaced()),
                    keep: 5))
        case 5: .rollbackSite(replacing: replaced())
        case 6..<8: .siteVersions
        case 8: .loadVersion(roll(siteVersion + 2))
        default: .loadSite
        }
    }

    /// Mostly the version in force.
    private mutating func replaced() -> Int? {
        switch roll(6) {
        case 0: nil
        case 1: roll(siteVersion + 2)
        default: siteVersion
        }
    }

    mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices)
        -> Choices.Element where Choices.Index == Int
    {
        choices[choices.startIndex + roll(choices.count)]
    }

    mutating func anySession() -> SessionID {
        if sessions.isEmpty || roll(30) == 0 { return sessionID(999_999) }
        if known.isEmpty || roll(8) == 0 { return pick(sessions) }
        return pick(known.values.sorted { $0.arrival < $1.arrival }).id
    }

    /// Any session, with its customer as far as he is known.
    mutating func anySessionAndCustomer() -> (SessionID, PersonID) {
        let id = anySession()
        return (id, known[id]?.customer ?? person(pick(customers)))
    }

    private mutating func anybody() -> Participant {
        if roll(12) == 0 { return bot(pick(bots)) }
        if roll(2) == 0 { return customer(pick(customers)) }
        let role: Role = roll(6) == 0 ? .supervisor : .agent
        return Participant(role: role, id: person(pick(agents)))
    }

    mutating func status() -> AgentStatus {
        roll(3) > 0 ? .online : pick(AgentStatus.allCases)
    }

    mutating func detach(_ who: Participant) -> StoreRequest {
        .detach(Detach(person: who, graceMilliseconds: Int64(roll(4) * 1_200)))
    }

    private mutating func profile(_ who: String) -> AgentProfile {
        let count = roll(4)
        return AgentProfile(
            id: person(who), name: roll(2) == 0 ? "安 \"\(who)\"" : nil, capacity: 1 + roll(3),
            groups: groups.shuffled(using: &random).prefix(count).map { group($0) },
            skills: roll(2) == 0 ? ["refund": 1 + roll(5)] : [:],
            languages: roll(2) == 0 ? ["en-US"] : [],
            attributes: roll(2) == 0 ? ["region": .text(pick(["east", "west"]))] : [:])
    }

    private mutating func attachAgent() -> StoreRequest {
        let who = pick(agents)
        let given = roll(8) == 0 ? nil : profile(who)
        return .attach(Attach(person: agent(who), profile: given))
    }

    mutating func sync() -> StoreRequest {
        var listed: [AgentProfile] = []
        for who in agents where roll(4) > 0 { listed.append(profile(who)) }
        let kept = groups.shuffled(using: &random).prefix(1 + roll(3))
        return .syncAgents(
            listed, groups: kept.map { group($0) }, selection: pick(Selection.allCases))
    }

    private mutating func newMessage(_ sender: Participant) -> NewMessage {
        keys += 1
        let key = roll(3) == 0 ? "again\(roll(3))" : "k\(keys)"
        let body = "\"text\":\"\(roll(4) == 0 ? "我" : "a")\""
        return NewMessage(
            sender: sender, key: key, body: Array(body.utf8),
            origin: ConnectionReference(
                incarnation: Int64(roll(5)), connection: UInt64(roll(1_000))))
    }

    private mutating func append() -> StoreRequest {
        let target = anySession()
        var messages: [NewMessage] = []
        for _ in 0...roll(3) { messages.append(newMessage(somebody(in: target))) }
        return .append(Append(session: target, messages: messages))
    }

    private mutating func history() -> StoreRequest {
        let direction: HistoryQuery.Direction =
            roll(2) == 0 ? .after(roll(6)) : .before(roll(12))
        return .history(
            HistoryQuery(session: anySession(), direction: direction, limit: 1 + roll(4)))
    }

    private mutating func start() -> StoreRequest {
        let id = sessionID(UInt64(sessions.count + 1))
        sessions.append(id)
        let level = roll(4)
        let openings = openings()
        let isLimited = roll(2) == 0
        let who = pick(customers)
        let first = roll(3) > 0 ? newMessage(customer(who)) : nil
        var start = StartSession(
            session: id, customer: person(who),
            siteVersion: roll(12) == 0 ? siteVersion + 1 : siteVersion,
            placement: Placement(
                level: Level(level)!, levelSource: pick(LevelSource.allCases),
                headStartMilliseconds: Int64(level) * (roll(6) == 0 ? 1_000 : 3_000),
                home: openings.compactMap(\.target.group).first ?? group("sales"),
                openings: openings, exclusions: exclusions(),
                offerMilliseconds: roll(3) == 0 ? nil : 1_500,
                maximumWaiting: isLimited ? 2 : nil, reopenBelow: isLimited ? 1 : nil,
                waitLimitMilliseconds: roll(2) == 0 ? nil : 900),
            topic: roll(3) == 0 ? nil : "退款", channel: roll(2) == 0 ? nil : "",
            profile: Array("{\"n\":\(roll(9))}".utf8),
            explanation: Array("{\"rule\":1}".utf8), firstMessage: first, ways: ways(),
            mayHandOver: roll(4) > 0)
        start.handsOverWhenClosed = roll(2) == 0
        start.allowsRobotChoice = roll(3) > 0
        // Few keys, so that they come again, also of sessions that are closed or deleted by then.
        start.key = roll(3) == 0 ? nil : "s\(roll(5))"
        start.placement.closeGoneMilliseconds = roll(2) == 0 ? nil : 700
        start.placement.wrapUpMilliseconds = wrapUp()
        start.placement.idle = idle()
        return .start(roll(3) == 0 ? reopening(start) : start)
    }
}
