/// How people flow through the home queues: moving means, all in whole numbers so that the scripts
/// come to the same ones (`lib_flow.lua`).
import ChatModel

struct MemoryFlow {
    /// By the site's clock; 0 before the first.
    var lastAssignedAt: Int64 = 0
    /// As in `QueueFlow`.
    var work: Int64 = 0
    var waited: Int64 = 0
    var left: Int64 = 0
    /// By level: the mean interval between two starts, and when the last one was; 0 for neither.
    var arrivals = [(mean: Int64, last: Int64)](repeating: (0, 0), count: 11)

    mutating func noteGone(waited milliseconds: Int64, left millionths: Int64) {
        guard waited != 0 else {
            (waited, left) = (milliseconds, millionths)
            return
        }
        waited = (31 * waited + milliseconds) / 32
        left = (31 * left + millionths) / 32
    }
}

extension MemorySite {
    mutating func noteArrival(_ id: SessionID) {
        let (home, level) = (sessions[id]!.record.group, sessions[id]!.record.level.value)
        var arrival = homes[home, default: MemoryHome()].flow.arrivals[level]
        if arrival.last > 0 {
            let interval = interval(since: arrival.last)
            arrival.mean = arrival.mean == 0 ? interval : (7 * arrival.mean + interval) / 8
        }
        arrival.last = siteNow
        homes[home, default: MemoryHome()].flow.arrivals[level] = arrival
    }

    /// Before it leaves its queues. Sessions that came back are not counted.
    mutating func noteAssigned(_ id: SessionID) {
        let record = sessions[id]!.record
        guard record.hasTicket else { return }
        var flow = homes[record.group, default: MemoryHome()].flow
        let last = flow.lastAssignedAt
        // Only time in which somebody waited says how long an assignment takes.
        let isBusy = queue(of: record.group).contains {
            sessions[$0]!.record.arrivedAt <= last
        }
        if last > 0, isBusy || record.arrivedAt <= last {
            let work = interval(since: last) * Int64(max(1, presentAgents(of: record.group)))
            flow.work = flow.work == 0 ? work : (15 * flow.work + work) / 16
        }
        flow.lastAssignedAt = siteNow
        flow.noteGone(waited: max(0, siteNow - record.arrivedAt), left: 0)
        homes[record.group]!.flow = flow
    }

    /// Before its ticket dies. One that was assigned has none any more.
    mutating func noteLeft(_ id: SessionID) {
        let record = sessions[id]!.record
        guard record.hasTicket else { return }
        homes[record.group, default: MemoryHome()].flow
            .noteGone(waited: max(0, siteNow - record.arrivedAt), left: 1_000_000)
    }

    private func interval(since last: Int64) -> Int64 {
        min(max(0, siteNow - last), QueueFlow.longestMilliseconds)
    }

    func flow(of group: GroupID, helpers: [GroupID]) -> QueueFlow {
        let flow = homes[group]?.flow ?? MemoryFlow()
        return QueueFlow(
            agents: presentAgents(of: group),
            helpers: Set(helpers).subtracting([group]).reduce(0) { $0 + presentAgents(of: $1) },
            workMilliseconds: flow.work, waitedMilliseconds: flow.waited,
            leftMillionths: flow.left,
            arrivalMilliseconds: flow.arrivals.map { mean, last in
                mean == 0 ? 0 : max(mean, siteNow - last)
            })
    }

    func bucket(of id: SessionID, in group: GroupID) -> MemoryBucket {
        MemoryBucket(
            level: sessions[id]!.record.level, headStart: sessions[id]!.headStart,
            asksNothing: queues[.group(group, nil)]?.contains(id) ?? false)
    }

    func outlook(of group: GroupID, helpers: [GroupID]) -> QueueOutlook {
        let waiting = queue(of: group)
        let orders = waiting.map { sessions[$0]!.score }
        let buckets = Dictionary(grouping: waiting) { bucket(of: $0, in: group) }
        let count = QueueOutlook.sampleCount(of: buckets.count)
        var sampled: Set<Int64> = []
        for bucket in buckets.values {
            let points = min(count, bucket.count)
            for point in 0..<points {
                let place = points == 1 ? 0 : point * (bucket.count - 1) / (points - 1)
                sampled.insert(sessions[bucket[place]]!.score)
            }
        }
        return QueueOutlook(
            group: group, flow: flow(of: group, helpers: helpers), waiting: waiting.count,
            samples: sampled.sorted().map { order in
                QueueOutlook.Sample(order: order, ahead: orders.count { $0 < order })
            })
    }
}

/// Whom one zset of the scripts holds.
struct MemoryBucket: Hashable {
    let level: Level
    let headStart: Int64
    /// Those who wait for the group with a requirement only lie apart.
    let asksNothing: Bool
}
