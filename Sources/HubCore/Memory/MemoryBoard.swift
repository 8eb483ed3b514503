/// What a supervisor sees: the queues, the last minutes, and who is where.
import ChatModel

/// A minute lies where the one an hour before lay.
struct MemoryMinute: Hashable {
    let group: GroupID
    let place: Int64
}

extension MemorySite {
    /// Minutes since 1970, by Redis's time.
    var minute: Int64 { now / 60_000 }

    mutating func countMinute(_ id: SessionID, _ change: SessionChange) {
        let session = sessions[id]!
        let key = MemoryMinute(group: session.record.group, place: minute % 60)
        var kept = minutes[key] ?? BoardSnapshot.Minute(group: key.group, minute: minute)
        if kept.minute != minute { kept = BoardSnapshot.Minute(group: key.group, minute: minute) }
        let waited = max(0, siteNow - session.record.arrivedAt)
        switch change {
        case .started, .reopened: kept.started += 1
        case .closed:
            kept.closed += 1
            if session.gaveUp {
                kept.abandonedWaits.sample(waited, number: kept.abandoned)
                kept.abandoned += 1
            }
        // The first who talks with him ends his wait; a left message has not waited.
        case _ where change.beginsServing && change != .messageTaken && session.servedBy == nil:
            kept.waits.sample(waited, number: kept.assigned)
            kept.assigned += 1
        default: return
        }
        minutes[key] = kept
    }

    func board(_ query: BoardQuery) -> BoardSnapshot {
        var board = BoardSnapshot(minute: minute)
        for group in query.groups {
            board.groups.append(boardGroup(group))
            for number in (minute - Int64(query.minutes) + 1)...minute {
                let kept = minutes[MemoryMinute(group: group, place: number % 60)]
                if let kept, kept.minute == number { board.minutes.append(kept) }
            }
        }
        board.agents = firstAgents(of: query.groups).sorted().map { shown(agents[$0]!) }
        for session in sessions.values where session.record.state.isOpen {
            board.sessions[session.record.state, default: 0] += 1
        }
        return board
    }

    /// As many as are shown, those who are there first.
    private func firstAgents(of groups: [GroupID]) -> [PersonID] {
        var found: [PersonID] = []
        for isThere in [true, false] {
            for group in groups {
                for agent in members(of: .group(group, nil))
                where (agent.shown != .offline) == isThere && !found.contains(agent.id) {
                    if found.count < BoardQuery.agentBound { found.append(agent.id) }
                }
            }
        }
        return found
    }

    private func boardGroup(_ id: GroupID) -> BoardSnapshot.Group {
        var group = BoardSnapshot.Group(id: id)
        let waiting = queue(of: id)
        for session in waiting {
            let record = record(of: session)
            var level = group.levels[record.level] ?? BoardSnapshot.Waiting(
                count: 0, longestMilliseconds: 0)
            level.count += 1
            level.longestMilliseconds = max(level.longestMilliseconds, record.waited)
            group.levels[record.level] = level
        }
        group.agentsOnline = members(of: .group(id, nil)).count {
            $0.status == .online && $0.reachability == .connected
        }
        group.left = leftSummary(of: id).count
        // Both stores look at the first ones of each level alone.
        var looked: [MemoryBucket: Int] = [:]
        var latest: Int64 = 0
        for session in waiting {
            looked[bucket(of: session, in: id), default: 0] += 1
            guard looked[bucket(of: session, in: id)]! <= 50 else { continue }
            let arrived = sessions[session]!.record.arrivedAt
            if latest - arrived > group.overtakenMilliseconds {
                group.overtakenMilliseconds = latest - arrived
                group.overtaken = session
            }
            latest = max(latest, arrived)
        }
        return group
    }

    func listSessions(_ query: SessionQuery) -> SessionPage {
        let sources =
            query.agent.map { [heldSessions(of: $0)] }
            ?? query.states.map { state in
                sessions.keys.filter {
                    sessions[$0]!.record.state.isOpen && sessions[$0]!.record.state == state
                }.sorted {
                    sessions[$0]!.record.arrival < sessions[$1]!.record.arrival
                }
            }
        var after = query.after ?? SessionQuery.Place(place: 1, arrival: 0)
        let rest = sources.enumerated().flatMap { index, list in
            list.map {
                (
                    id: $0,
                    at: SessionQuery.Place(place: index + 1, arrival: sessions[$0]!.record.arrival)
                )
            }
        }.filter { ($0.at.place, $0.at.arrival) > (after.place, after.arrival) }
        var page = SessionPage()
        for (looked, one) in rest.enumerated() {
            if looked == SessionQuery.lookBound || page.sessions.count == query.limit {
                page.next = after
                break
            }
            after = one.at
            let record = record(of: one.id)
            guard query.states.contains(record.state),
                query.group == nil || query.group == record.group
            else { continue }
            page.sessions.append(
                ListedSession(
                    id: record.id, state: record.state, customer: record.customer,
                    level: record.level, group: record.group, topic: record.topic,
                    agent: record.agent, waited: record.waited,
                    customerConnected: record.customerConnected))
        }
        return page
    }
}

extension [Int64] {
    /// Keeps the newest ones: the place of the wait with this number.
    fileprivate mutating func sample(_ wait: Int64, number: Int) {
        let place = number % BoardSnapshot.Minute.sampleBound
        if place < count { self[place] = wait } else { append(wait) }
    }
}
