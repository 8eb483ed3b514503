/// The customers' side of `queue` and `day`: starting, the numbers they are shown, leaving; and the
/// records of who is who.
import ChatModel
import ChatProtocol
import EventLoop

extension ServiceScenario {
    func heard(_ event: ServerEvent, customer: ServiceCustomer) {
        switch event.type {
        case "ok" where event.id == 1: starts(customer)
        case "ok" where event.id == 2: answered(event, customer)
        case "queue.position": shown(event.position, customer)
        case "ok", "session.state": changed(event, customer)
        case "error":
            // His leave came too late: the agent has closed the session already.
            if customer.leaveSent != nil, event.code == .sessionClosed { return }
            context.fail("the hub refuses \(customer.person.name): \(LoadRefusal.text(event))")
        default: break
        }
    }

    private func starts(_ customer: ServiceCustomer) {
        customer.startSent = loop.nowMicroseconds()
        if customer.arrivedMicroseconds == 0 { customer.arrivedMicroseconds = customer.startSent }
        let topic = customer.planned.topic.map { #","topic":"\#($0)""# } ?? ""
        customer.person.request("session.start", #""channel":"load"\#(topic)"#)
        context.report.sent += 1
        figures.levels[customer.planned.level]?.customers += 1
        customer.state = .waiting
        waiting += 1
    }

    private func answered(_ event: ServerEvent, _ customer: ServiceCustomer) {
        guard let session = event.session else { return }
        customer.answered = loop.nowMicroseconds()
        context.report.acknowledged += 1
        context.report.ack.note(microseconds: customer.answered - customer.startSent)
        customer.person.session = session
        let visit = visit(session)
        visit.customer = customer
        customer.visit = visit
        changed(event, customer)
        link(visit)
        if customer.isImpatient { leaves(customer) }
        if customer.index < plan.waiting.count {
            waitingAtFirst += 1
            if waitingAtFirst == plan.waiting.count { agentsBegin() }
        }
    }

    private func changed(_ event: ServerEvent, _ customer: ServiceCustomer) {
        guard event.session == customer.person.session, let state = event.state else { return }
        switch (state, customer.state) {
        case (.active, .waiting):
            waiting -= 1
            customer.state = .served
        case (.queued, .served):
            context.report.violated("a customer was sent back to the queue")
        case (.closed, .waiting):
            waiting -= 1
            isThrough(customer)
        case (.closed, .served): isThrough(customer)
        default: break
        }
    }

    private func isThrough(_ customer: ServiceCustomer) {
        if customer.state == .waiting, customer.visit?.agent == nil, customer.leaveSent == nil {
            context.report.violated("a session was closed that nobody served and nobody left")
        }
        customer.state = .gone
        finished += 1
        context.crowd.dismiss(customer.person)
        checkComplete()
    }

    /// Counted at the end: who leaves in the moment he is assigned hears of his end before his
    /// agent hears of him, and was served all the same.
    func countOutcomes() {
        for customer in customers where customer.state == .gone {
            let level = customer.planned.level
            if customer.visit?.agent != nil {
                figures.levels[level]?.served += 1
            } else {
                figures.abandoned += 1
                figures.levels[level]?.abandoned += 1
            }
        }
    }

    /// A number never rises while he waits. One that came back to the queue shows none.
    private func shown(_ position: Int?, _ customer: ServiceCustomer) {
        guard let position else { return }
        if position > customer.lastPosition {
            context.report.violated(
                "\(customer.person.name) was shown \(position) after \(customer.lastPosition)")
        }
        if position < 1 { context.report.violated("a position below 1 was shown") }
        customer.lastPosition = position
        figures.positionsChecked += 1
    }

    func losesPatience(_ customer: ServiceCustomer) {
        guard !context.isOver, customer.leaveSent == nil, customer.state != .served,
            customer.state != .gone
        else { return }
        // His start is still under way: he leaves when it is answered.
        customer.isImpatient = true
        if customer.visit != nil { leaves(customer) }
    }

    private func leaves(_ customer: ServiceCustomer) {
        guard customer.state == .waiting, customer.leaveSent == nil,
            let session = customer.person.session
        else { return }
        customer.leaveSent = loop.nowMicroseconds()
        customer.person.request("session.leave", #""session":"\#(session)""#)
    }

    /// From the planned arrival, so that a slow start counts as waiting.
    func noteWait(_ customer: ServiceCustomer, until moment: Int64) {
        waits[customer.planned.level, default: LoadReport.emptyHistogram()]
            .note(microseconds: moment - customer.arrivedMicroseconds)
    }
}

final class ServiceCustomer {
    enum State { case coming, waiting, served, gone }

    let planned: PlannedCustomer
    let person: LoadPerson
    let index: Int
    var state = State.coming
    /// The planned arrival; of those who waited first, when the start was sent. Microseconds, as
    /// all moments here; 0: not yet.
    var arrivedMicroseconds: Int64 = 0
    var startSent: Int64 = 0
    var answered: Int64 = 0
    var leaveSent: Int64?
    /// The lowest number he was shown.
    var lastPosition = Int.max
    var isImpatient = false
    var visit: ServiceVisit?

    init(_ planned: PlannedCustomer, _ person: LoadPerson, index: Int) {
        self.planned = planned
        self.person = person
        self.index = index
        person.place = index
    }
}

final class ServiceAgent {
    let person: LoadPerson
    /// Nil until the hub told his capacity.
    var places: AgentPlaces?
    /// The answer to his hello, until he goes online.
    var greeting: ServerEvent?
    /// When `status.set` was sent.
    var onlineSince: Int64 = 0
    /// What came before the capacity was known.
    var early: [ServerEvent] = []
    /// When his last place was freed, more waited than there were free places.
    var wasAwaited = false

    init(_ person: LoadPerson, index: Int) {
        self.person = person
        person.place = index
    }
}

/// One session, as either side told of it first.
final class ServiceVisit {
    let session: SessionID
    var customer: ServiceCustomer?
    var agent: ServiceAgent?
    /// The earliest moment his place can have been free, and when the assignment was seen.
    var placeFree: Int64 = 0
    var assigned: Int64 = 0
    var orderKey: ServiceScenario.OrderKey?
    /// Who was told of its end before he was told to have it.
    var closedUnassigned: ServiceAgent?
    var isLinked = false
    var isClosed = false

    init(_ session: SessionID) { self.session = session }
}

/// How many of the agents' places were taken, over time.
struct Workload {
    /// Places of all agents.
    var capacity = 0
    private var held = 0
    private var last: Int64?
    private var first: Int64?
    /// Places times microseconds.
    private var area = 0.0

    mutating func change(by count: Int, at moment: Int64) {
        if first == nil { first = moment }
        area += Double(held) * Double(max(0, moment - (last ?? moment)))
        last = max(last ?? moment, moment)
        held += count
    }

    /// 0...1, from the first assignment until the last change.
    var share: Double {
        guard let first, let last, capacity > 0, last > first else { return 0 }
        return area / (Double(capacity) * Double(last - first))
    }
}
