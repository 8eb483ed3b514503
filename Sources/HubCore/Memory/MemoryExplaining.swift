/// Why a session is where it is: what is remembered with it, and what is found when asked.
import ChatModel

extension MemorySite {
    /// Of one report; further targets are left out.
    private static let targetBound = 8

    func explain(_ id: SessionID) -> StoreReply {
        guard let session = sessions[id] else { return .refused(.notFound) }
        let isQueued = session.record.state == .queued
        let ahead = queue(of: session.record.group).count { isBefore($0, id) }
        return .explained(
            SessionExplanation(
                record: record(of: id), routing: session.explanation,
                headStartMilliseconds: session.headStart,
                offerMilliseconds: session.offerMilliseconds,
                openings: session.openings,
                opened: session.opened, events: session.events, match: session.match,
                waiting: isQueued
                    ? WaitingReport(
                        targets: report(on: id, chosen: nil), ahead: ahead,
                        nextStepMilliseconds: deadlines[.step(id)].map { max(0, $0 - siteNow) })
                    : nil))
    }

    /// What people write down of a session decides nothing about its way.
    mutating func remember(_ change: SessionChange, of id: SessionID, _ agent: PersonID?) {
        guard change != .tagged, change != .wrapExtended else { return }
        let events = sessions[id]!.events + [SessionEvent(at: now, change: change, agent: agent)]
        sessions[id]!.events = events.suffix(SessionExplanation.eventBound)
    }

    /// Before anything is changed by it.
    mutating func noteMatch(_ id: SessionID, _ agent: PersonID, _ how: SessionChange) {
        let taker = agents[agent]!
        sessions[id]!.match = MatchRecord(
            at: now, how: how, agent: agent, by: deciding, selection: selection,
            held: taker.held.count, capacity: taker.capacity,
            idleMilliseconds: siteNow - taker.freeSince, targets: report(on: id, chosen: agent))
    }

    private func report(on id: SessionID, chosen: PersonID?) -> [TargetReport] {
        let session = sessions[id]!
        var left = SessionExplanation.examinedBound
        var reports: [TargetReport] = []
        for index in 0..<min(session.opened, Self.targetBound) {
            let target = session.openings[index].target
            let members = members(of: target)
            let examined = members.prefix(left).map { agent in
                TargetReport.Examined(
                    agent: agent.id,
                    standing: standing(of: agent, at: target, to: session, chosen: chosen))
            }
            left -= examined.count
            reports.append(
                TargetReport(
                    index: index,
                    counts: members.reduce(into: [:]) { $0[$1.shown, default: 0] += 1 },
                    examined: examined))
        }
        return reports
    }

    /// Free ones first, then by identifier.
    func members(of target: Placement.Target) -> [MemoryAgent] {
        agents.values.filter { agent in
            target.group.map(agent.groups.contains) ?? (target == .agent(agent.id))
        }.sorted {
            let (left, right) = (Self.rank($0.shown), Self.rank($1.shown))
            return left == right ? $0.id < $1.id : left < right
        }
    }

    private static func rank(_ standing: Standing) -> Int {
        Standing.allCases.firstIndex(of: standing) ?? 0
    }

    private func standing(
        of agent: MemoryAgent, at target: Placement.Target, to session: MemorySession,
        chosen: PersonID?
    ) -> Standing {
        if agent.id == chosen { return .chosen }
        guard agent.shown == .free else { return agent.shown }
        if !meets(agent, target) { return .requirement }
        let until = session.excluded[agent.id] ?? .min
        if until == Self.forever { return .rated }
        return until > siteNow ? .declined : .free
    }
}

extension MemoryAgent {
    /// What he shows, whatever looks for him.
    var shown: Standing {
        if status == .offline || reachability == .gone { return .offline }
        if reachability == .grace { return .droppedOff }
        switch status {
        case .away: return .away
        case .busy: return .busy
        case .online, .offline: return held.count < limit ? .free : .full
        }
    }
}
