/// `chathub-load queue` and `day`: customers of mixed levels come and wait, few agents serve them
/// one after the other. Checks from outside that a shown position never rises, that a class is
/// served in the order of coming, that each session is assigned once, that no agent holds more than
/// his capacity, and that nobody waits beside a free place.
import ChatModel
import ChatProtocol
import EventLoop
import Histogram

final class ServiceScenario: LoadScenario {
    let context: LoadContext
    let loop: EventLoop
    let plan: ServicePlan
    private var agents: [ServiceAgent] = []
    private var agentsGreeted = 0
    private var agentsOnline = 0
    private(set) var customers: [ServiceCustomer] = []
    var visits: [SessionID: ServiceVisit] = [:]
    var orders: [OrderKey: OrderCheck] = [:]
    var figures = ServiceFigures()
    var waits: [Int: LoadHistogram] = [:]
    private var clockStart: Int64?
    private var nextArrival = 0
    var finished = 0
    /// Waiting by their own view.
    var waiting = 0
    /// Of those who come before the agents.
    var waitingAtFirst = 0
    private var stuckSince: Int64?
    private var workload = Workload()

    /// So long may customers wait beside a free place, lines and a busy machine included.
    private static let stuckMicroseconds: Int64 = 3_000_000

    struct OrderKey: Hashable {
        let group: String
        let level: Int
    }

    init(_ context: LoadContext) {
        self.context = context
        loop = context.loop
        let crowd = context.options.crowd
        plan = context.options.scenario == .day ? .day(crowd) : .queue(crowd)
        figures.factor = context.options.scenario == .day ? crowd.factor : 1
        for row in crowd.levels { figures.levels[row.level] = ServiceFigures.OfLevel() }
    }

    func start() {
        agents = (0..<context.options.crowd.agents).map {
            ServiceAgent(LoadPerson(number: $0, isAgent: true), index: $0)
        }
        context.crowd.connect(agents.map(\.person))
        customers = (plan.waiting + plan.arriving).enumerated().map { index, planned in
            ServiceCustomer(planned, LoadPerson(number: index, isAgent: false), index: index)
        }
        let patience = LoadCrowd.arrivalMilliseconds
        loop.schedule(afterMilliseconds: patience) { [weak self] in
            guard let self, self.clockStart == nil else { return }
            self.context.fail(
                "after a minute \(self.agentsGreeted) agents are here and \(self.waiting) of "
                    + "\(self.plan.waiting.count) customers wait; does the site have these agents "
                    + "(chathub-load site --agents \(self.agents.count)), and is nobody else "
                    + "serving it?")
        }
    }

    // MARK: Coming in

