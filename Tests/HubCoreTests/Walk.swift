/// A random life of a site: people come, talk and go, nodes die, the store is away, answers come in
/// any order. Everything follows from the seed.
import ChatModel
import ChatProtocol
import Routing

@testable import HubCore

struct Walk {
    let world: World
    let checker: Checker
    var random: SeededRandom
    private var people: [Person] = []
    private var lastKey = 0
    private(set) var faults = 0
    private(set) var kills = 0
    private(set) var versions = 0
    /// Whether nodes may die, be fenced and become deaf, and the store be away.
    let isRough: Bool
    private var badLines = 0
    private var errorsBefore = 0

    /// Somebody who comes back again and again.
    struct Person {
        let isCustomer: Bool
        var isBot = false
        let id: String
        var clients: [Client] = []
        var sends: [Checker.Sent] = []
        /// Where he stopped reading.
        var read: [SessionID: Int] = [:]
        var starts: [Start] = []
    }

    struct Start {
        let key: String
        let members: String
    }

    init(seed: UInt64, nodes: Int, rules: SiteRules, customers: Int = 6, isRough: Bool) {
        var rules = rules
        if seed % 3 != 0 { rules.wrapUpMilliseconds = 2_000 }
        rules.reopenMilliseconds = 6_000
        if seed % 4 != 3 {
            rules.idle = IdleLimits(remindMilliseconds: 600, closeMilliseconds: 1_500)
        }
        world = World(nodes: nodes, rules: rules, seed: seed)
        checker = Checker(world)
        random = SeededRandom(seed: seed)
        self.isRough = isRough
        people = (0..<customers).map { Person(isCustomer: true, id: "v_c\($0)") }
        people += ["chen", "dina", "eve"].map { Person(isCustomer: false, id: $0) }
        people.append(Person(isCustomer: false, id: Self.supervisor))
        people += ["robo", "helper"].map { Person(isCustomer: false, isBot: true, id: $0) }
    }

    /// She assigns what others wait for; work comes to her only when she takes it.
    static let supervisor = "zoe"

    /// Lives on for so many steps; calm comes now and then. Stops at the first broken promise.
    mutating func run(steps: Int) {
        for step in 1...steps {
            act()
            if step % 500 == 0 { calm() }
            if checker.failure != nil { return }
        }
        calm()
    }

