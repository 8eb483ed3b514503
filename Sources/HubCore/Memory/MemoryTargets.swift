/// Targets: who serves which, when the next one of a plan opens, and which signatures are live.
import ChatModel

extension MemorySite {
    /// Exclusions for good end at this instant.
    static let forever: Int64 = 9_000_000_000_000_000
    /// How long a signature nobody names is still known, in milliseconds.
    static let signatureIdleMilliseconds: Int64 = 60_000

    /// A group that is out of hours is served by nobody.
    func serves(_ agent: MemoryAgent, _ target: Placement.Target) -> Bool {
        target.group.map(shut.contains) != true && meets(agent, target)
    }

    /// Whether he is one of those it asks for, whatever the hour.
    func meets(_ agent: MemoryAgent, _ target: Placement.Target) -> Bool {
        switch target {
        case .agent(let id): agent.id == id
        case .group(let group, let requirement):
            agent.groups.contains(group) && requirement?.isMet(by: agent.qualities) ?? true
        }
    }

    /// Whether somebody of the target is online and connected.
    func isServed(_ target: Placement.Target) -> Bool {
        agents.values.contains { $0.isPresent && serves($0, target) }
    }

    /// Targets of open sessions with somebody there.
    var servedTargets: Set<Placement.Target> {
        Set(open.flatMap { sessions[$0]!.openings.map(\.target) }).filter(isServed)
    }

    // MARK: Steps

    /// Opens the steps whose time has come and sets the deadline of the next. Each one's time runs
    /// from its own opening. A step that is skipped takes no time while nobody of its target is
    /// there.
    mutating func openSteps(of id: SessionID, newestOpenedAt instant: Int64) {
        let session = sessions[id]!
        guard session.opened < session.openings.count else {
            deadlines[.step(id)] = nil
            return
        }
        let newest = session.openings[session.opened - 1]
        var due = instant + newest.durationMilliseconds!
        if due > siteNow {
            guard newest.skipsWhenOffline, !isServed(newest.target) else {
                deadlines[.step(id)] = due
                return
            }
            due = siteNow
        }
        sessions[id]!.opened += 1
        openSteps(of: id, newestOpenedAt: due)
    }

    /// The next steps of a session, its newest one having opened at an instant. Of one that is with
    /// an agent this counts only if it comes back. Returns whether it waits.
    mutating func goOn(_ id: SessionID, newestOpenedAt instant: Int64) -> Bool {
        openSteps(of: id, newestOpenedAt: instant)
        guard sessions[id]!.record.state == .queued else { return false }
        changed(id, .stepOpened)
        enterQueues(id)
        return true
    }

    /// Sessions whose newest step asks for people who all left go on to the next one, by arrival:
    /// at most `matchBound` for each target at once; the sweep sees to the rest. All go on before
    /// the first is matched.
    mutating func skipEmptied(_ emptied: Set<Placement.Target>) {
        unskipped = unskipped.filter { !emptied.contains($0) }
        let left = emptied.filter { !isServed($0) }
        let moving = left.flatMap { waitingFor($0).prefix(Self.matchBound) }
        let byArrival = moving.sorted {
            sessions[$0]!.record.arrival < sessions[$1]!.record.arrival
        }
        let waiting = byArrival.filter { goOn($0, newestOpenedAt: siteNow) }
        for target in left where !waitingFor(target).isEmpty { unskipped.insert(target) }
        for id in waiting.sorted(by: isBefore) { match(session: id) }
    }

    /// Open sessions whose newest step has this target and gives way to a next one; by arrival.
    private func waitingFor(_ target: Placement.Target) -> [SessionID] {
        open.filter {
            let session = sessions[$0]!
            let newest = session.openings[session.opened - 1]
            return session.record.state != .bot && newest.target == target
                && newest.skipsWhenOffline
                && session.opened < session.openings.count
        }.sorted { sessions[$0]!.record.arrival < sessions[$1]!.record.arrival }
    }

    // MARK: Signatures

    mutating func useTargets(of id: SessionID) {
        for target in signatures(of: id) { signatures[target] = .some(nil) }
    }

    mutating func leaveTargets(of id: SessionID) {
        let used = Set(open.flatMap(signatures(of:)))
        for target in signatures(of: id) where !used.contains(target) {
            signatures[target] = siteNow
        }
    }

    /// This group alone is to take it from now on, and is its home; level and arrival stay.
    mutating func retarget(_ id: SessionID, to group: GroupID) {
        let before = signatures(of: id)
        sessions[id]!.record.group = group
        sessions[id]!.openings = [
            Placement.Opening(
                target: .group(group, nil), durationMilliseconds: nil, skipsWhenOffline: false)
        ]
        sessions[id]!.opened = 1
        // It tells of the steps it had.
        sessions[id]!.match = nil
        deadlines[.step(id)] = nil
        let used = Set(open.flatMap(signatures(of:)))
        for target in before where !used.contains(target) { signatures[target] = siteNow }
    }

    mutating func forgetSignatures() {
        signatures = signatures.filter { _, idleSince in
            idleSince.map { $0 > siteNow - Self.signatureIdleMilliseconds } ?? true
        }
    }

    private func signatures(of id: SessionID) -> [Placement.Target] {
        sessions[id]!.openings.map(\.target).filter {
            if case .group(_, .some) = $0 { true } else { false }
        }
    }
}
