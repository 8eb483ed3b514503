/// Which of a broadcast's events each subscriber has seen. Pure; kept by `BroadcastScenario`.
///
/// First only starts, then only leaves: so the number of those who wait tells which events an
/// update covers, also when the hub tells of several at once. That holds as long as nobody leaves
/// before everybody has seen all who came: an update over the turn would tell of fewer than there
/// were.
struct BroadcastBook {
    /// Half of the events are starts, the other half leaves.
    let half: Int
    /// Events that were played.
    private(set) var played = 0
    /// For each subscriber the first event he has not seen.
    private var next: [Int]
    /// Events seen, over all subscribers.
    private(set) var seen = 0
    private var atTurn = 0

    init(half: Int, subscribers: Int) {
        self.half = half
        next = Array(repeating: 0, count: subscribers)
    }

    var isPlayed: Bool { played == half * 2 }
    var isComplete: Bool { isPlayed && missing == 0 }
    /// Events played that some subscriber has not seen, over all subscribers.
    var missing: Int { played * next.count - seen }
    /// All came, and not everybody has seen it.
    var waitsForTurn: Bool { played == half && atTurn < next.count }

    /// The next event happens. Returns its number.
    mutating func play() -> Int {
        precondition(!isPlayed && !waitsForTurn, "he who leaves now hides one who came")
        defer { played += 1 }
        return played
    }

    /// A subscriber was told how many wait. Returns the events he sees by it.
    mutating func told(_ total: Int, subscriber: Int) -> Range<Int> {
        let first = next[subscriber]
        var end = first
        while end < played, covers(total, end) { end += 1 }
        if first < half, end >= half { atTurn += 1 }
        next[subscriber] = end
        seen += end - first
        return first..<end
    }

    /// Whether so many who wait show that the event has happened.
    private func covers(_ total: Int, _ event: Int) -> Bool {
        event < half ? total >= event + 1 : total <= half * 2 - event - 1
    }
}
