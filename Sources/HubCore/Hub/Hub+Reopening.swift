/// A customer opens a conversation again that has ended: the same session with all that was said,
/// placed like a new one. So it waits with an arrival and a ticket of this moment, and passes no
/// door that is closed to others.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    /// How long the agent who had it is tried alone.
    private static let lastAgentMilliseconds: Int64 = 20_000

    func reopenSession(_ reopen: SessionReopen, _ request: Request, _ site: LocalSite) {
        guard !isDraining else {
            return refuse(request, .draining, "this node is stopping; connect again")
        }
        guard site.rules.reopenMilliseconds > 0 else {
            return refuse(request, .notReopenable, "conversations are not opened again here")
        }
        if let wait = sessionsTooMany(request.connection, site) {
            return refuse(
                request.id, .tooManySessions, "too many new sessions from this address",
                to: request.connection, retryAfter: wait)
        }
        submit(.session(reopen.session), at: site, .reopening(reopen, request))
    }

    /// Its topic and channel are as they were; what the rules make of them may be something else.
    func reopeningRead(
        _ reopen: SessionReopen, _ request: Request, _ record: SessionRecord, at site: LocalSite
    ) {
        let connection = request.connection
        guard connection.isReady, let person = connection.person else { return }
        guard record.customer == person.key.id else {
            return refuse(request, .notFound, "no such session")
        }
        connection.starting += 1
        let starting = Starting(
            request: request,
            start: SessionStart(key: reopen.key, topic: record.topic, channel: record.channel))
        starting.reopens = record
        readCustomer(for: starting, at: site)
    }

    /// The agent who had it comes before all others, if he is there and not rated badly.
    func tryLastAgent(of past: SessionRecord, _ rules: SiteRules, _ placing: inout Placing) {
        guard let agent = past.agent, rules.agents[agent] != nil,
            !placing.placement.exclusions.contains(where: { $0.agent == agent }),
            !placing.placement.openings.contains(where: { $0.target == .agent(agent) }),
            placing.placement.openings.count < 20
        else { return }
        placing.placement.openings.insert(
            Placement.Opening(
                target: .agent(agent), durationMilliseconds: Self.lastAgentMilliseconds), at: 0)
        placing.steps.insert(
            Placing.Step(
                step: PlanStep(target: .lastAgent, duration: Self.lastAgentMilliseconds),
                agent: agent), at: 0)
    }

    /// It waits anew. Who was not told of its end yet is told now, and comes in again like others.
    /// To be called before its new state is taken over.
    func openAgain(_ session: LocalSession) {
        endWaiting(session)
        session.wait = nil
        guard session.isEnding else { return }
        session.isEnding = false
        session.beforeEnd = nil
        for member in session.members where member.enrollment == nil {
            sendState(of: session, to: member.connection)
            member.connection.leave(session.id)
        }
        session.members.removeAll { $0.enrollment == nil }
    }
}

extension SessionRecord {
    /// Whether another wait has begun since: only a robot's handover gives a new arrival else.
    func isBefore(reopening next: SessionRecord) -> Bool {
        arrival != next.arrival && state != .bot
    }
}
