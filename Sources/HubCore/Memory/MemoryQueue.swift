/// Queues, classes and the match: who waits where, and who gets whom.
import ChatModel

extension MemorySite {
    /// True order: arrival minus head start, then arrival number.
    func isBefore(_ left: SessionID, _ right: SessionID) -> Bool {
        let (left, right) = (sessions[left]!, sessions[right]!)
        return (left.score, left.record.arrival) < (right.score, right.record.arrival)
    }

    /// Joins the queues of its opened targets, if it may be matched.
    mutating func enterQueues(_ id: SessionID) {
        guard sessions[id]!.isMatchable else { return }
        for group in sessions[id]!.openGroups { queues[group, default: []].insert(id) }
    }

    mutating func leaveQueues(_ id: SessionID) {
        for group in queues.keys { queues[group]!.remove(id) }
    }

    /// The ticket dies: nobody counts this session any more.
    mutating func leaveClass(_ id: SessionID) {
        guard sessions[id]!.record.hasTicket else { return }
        sessions[id]!.record.hasTicket = false
        let (queueClass, ticket) = (sessions[id]!.home, sessions[id]!.record.arrival)
        classes[queueClass]!.tickets.remove(ticket)
        departures[queueClass, default: []].append(ticket)
    }

    mutating func tellDepartures() {
        let order = departures.keys.sorted { ($0.group, $0.level) < ($1.group, $1.level) }
        for queueClass in order {
            classes[queueClass]!.version += 1
            tell(
                .departed(
                    queueClass, version: classes[queueClass]!.version,
                    tickets: departures[queueClass]!.sorted()))
        }
        departures = [:]
    }

    /// Looks for an agent: target by target in the order of opening, the best one in each.
    @discardableResult
    mutating func match(session id: SessionID) -> Bool {
        guard deferred == nil else {
            deferred!.sessions.insert(id)
            return false
        }
        guard sessions[id]!.isMatchable else { return false }
        for opening in sessions[id]!.openings.prefix(sessions[id]!.opened) {
            guard let group = opening.target.group else { continue }
            let candidates = availableAgents(of: group).prefix(Self.matchBound)
            if let agent = candidates.first(where: { !isExcluded($0.id, from: id) }) {
                assign(id, to: agent.id)
                return true
            }
        }
        return false
    }

    /// Fills an agent's free slots from the queues of his groups, in true order.
    @discardableResult
    mutating func match(agent id: PersonID) -> Int {
        guard deferred == nil else {
            deferred!.agents.insert(id)
            return 0
        }
        var count = 0
        while let agent = agents[id], agent.isAvailable {
            let heads = agent.groups.compactMap { group in
                queue(of: group).prefix(Self.matchBound).first { !isExcluded(id, from: $0) }
            }
            guard let first = heads.min(by: isBefore) else { break }
            assign(first, to: id)
            count += 1
        }
        return count
    }

    /// Every available agent, by identifier. Returns how many sessions were given out.
    mutating func matchEverybody() -> Int {
        agents.keys.sorted().reduce(0) { $0 + match(agent: $1) }
    }

    private func isExcluded(_ agent: PersonID, from id: SessionID) -> Bool {
        (sessions[id]!.excluded[agent] ?? .min) > siteNow
    }

    /// `change`: a person decided, and nobody is asked.
    mutating func assign(_ id: SessionID, to agent: PersonID, _ change: SessionChange? = nil) {
        let isAsked = change == nil && sessions[id]!.offerMilliseconds != nil
        noteMatch(id, agent, change ?? (isAsked ? .offered : .assigned))
        noteAssigned(id)
        leaveQueues(id)
        leaveClass(id)
        agents[agent]!.held.insert(id)
        lastAssignment += 1
        agents[agent]!.lastAssignment = lastAssignment
        sessions[id]!.record.agent = agent
        if change == nil, let milliseconds = sessions[id]!.offerMilliseconds {
            sessions[id]!.record.state = .offered
            deadlines[.offer(id)] = siteNow + milliseconds
            changed(id, .offered)
        } else {
            sessions[id]!.record.state = .active
            sessions[id]!.record.botHelps = false
            sessions[id]!.record.isChoiceDue = false
            changed(id, change ?? .assigned)
        }
    }

    /// A group's queue in true order.
    func queue(of group: GroupID) -> [SessionID] {
        queues[group, default: []].sorted(by: isBefore)
    }

    func queueSnapshot(_ group: GroupID) -> QueueSnapshot {
        let waiting = queue(of: group).map { sessions[$0]!.record }
        let waits = waiting.map { siteNow - $0.arrivedAt }
        return QueueSnapshot(
            group: group,
            levels: Dictionary(grouping: waiting, by: \.level).mapValues(\.count),
            longestWaitMilliseconds: waits.max() ?? 0,
            head: zip(waiting, waits).prefix(50).map { record, waited in
                QueueSnapshot.Entry(
                    session: record.id, level: record.level, topic: record.topic, waited: waited)
            },
            agentsOnline: presentAgents(of: group), left: leftSummary(of: group))
    }

    func tickets(of queueClass: QueueClass) -> ClassTickets {
        let known = classes[queueClass] ?? MemoryClass()
        return ClassTickets(
            queueClass: queueClass, version: known.version,
            tickets: Array(known.tickets.sorted().prefix(10_000)))
    }
}