    func opened(_ person: LoadPerson) {
        let level = person.isAgent ? 0 : customers[person.place].planned.level
        context.greet(person, level > 0 ? #","page":{"level":"\#(level)"}"# : "")
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        if person.isAgent {
            heard(event, agent: agents[person.place])
        } else {
            heard(event, customer: customers[person.place])
        }
    }

    func lost(_ person: LoadPerson, code: Int, reason: String) {
        context.fail("\(person.name) lost the connection (\(code)): \(reason)")
    }

    private func heard(_ event: ServerEvent, agent: ServiceAgent) {
        switch event.type {
        case "ok" where event.id == 1:
            agent.greeting = event
            agentsGreeted += 1
            if agentsGreeted == agents.count { agentsAreHere() }
        case "ok" where event.id == agent.person.onlineRequest:
            agentIsOnline(agent, event)
        case "offer":
            if let session = event.session {
                agent.person.request("offer.accept", #""session":"\#(session)""#)
            }
        case "ok", "session.state": told(event, agent)
        case "error": refused(event, agent)
        default: break
        }
    }

    private func refused(_ event: ServerEvent, _ agent: ServiceAgent) {
        // An offer that ended meanwhile, and a session whose customer has just left.
        if event.code == .noOffer || event.code == .notFound || event.code == .sessionClosed {
            return
        }
        context.fail("the hub refuses \(agent.person.name): \(LoadRefusal.text(event))")
    }

    private func agentsAreHere() {
        guard !plan.waiting.isEmpty else { return agentsBegin() }
        context.crowd.connect(customers[..<plan.waiting.count].map(\.person))
    }

    func agentsBegin() {
        guard clockStart == nil else { return }
        context.report.connections = agents.count + plan.count
        clockStart = loop.nowMicroseconds()
        for agent in agents {
            agent.onlineSince = loop.nowMicroseconds()
            if let greeting = agent.greeting { agent.person.goOnline(after: greeting) }
            agent.greeting = nil
        }
        arrivals()
        watch()
    }

    private func agentIsOnline(_ agent: ServiceAgent, _ event: ServerEvent) {
        guard case .integer(let capacity)? = event.tree["agent"]?["capacity"] else {
            return context.fail("the answer to status.set does not tell the capacity")
        }
        agentsOnline += 1
        let count = Int(capacity)
        workload.capacity += count
        agent.places = AgentPlaces(capacity: count, onlineSince: agent.onlineSince)
        let early = agent.early
        agent.early = []
        for event in early { told(event, agent) }
    }

    /// Those whose time has come open their connections.
    private func arrivals() {
        guard let clockStart, !context.isOver else { return }
        let now = loop.nowMicroseconds()
        while nextArrival < plan.arriving.count {
            let customer = customers[plan.waiting.count + nextArrival]
            let due = clockStart + customer.planned.arrivalMicroseconds
            guard due <= now else { break }
            nextArrival += 1
            customer.arrivedMicroseconds = due
            context.crowd.connectNow(customer.person)
            if let patience = customer.planned.patienceMicroseconds {
                loop.schedule(afterMilliseconds: (due + patience - now) / 1000) {
                    [weak self, weak customer] in
                    if let customer { self?.losesPatience(customer) }
                }
            }
        }
        guard nextArrival < plan.arriving.count else { return }
        loop.schedule(afterMilliseconds: 1) { [weak self] in self?.arrivals() }
    }

    // MARK: Being served

    private func told(_ event: ServerEvent, _ agent: ServiceAgent) {
        guard let session = event.session else { return }
        if agent.places == nil {
            // The answers to closing what an earlier run left are none of this one.
            if event.state == .active { agent.early.append(event) }
            return
        }
        switch event.state {
        case .active: assigned(session, to: agent, event)
        case .closed: closed(session, agent)
        case .queued:
            context.report.violated("a session was taken from an agent who is there")
        default: break
        }
    }

    private func assigned(_ session: SessionID, to agent: ServiceAgent, _ event: ServerEvent) {
        let visit = visit(session)
        if visit.agent === agent { return }
        if visit.closedUnassigned === agent {
            return context.report.violated("an agent was given a session he was told is closed")
        }
        let now = loop.nowMicroseconds()
        if visit.agent != nil {
            context.report.duplicated += 1
            return context.report.violated("a session was assigned to two agents")
        }
        visit.agent = agent
        freeLeft(agent)
        let lastFreed = agent.places?.lastFreed
        switch agent.places?.take(session) {
        case .taken(let since)?: visit.placeFree = since
        case .overCapacity?:
            context.report.violated("\(agent.person.name) holds more than his capacity")
        case .twice?, nil: break
        }
        visit.assigned = now
        visit.orderKey = Self.orderKey(event)
        figures.assignments += 1
        context.report.received += 1
        workload.change(by: 1, at: now)
        stuckSince = nil
        if let lastFreed, agent.wasAwaited {
            context.report.latency.note(microseconds: now - lastFreed)
        }
        agent.wasAwaited = false
        link(visit)
    }

    /// Whoever has sent `session.leave` may be gone at the hub before the agent is told so: then
    /// his place is taken by the next one in the same moment, and that may be told first.
    private func freeLeft(_ agent: ServiceAgent) {
        guard agent.places?.freeCount == 0 else { return }
        for session in agent.places?.held ?? [] {
            guard let visit = visits[session], let left = visit.customer?.leaveSent else {
                continue
            }
            free(visit, agent, at: left)
        }
    }

    private static func orderKey(_ event: ServerEvent) -> OrderKey? {
        let tree = event.tree
        guard case .text(let group)? = tree["group"], case .integer(let level)? = tree["level"]
        else { return nil }
        return OrderKey(group: group, level: Int(level))
    }

    func visit(_ session: SessionID) -> ServiceVisit {
        if let known = visits[session] { return known }
        let made = ServiceVisit(session)
        visits[session] = made
        return made
    }

    /// Both sides are known now: the service begins, and the order can be judged.
    func link(_ visit: ServiceVisit) {
        guard let agent = visit.agent, let customer = visit.customer, !visit.isLinked else {
            return
        }
        visit.isLinked = true
        if let key = visit.orderKey {
            let isGood = orders[key, default: OrderCheck()].note(
                started: customer.startSent, answered: customer.answered,
                placeFree: visit.placeFree, assigned: visit.assigned)
            if !isGood {
                context.report.reordered += 1
                context.report.violated(
                    "somebody of level \(key.level) was served before one who came earlier")
            }
        }
        noteWait(customer, until: visit.assigned)
        let rest = visit.assigned + customer.planned.serviceMicroseconds - loop.nowMicroseconds()
        loop.schedule(afterMilliseconds: max(1, rest / 1000)) { [weak self] in
            self?.serviceEnds(visit, agent)
        }
    }

    private func serviceEnds(_ visit: ServiceVisit, _ agent: ServiceAgent) {
        guard !visit.isClosed, !context.isOver else { return }
        agent.person.request("session.close", #""session":"\#(visit.session)""#)
        free(visit, agent, at: loop.nowMicroseconds())
    }

    private func closed(_ session: SessionID, _ agent: ServiceAgent) {
        let visit = visit(session)
        if visit.agent == nil { visit.closedUnassigned = agent }
        guard visit.agent === agent, !visit.isClosed else { return }
        // The customer left in the very moment he was assigned.
        free(visit, agent, at: visit.customer?.leaveSent ?? loop.nowMicroseconds())
    }

    private func free(_ visit: ServiceVisit, _ agent: ServiceAgent, at moment: Int64) {
        visit.isClosed = true
        agent.places?.release(visit.session, at: moment)
        agent.wasAwaited = waiting > agents.reduce(0) { $0 + ($1.places?.freeCount ?? 0) }
        workload.change(by: -1, at: moment)
    }

    // MARK: The end

    /// Ten times a second: nobody may wait beside a free place for long.
    private func watch() {
        guard !context.isOver else { return }
        let now = loop.nowMicroseconds()
        let free = agents.reduce(0) { $0 + ($1.places?.freeCount ?? 0) }
        if waiting > 0, free > 0 {
            let since = stuckSince ?? now
            stuckSince = since
            if now - since > Self.stuckMicroseconds {
                context.report.violated(
                    "\(waiting) customers wait while \(free) places are free")
                return conclude()
            }
        } else {
            stuckSince = nil
        }
        loop.schedule(afterMilliseconds: 100) { [weak self] in self?.watch() }
    }

    func checkComplete() {
        if finished == plan.count { conclude() }
    }

    private func conclude() {
        fillIn()
        context.report.lost = plan.count - finished
        if context.report.lost > 0 {
            context.report.violated("\(context.report.lost) customers were never served")
        }
        context.end()
    }

    func interrupted() { fillIn() }

    private func fillIn() {
        countOutcomes()
        figures.ordersChecked = orders.values.reduce(0) { $0 + $1.checked }
        figures.utilisation = workload.share
        for (level, histogram) in waits where histogram.totalCount > 0 {
            let milliseconds = { Double(histogram.valueAtPercentile($0)) / 1000 }
            figures.levels[level]?.waitP50Milliseconds = milliseconds(50)
            figures.levels[level]?.waitP90Milliseconds = milliseconds(90)
            figures.levels[level]?.waitMaximumMilliseconds = Double(histogram.max) / 1000
        }
        context.report.service = figures
        context.report.notes.append("seed \(context.options.crowd.seed)")
        guard context.options.scenario == .day else { return }
        context.report.notes.append(
            "arrivals, service and patience run \(LoadReport.short(figures.factor)) times faster "
                + "than the clock; the site's own durations (head starts, graces, limits) do not")
    }
}
