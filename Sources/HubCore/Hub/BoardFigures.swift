/// From what the store tells of a site to what its board shows: sums, shares, medians, alarms.
/// Pure.
import ChatModel
import ChatProtocol

struct BoardFigures {
    let rules: SiteRules
    /// What came about in the last hour, in any order.
    let minutes: [BoardSnapshot.Minute]

    /// Alarm of those who gave up looks so far back, and needs so many cases.
    static let rateMinutes: Int64 = 15
    static let rateCases = 5

    /// `isOpen`: whether a group is within its hours.
    func update(_ snapshot: BoardSnapshot, isOpen: (GroupID) -> Bool) -> BoardUpdate {
        var board = BoardUpdate()
        board.groups = snapshot.groups.map { found in
            group(found, snapshot.agents, isOpen: isOpen(found.id))
        }
        board.agents = snapshot.agents
        for agent in snapshot.agents { board.names[agent.id] = rules.agents[agent.id]?.name }
        board.sessions = snapshot.sessions
        board.promise = promise(minutes)
        board.minutes = (snapshot.minute - 59...snapshot.minute).map(minute)
        board.overtaking = snapshot.groups.max {
            $0.overtakenMilliseconds < $1.overtakenMilliseconds
        }.flatMap { worst in
            worst.overtaken.map {
                BoardUpdate.Overtaking(
                    seconds: Int(worst.overtakenMilliseconds / 1000), session: $0,
                    group: worst.id)
            }
        }
        board.alerts = alerts(board, at: snapshot.minute)
        return board
    }

    private func group(
        _ found: BoardSnapshot.Group, _ agents: [AgentRecord], isOpen: Bool
    ) -> BoardUpdate.Group {
        let name = rules.groups.first { $0.id == found.id }?.name ?? found.id.text
        var group = BoardUpdate.Group(id: found.id, name: name, isOpen: isOpen)
        group.levels = found.levels.mapValues {
            BoardUpdate.Waiting(
                count: $0.count, longestSeconds: Int($0.longestMilliseconds / 1000))
        }
        group.agentsOnline = found.agentsOnline
        // Of those who are listed.
        group.freeSlots = agents.reduce(0) { sum, agent in
            let isOnline =
                agent.groups.contains(found.id) && agent.status == .online
                && agent.reachability == .connected
            return isOnline ? sum + max(0, agent.capacity - agent.held) : sum
        }
        group.left = found.left
        group.promise = promise(minutes.filter { $0.group == found.id })
        return group
    }

    /// Of those who were served, and those who gave up later than promised.
    private func promise(_ minutes: [BoardSnapshot.Minute]) -> BoardUpdate.Promise? {
        guard let within = rules.board.withinMilliseconds else { return nil }
        var kept = 0.0
        var due = 0.0
        for minute in minutes {
            kept += Self.count(minute.assigned, minute.waits) { $0 <= within }
            due += Double(minute.assigned)
            due += Self.count(minute.abandoned, minute.abandonedWaits) { $0 > within }
        }
        return BoardUpdate.Promise(
            seconds: Int(within / 1000),
            percent: due > 0 ? Int((100 * kept / due).rounded()) : nil)
    }

    /// How many of so many it is true of; exact while all their waits are there.
    private static func count(
        _ all: Int, _ waits: [Int64], where isCounted: (Int64) -> Bool
    ) -> Double {
        guard !waits.isEmpty else { return 0 }
        return Double(all) * Double(waits.count(where: isCounted)) / Double(waits.count)
    }

    /// Of all groups together.
    private func minute(_ number: Int64) -> BoardUpdate.Minute {
        var sum = BoardUpdate.Minute(at: number * 60_000)
        var waits: [Int64] = []
        for minute in minutes where minute.minute == number {
            sum.started += minute.started
            sum.assigned += minute.assigned
            sum.abandoned += minute.abandoned
            sum.closed += minute.closed
            waits += minute.waits
        }
        if !waits.isEmpty { sum.waitSeconds = Int(waits.sorted()[(waits.count - 1) / 2] / 1000) }
        return sum
    }

    private func alerts(_ board: BoardUpdate, at minute: Int64) -> [BoardUpdate.Alert] {
        var alerts: [BoardUpdate.Alert] = []
        for group in board.groups {
            if let limit = rules.board.waiting, group.waiting >= limit {
                alerts.append(
                    BoardUpdate.Alert(
                        kind: .waiting, group: group.id, value: group.waiting, limit: limit))
            }
            if let limit = rules.board.longestWaitMilliseconds.map({ Int($0 / 1000) }),
                group.longestSeconds >= limit
            {
                alerts.append(
                    BoardUpdate.Alert(
                        kind: .longestWait, group: group.id, value: group.longestSeconds,
                        limit: limit))
            }
        }
        let recent = minutes.filter { $0.minute > minute - Self.rateMinutes }
        let abandoned = recent.reduce(0) { $0 + $1.abandoned }
        let cases = abandoned + recent.reduce(0) { $0 + $1.assigned }
        if let limit = rules.board.abandonedPercent, cases >= Self.rateCases,
            100 * abandoned >= limit * cases
        {
            alerts.append(
                BoardUpdate.Alert(
                    kind: .abandonedRate, group: nil, value: 100 * abandoned / cases,
                    limit: limit))
        }
        return alerts
    }
}
