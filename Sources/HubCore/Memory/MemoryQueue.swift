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
        for target in sessions[id]!.openTargets { queues[target, default: []].insert(id) }
    }

    mutating func leaveQueues(_ id: SessionID) {
        for target in queues.keys { queues[target]!.remove(id) }
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
            let candidates = availableAgents(of: opening.target)
            if let agent = candidates.first(where: { isFree($0, for: id) }) {
                assign(id, to: agent.id)
                return true
            }
        }
        return false
    }

    /// Fills an agent's free slots from the queues of his targets, in true order. After
    /// `matchBound` sessions that pass him over the search is left for the next step.
    @discardableResult
    mutating func match(agent id: PersonID) -> Int {
        guard deferred == nil else {
            deferred!.agents.insert(id)
            return 0
        }
        var count = 0
        while let agent = agents[id], agent.isAvailable {
            let waiting = queues.filter { serves(agent, $0.key) }.reduce(into: Set()) {
                $0.formUnion($1.value)
            }
            let rest = waiting.filter { isBehind($0, agent.cursor) }.sorted(by: isBefore)
            let first = rest.firstIndex { !isExcluded(id, from: $0) } ?? rest.count
            if first >= Self.matchBound, rest.count > Self.matchBound {
                agents[id]!.cursor = rest[Self.matchBound - 1]
                tell(.looking(agent: id))
                break
            }
            guard first < rest.count else {
                agents[id]!.cursor = nil
                break
            }
            assign(rest[first], to: id)
            count += 1
        }
        return count
    }

    /// Whether the session comes after the one up to which a search has come.
    private func isBehind(_ id: SessionID, _ cursor: SessionID?) -> Bool {
        cursor.map { isBefore($0, id) } ?? true
    }

    /// While an agent is being searched for, the sessions he has not come to wait for him.
    private func isFree(_ agent: MemoryAgent, for id: SessionID) -> Bool {
        if isExcluded(agent.id, from: id) { return false }
        return agent.cursor == nil || !isBehind(id, agent.cursor)
    }

    /// Every available agent, by identifier. Returns how many sessions were given out.
    mutating func matchEverybody() -> Int {
        agents.keys.sorted().reduce(0) { $0 + match(agent: $1) }
    }

    /// A search that has come to a session ends with his being available.
    mutating func endSearches() {
        for id in agents.keys where !agents[id]!.isAvailable { agents[id]!.cursor = nil }
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
        endSearches()
        lastAssignment += 1
        agents[agent]!.lastAssignment = lastAssignment
        sessions[id]!.record.agent = agent
        drop(agent, from: id)
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

    /// A group's queue in true order, with a requirement or without.
    func queue(of group: GroupID) -> [SessionID] {
        queues.filter { $0.key.group == group }.reduce(into: Set()) { $0.formUnion($1.value) }
            .sorted(by: isBefore)
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
