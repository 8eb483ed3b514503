/// What can be told for certain from outside about order and capacity. Pure; kept by
/// `ServiceScenario`, which turns what they find into violations.
import ChatModel

/// First come first served inside a class, judged only by what must have happened before what.
///
/// A came before B for certain when A's start was answered before B's was sent. B was assigned
/// before A for certain when B's assignment was seen before the place that A then got was made
/// free. Both together are a violation, whatever the lines' delays. O(log n) an assignment.
struct OrderCheck {
    /// Assignments in the order they were seen; `latestStart` never falls along the list.
    private var seen: [(atMicroseconds: Int64, latestStart: Int64)] = []
    /// Assignments that had others before them to be compared with.
    private(set) var checked = 0

    /// False when somebody who came later was assigned earlier. Times in microseconds of one clock.
    /// - Parameters:
    ///   - started: when his start was sent
    ///   - answered: when it was answered
    ///   - placeFree: the earliest moment his place can have been free
    ///   - assigned: when his assignment was seen; told late it counts as seen later, which only
    ///     makes the judgement milder
    mutating func note(
        started: Int64, answered: Int64, placeFree: Int64, assigned: Int64
    ) -> Bool {
        var low = 0
        var high = seen.count
        while low < high {
            let middle = (low + high) / 2
            if seen[middle].atMicroseconds < placeFree { low = middle + 1 } else { high = middle }
        }
        let isGood = low == 0 || seen[low - 1].latestStart <= answered
        if low > 0 { checked += 1 }
        let latest = max(seen.last?.latestStart ?? .min, started)
        seen.append((max(assigned, seen.last?.atMicroseconds ?? .min), latest))
        return isGood
    }
}

/// One agent's places as seen from outside. A place is free again from the moment the close of its
/// session was sent: the hub cannot have freed it earlier.
struct AgentPlaces {
    let capacity: Int
    private(set) var held: Set<SessionID> = []
    /// Since when the free places are free, rising.
    private var free: [Int64]

    init(capacity: Int, onlineSince: Int64) {
        self.capacity = capacity
        free = Array(repeating: onlineSince, count: max(0, capacity))
    }

    var freeCount: Int { free.count }
    /// When the place that was freed last was freed.
    var lastFreed: Int64? { free.last }

    enum Taking: Equatable {
        /// The earliest moment the place can have been free.
        case taken(since: Int64)
        case twice, overCapacity
    }

    mutating func take(_ session: SessionID) -> Taking {
        guard held.insert(session).inserted else { return .twice }
        // The oldest bounds the time from below whichever place it was; the newest goes, so that
        // the bound stays one.
        guard let oldest = free.first else { return .overCapacity }
        free.removeLast()
        return .taken(since: oldest)
    }

    /// `at`: when what ended the session was sent.
    mutating func release(_ session: SessionID, at: Int64) {
        guard held.remove(session) != nil, free.count + held.count < capacity else { return }
        free.append(at)
        free.sort()
    }
}