    private mutating func act() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: personActs()
        case 22..<25: passTime()
        case 25 where isRough: disturb()
        case 26 where chance(15): applyAnotherVersion()
        default: somethingArrives()
        }
    }

    // MARK: People

    private mutating func personActs() {
        let index = people.indices.randomElement(using: &random)!
        people[index].clients.removeAll { !$0.isOpen }
        guard let client = people[index].clients.randomElement(using: &random) else {
            return arrive(index)
        }
        if chance(6) { return leave(index, client) }
        let most = people[index].isBot ? 1 : 3
        if chance(4), people[index].clients.count < most { return arrive(index) }
        if chance(3) { return sayNonsense(client) }
        if people[index].isCustomer {
            customerActs(index, client)
        } else if people[index].isBot {
            botActs(index, client)
        } else {
            agentActs(index, client)
        }
    }

    private mutating func arrive(_ index: Int) {
        let alive = world.nodes.indices.filter { world.nodes[$0].isAlive }
        let node = alive.randomElement(using: &random)!
        let person = people[index]
        let client = world.connect(person.id, to: node)
        client.person = person.id
        client.isCustomer = person.isCustomer
        client.isBot = person.isBot
        people[index].clients.append(client)
        var resume = ""
        if chance(60), !person.read.isEmpty {
            let points = person.read.sorted { $0.key < $1.key }.map {
                "{\"session\":\"\($0.key)\",\"after\":\($0.value)}"
            }
            resume = ",\"resume\":[\(points.joined(separator: ","))]"
        }
        let identity =
            person.isCustomer
            ? "\"role\":\"customer\",\"secret\":\"secret-\(person.id)\","
                + "\"page\":{\"level\":\"\(Int.random(in: 0...3, using: &random))\"}"
            : person.isBot
            ? "\"role\":\"bot\",\"token\":\"bot:\(person.id)\",\"capacity\":3"
            : person.id == Self.supervisor
                ? "\"role\":\"supervisor\",\"token\":\"supervisor:\(person.id)\""
                : "\"role\":\"agent\",\"token\":\"agent:\(person.id)\""
        client.hello = client.ask("hello", "\(identity),\"site\":\"demo\"\(resume)")
    }

    private mutating func leave(_ index: Int, _ client: Client) {
        for session in client.sessionsSeen {
            if let last = checker.lastSeen(client, session) { people[index].read[session] = last }
        }
        client.drop()
    }

    private mutating func customerActs(_ index: Int, _ client: Client) {
        if chance(client.sessionsSeen.isEmpty ? 15 : 1) { return leaveMessage(client) }
        if client.sessionsSeen.isEmpty, chance(30), let past = client.over.last {
            return reopen(client, past)
        }
        if let session = client.asked, chance(40) { return choose(client, session) }
        if chance(2) { return rate(client) }
        if chance(1), let session = client.sessionsSeen.last { return explain(client, session) }
        guard let session = client.sessionsSeen.last, !chance(8) else {
            let text = chance(50) ? ",\"text\":\"for=\(client.person);hello\"" : ""
            // Now and then one that was sent before: its answer may have been lost.
            var start = people[index].starts.randomElement(using: &random)
            if start == nil || !chance(25) {
                let key = "start-\(newKey())"
                let topic = "\"topic\":\"refund\",\"key\":\"\(key)\""
                start = Start(key: key, members: topic + text)
                people[index].starts.append(start!)
            }
            checker.noteStart(client, client.nextRequest, start!.key)
            client.starts.insert(client.ask("session.start", start!.members))
            return
        }
        if chance(5) {
            client.ask("session.human", "\"session\":\"\(session)\"")
            return
        }
        if chance(4) {
            client.ask("session.leave", "\"session\":\"\(session)\"")
            return
        }
        if chance(3) {
            client.ask("session.close", "\"session\":\"\(session)\"")
            return
        }
        talk(index, client, session, about: client.person)
    }

    /// Now and then the same again, as after a lost answer.
    private mutating func leaveMessage(_ client: Client) {
        if lastKey == 0 || !chance(20) { _ = newKey() }
        client.ask(
            "message.leave",
            "\"key\":\"left-\(lastKey)\",\"text\":\"for=\(client.person);left \(lastKey)\"")
    }

    private mutating func choose(_ client: Client, _ session: SessionID) {
        client.asked = nil
        let choice =
            chance(60)
            ? chance(50) ? "wait" : "robot"
            : "message\",\"text\":\"for=\(client.person);a last word"
        client.ask("queue.choose", "\"session\":\"\(session)\",\"choice\":\"\(choice)\"")
    }

    private mutating func agentActs(_ index: Int, _ client: Client) {
        if chance(25) {
            let status =
                chance(80) ? "online" : ["away", "offline", "busy"].randomElement(using: &random)!
            client.ask("status.set", "\"status\":\"\(status)\"")
            return
        }
        if let offer = client.offers.randomElement(using: &random), chance(60) {
            let verb = chance(75) ? "offer.accept" : "offer.decline"
            client.ask(verb, "\"session\":\"\(offer)\"")
            return
        }
        if let invited = client.invites.randomElement(using: &random), chance(40) {
            return answerInvitation(client, invited)
        }
        if let message = client.left.randomElement(using: &random), chance(30) {
            client.ask("message.take", "\"message\":\"\(message)\"")
            return
        }
        if chance(4) {
            let all = world.store.sites[world.site]?.sessions.keys.sorted() ?? []
            if let session = all.suffix(30).randomElement(using: &random) {
                return explain(client, session)
            }
        }
        if let session = client.wrapups.randomElement(using: &random), chance(40) {
            let act = chance(60) ? "done" : "extend"
            client.ask(
                "session.wrap", "\"session\":\"\(session)\",\"\(act)\":true,\"tags\":[\"walk\"]")
            return
        }
        if chance(5) {
            client.ask("queue.subscribe", "\"groups\":[\"after-sales\"]")
            return
        }
        if client.person == Self.supervisor, chance(15) {
            client.ask(["board.subscribe", "sessions.list"].randomElement(using: &random)!)
            return
        }
        if chance(client.person == Self.supervisor ? 30 : 15) { return takeHold(client) }
        if chance(client.person == Self.supervisor ? 50 : 20) { return actBeside(client) }
        guard let session = client.sessionsSeen.randomElement(using: &random) else { return }
        if chance(8) {
            client.ask("session.close", "\"session\":\"\(session)\"")
            return
        }
        guard let customer = world.store.sites[world.site]?.sessions[session]?.record.customer
        else {
            return
        }
        talk(index, client, session, about: customer.text)
    }

    /// Of any session: most attempts come too late or are refused.
    private mutating func takeHold(_ client: Client) {
        let site = world.store.sites[world.site]
        let open = site?.open.sorted() ?? []
        let waiting = open.filter { site?.sessions[$0]?.isMatchable == true }
        let choices = waiting.isEmpty || chance(20) ? open : waiting
        guard let session = choices.randomElement(using: &random) else { return }
        guard client.person == Self.supervisor, chance(80) else {
            client.ask("session.pick", "\"session\":\"\(session)\"")
            return
        }
        let agent = ["chen", "dina", "eve"].randomElement(using: &random)!
        let over = chance(40) ? ",\"over_capacity\":true" : ""
        client.ask("session.assign", "\"session\":\"\(session)\",\"agent\":\"\(agent)\"" + over)
    }

    mutating func talk(
        _ index: Int, _ client: Client, _ session: SessionID, about customer: String
    ) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: client.say("{\"type\":\"typing\",\"session\":\"\(session)\",\"typing\":true}")
        case 1: client.ask("history", "\"session\":\"\(session)\",\"after\":0,\"limit\":5")
        case 2:
            // The same again, as after a lost answer; now and then with another text.
            guard let sent = people[index].sends.randomElement(using: &random) else { return }
            let text = chance(10) ? sent.text + "!" : sent.text
            send(
                client,
                Checker.Sent(session: sent.session, key: sent.key, text: text))
        default:
            let key = newKey()
            let sent = Checker.Sent(
                session: session, key: "k\(key)", text: "for=\(customer);\(key)")
            people[index].sends.append(sent)
            if people[index].sends.count > 20 { people[index].sends.removeFirst() }
            send(client, sent)
        }
    }

    private func send(_ client: Client, _ sent: Checker.Sent) {
        checker.noteSend(client, client.nextRequest, sent)
        client.ask(
            "message.send",
            "\"session\":\"\(sent.session)\",\"key\":\"\(sent.key)\",\"text\":\"\(sent.text)\"")
    }

    /// Answered at once, whatever else is under way; only errors that come by the store are late.
    private mutating func sayNonsense(_ client: Client) {
        let lines = [
            "{", "[]", "null", "{\"type\":\"message.send\",\"id\":7}",
            "{\"type\":\"unheard.of\",\"id\":9}",
            "{\"type\":\"read\",\"session\":\"x\",\"seq\":1}", "\u{0}",
            "{\"type\":\"hello\",\"id\":0}",
        ]
        let before = client.errorCount
        client.say(lines.randomElement(using: &random)!)
        if client.errorCount == before { checker.fail(10, "a bad line was not answered") }
    }

    mutating func newKey() -> Int {
        lastKey += 1
        return lastKey
    }

    // MARK: The world

    private mutating func passTime() {
        let milliseconds: Int64 = chance(15) ? 2_500 : chance(50) ? 300 : 40
        world.advance(milliseconds)
    }

    /// One thing on its way comes to its end, on any node.
    private mutating func somethingArrives() {
        let alive = world.nodes.filter(\.isAlive)
        guard let node = alive.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: _ = node.answerAuthentication()
        case 1: node.perform(fault: nextFault())
        case 2: node.hearNotice()
        case 3: node.lookForSite()
        default:
            guard !node.port.answers.isEmpty else { return }
            node.hearAnswer(at: Int.random(in: 0..<node.port.answers.count, using: &random))
        }
    }

    private mutating func nextFault() -> MemoryStoreNode.Fault? {
        guard isRough, chance(3) else { return nil }
        faults += 1
        return [.notDone, .answerLost, .uncertain].randomElement(using: &random)
    }

    /// Rules change under everybody's feet: plans with a second step or without, or a group goes.
    private mutating func applyAnotherVersion() {
        versions += 1
        let capacity = world.rules.agents.values.map(\.capacity).max() ?? 1
        var rules = SiteRules.demo(
            offerMilliseconds: world.rules.offerMilliseconds, capacity: capacity,
            second: chance(50), mode: anyMode(), hours: chance(40) ? someHours() : [])
        rules.wrapUpMilliseconds = chance(60) ? 2_000 : 0
        rules.idle = world.rules.idle
        rules.reopenMilliseconds = world.rules.reopenMilliseconds
        if rules.strategy.groupHours.isEmpty, chance(30) {
            rules.merge(GroupID("after-sales")!, into: GroupID("floaters")!)
        }
        world.apply(rules)
    }

    private mutating func disturb() {
        let alive = world.nodes.indices.filter { world.nodes[$0].isAlive }
        let node = world.nodes[alive.randomElement(using: &random)!]
        switch Int.random(in: 0..<12, using: &random) {
        case 0 where alive.count > 1 && world.nodes.count < 40:
            for person in people.indices {
                for client in people[person].clients where client.node === node {
                    for session in client.sessionsSeen {
                        if let last = checker.lastSeen(client, session) {
                            people[person].read[session] = last
                        }
                    }
                }
            }
            kills += 1
            node.die()
            world.addNode(seed: random.next())
        case 1...3: node.port.isDeaf = true
        case 4...8: if node.port.isDeaf { node.port.recoverHearing() }
        case 9: world.store.failOver(world.site)
        default: break
        }
    }

    /// All that is under way ends well, time passes, and everybody must have everything.
    private mutating func calm() {
        for node in world.nodes where node.isAlive && node.port.isDeaf {
            node.port.recoverHearing()
        }
        world.settle()
        world.pass(7_000, step: 250)
        checker.checkCalm()
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }
}
