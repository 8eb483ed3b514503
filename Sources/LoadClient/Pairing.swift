/// Brings agents and customers together, one session each: agents go online first, then customers
/// start, and a pair is whole when both sides have told their session. Used by the scenarios that
/// talk.
import ChatModel
import ChatProtocol
import EventLoop

final class Pairing {
    struct Pair {
        let session: SessionID
        let customer: LoadPerson
        let agent: LoadPerson
    }

    private let context: LoadContext
    private let count: Int
    private let whole: ([Pair]) -> Void
    private var agents: [LoadPerson] = []
    private var agentsReady = 0
    private var halves: [SessionID: (customer: LoadPerson?, agent: LoadPerson?)] = [:]
    private var pairs: [Pair] = []
    private var beganMilliseconds: Int64 = 0
    private(set) var isOver = false

    /// `whole` gets all pairs at once, when the last one is there.
    init(_ context: LoadContext, count: Int, whole: @escaping ([Pair]) -> Void) {
        self.context = context
        self.count = count
        self.whole = whole
    }

    func start() {
        beganMilliseconds = context.loop.nowMilliseconds()
        agents = (0..<count).map {
            LoadPerson(number: LoadContext.agentNumber($0, context.options), isAgent: true)
        }
        for (index, agent) in agents.enumerated() { agent.place = index }
        context.crowd.connect(agents)
        let patience = LoadCrowd.arrivalMilliseconds
        context.loop.schedule(afterMilliseconds: patience) { [weak self] in self?.giveUp() }
    }

    /// Pairs that do not come together will not by waiting longer.
    private func giveUp() {
        guard !isOver else { return }
        context.fail(
            "after a minute \(agentsReady) of \(count) agents are online and \(pairs.count) pairs "
                + "talk; the site needs as many agents (\(Self.siteHint(context.options))), and "
                + "nobody else may be served there meanwhile")
    }

    static func siteHint(_ options: LoadOptions) -> String {
        guard options.processCount > 1 else {
            let agents = options.agentCount
            return "chathub-load site --agents \(agents), without --processes"
        }
        let agents = options.pairs * options.processCount
        return "chathub-load site --agents \(agents) --processes \(options.processCount)"
    }

    func opened(_ person: LoadPerson) { context.greet(person) }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        switch event.type {
        case "ok": answered(event, person)
        case "error":
            context.fail("the hub refuses \(person.name): \(LoadRefusal.text(event))")
        case "session.state" where event.state == .active:
            if let session = event.session { joined(session, person) }
        case "offer":
            context.fail("the site asks agents to accept: it needs `accept: auto`")
        default: break
        }
    }

    /// The first answer is hello's, the next that counts `status.set`'s or `session.start`'s.
    private func answered(_ event: ServerEvent, _ person: LoadPerson) {
        switch (event.id, person.isAgent) {
        case (1, true): person.goOnline(after: event)
        case (1, false):
            if case .text(let secret)? = event.tree["you"]?["secret"] { person.secret = secret }
            let topic = context.options.partTopic.map { #","topic":"\#($0)""# } ?? ""
            person.request("session.start", #""channel":"load"\#(topic)"#)
        case (person.onlineRequest, true):
            agentsReady += 1
            if agentsReady == count {
                context.crowd.connect(
                    (0..<count).map { LoadPerson(number: $0, isAgent: false) })
            }
        case (2, false):
            if let session = event.session, event.state == .active { joined(session, person) }
        default: break
        }
    }

    private func joined(_ session: SessionID, _ person: LoadPerson) {
        guard person.session == nil else { return }
        person.session = session
        var half = halves[session] ?? (nil, nil)
        if person.isAgent { half.agent = person } else { half.customer = person }
        halves[session] = half
        guard let customer = half.customer, let agent = half.agent else { return }
        pairs.append(Pair(session: session, customer: customer, agent: agent))
        guard pairs.count == count else { return }
        isOver = true
        let seconds = Double(context.loop.nowMilliseconds() - beganMilliseconds) / 1000
        context.report.connectRate = Double(count * 2) / max(seconds, 0.001)
        whole(pairs)
    }
}

/// What a refusal means, for people.
enum LoadRefusal {
    static func text(_ event: ServerEvent) -> String {
        guard case .text(let code)? = event.tree["code"] else { return "an unknown code" }
        return switch code {
        case "unknown_site": "\(code); the hub does not serve this site: see --site"
        case "unauthorized":
            "\(code); is --secret-file the key of this hub, and has the site such an agent?"
        case "queue_full": "\(code); the site's max_waiting is too small for this test"
        case "too_many_sessions", "rate_limited":
            "\(code); use a site file made by `chathub-load site`, which lifts the limits"
        default: code
        }
    }
}
