/// The sweep: what is due by the site's clock, and the safety net under the match.
import ChatModel

extension MemorySite {
    /// Groups open and close first, then dead nodes' people (by deadline, then incarnation; people
    /// by their text), then deadlines (by instant, then text), `limit` of both together. What this
    /// brought to wait or made free is matched when all of it is known: freed agents by identifier,
    /// then sessions in true order. Then every available agent, as a safety net. Last, removed
    /// groups nobody needs any more lose their agents.
    mutating func sweep(limit: Int) -> StoreReply {
        moveClock()
        var report = SweepReport()
        var left = limit
        deferred = MemoryDeferred()
        keepHours()
        endLeases(&left, &report)
        while left > 0, let due = nextDeadline, due.instant <= siteNow {
            left -= 1
            expire(due.deadline, due: due.instant, &report)
            // A robot's sessions are many: the next step goes on with them.
            if case .botGrace = due.deadline, deadlines[due.deadline] != nil { left = 0 }
        }
        skipEmptied(servedBefore.filter { !isServed($0) }.union(unskipped))
        servedBefore = []
        deferred?.agents.formUnion(agents.values.filter { $0.cursor != nil }.map(\.id))
        matchDeferred()
        report.lateMatches = agents.keys.sorted().reduce(0) {
            agents[$1]!.cursor == nil ? $0 + match(agent: $1) : $0
        }
        leaveRemovedGroups()
        forgetSignatures()
        moveLeftMessages()
        report.more =
            !unskipped.isEmpty
            || leases.contains { !$0.value.isHeld && !people(of: $0.key).isEmpty }
            || nextDeadline.map { $0.instant <= siteNow } ?? false
        report.nextDeadline = nextDeadline.map { max(0, $0.instant - siteNow) }
        return .swept(report)
    }

    /// The time beyond two seconds since the last sweep was a pause: the site's clock stood.
    private mutating func moveClock() {
        pauses += max(0, now - (lastSweep ?? now) - Self.pauseMilliseconds)
        lastSweep = now
    }

    private mutating func matchDeferred() {
        guard let due = deferred else { return }
        deferred = nil
        for agent in due.agents.sorted() { match(agent: agent) }
        for session in due.sessions.sorted(by: isBefore) { match(session: session) }
    }

    private mutating func endLeases(_ left: inout Int, _ report: inout SweepReport) {
        let due = leases.filter { !$0.value.isHeld || $0.value.deadline <= siteNow }
            .sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
        for (incarnation, lease) in due {
            leases[incarnation]!.isHeld = false
            for person in people(of: incarnation).prefix(left) {
                let graces = lease.graces
                left -= 1
                remove(
                    person, from: incarnation,
                    grace: person.isBot
                        ? graces.botMilliseconds
                        : person.isAgent
                            ? graces.agentMilliseconds : graces.customerMilliseconds)
            }
            guard people(of: incarnation).isEmpty else { return }
            leases[incarnation] = nil
            report.nodesEnded += 1
        }
    }

    private var nextDeadline: (instant: Int64, deadline: MemoryDeadline)? {
        deadlines.map { (instant: $0.value, deadline: $0.key) }
            .min { ($0.instant, $0.deadline.text) < ($1.instant, $1.deadline.text) }
    }

    private mutating func expire(
        _ deadline: MemoryDeadline, due: Int64, _ report: inout SweepReport
    ) {
        deadlines[deadline] = nil
        switch deadline {
        case .offer(let session):
            report.offersExpired += 1
            offerExpired(session)
        case .customerGrace, .agentGrace, .botGrace:
            report.gracesEnded += 1
            graceEnded(deadline)
        case .step(let session):
            report.stepsOpened += 1
            let newest = sessions[session]!.openings[sessions[session]!.opened - 1]
            if goOn(session, newestOpenedAt: due - newest.durationMilliseconds!) {
                match(session: session)
            }
        case .pause(let session):
            endPauses(of: session)
        case .limit(let session):
            limitPassed(session)
        case .transfer(let session): endTransfer(of: session, .transferExpired)
        case .gone(let session):
            if !sessions[session]!.record.customerConnected { end(session, reason: "gone") }
        case .idle(let session): lookForSilence(session)
        case .join(let session, let agent): endInvitation(session, of: agent, .inviteExpired)
        case .ramp(let agent): rampOn(agent)
        case .wrap(let session): endWrap(session)
        }
    }

    /// He who did not answer becomes `away`; the session goes on to the next.
    private mutating func offerExpired(_ id: SessionID) {
        let agent = sessions[id]!.record.agent!
        if agents[agent]!.status == .online {
            setPresence(of: agent) { $0.status = .away }
            agents[agent]!.since = siteNow
            agents[agent]!.reason = ""
            agents[agent]!.setBy = nil
        }
        giveBack([id], change: .offerExpired)
    }

    private mutating func endPauses(of id: SessionID) {
        let now = siteNow
        sessions[id]!.excluded = sessions[id]!.excluded.filter { $0.value > now }
        schedulePause(of: id)
        match(session: id)
    }
}
