/// A queue class as this node counts it: departures by version, and who of it waits here.
import ChatModel
import ChatProtocol

final class LocalClass {
    let key: QueueClass
    /// The last departure heard of; nil before the first.
    var version: Int?
    /// The latest departures, versions without a hole up to `version`.
    var log: [(version: Int, tickets: [Int])] = []
    static let logBound = 64
    private(set) var waiting: [LocalSession] = []
    var isReading = false

    init(_ key: QueueClass) { self.key = key }

    /// Each session knows its own place here, so that coming and going cost O(1).
    func add(_ session: LocalSession) {
        guard session.placeInClass == nil else { return }
        session.placeInClass = (key, waiting.count)
        waiting.append(session)
    }

    func remove(_ session: LocalSession) {
        guard let place = session.placeInClass, place.queueClass == key else { return }
        session.placeInClass = nil
        let last = waiting.removeLast()
        guard last !== session else { return }
        waiting[place.index] = last
        last.placeInClass = place
    }

    /// Notes a departure. False when versions are missing before it: nothing can be counted on.
    func note(version new: Int, _ tickets: [Int]) -> Bool {
        let isNext = version.map { new == $0 + 1 } ?? true
        version = new
        if !isNext { log = [] }
        log.append((new, tickets))
        if log.count > Self.logBound { log.removeFirst() }
        return isNext
    }
}

/// A customer's place, as far as this node has counted.
struct Waiting {
    /// His arrival number; while it is a live ticket others count it.
    let ticket: Int
    /// Whose queue the numbers and times below are of.
    let group: GroupID
    /// 1 + live tickets below his own, at version `counted`. Nil until it is read.
    var position: Int?
    var counted = 0
    /// The lowest number he was shown: none above it is shown again.
    var shown: Int?
    /// Monotonic.
    var shownAt: Int64 = 0
    /// He was given a number before a range was known.
    var needsRange = false
    /// What he was shown of the time.
    var forecast = ShownWait()
    /// As the start told, and when; it shrinks with the position until the queue is read anew.
    var outlook: Outlook?
    var toldAt: Int64 = 0
    /// The position the outlook was told at.
    var startPosition: Int?

    /// Counts the tickets that left. Departures he has counted already are passed over; when some
    /// before these were not told, his place is unknown until it is read again.
    mutating func count(version: Int, _ tickets: [Int]) {
        guard let position, version > counted else { return }
        guard version == counted + 1 else {
            self.position = nil
            return
        }
        counted = version
        self.position = max(1, position - Self.below(ticket, tickets))
    }
}

extension ClassTickets {
    /// How many live tickets are smaller. O(log n).
    func below(_ ticket: Int) -> Int { Waiting.below(ticket, tickets) }
}

extension Waiting {
    /// How many of ascending tickets are smaller than one. O(log n).
    static func below(_ ticket: Int, _ tickets: [Int]) -> Int {
        var low = 0
        var high = tickets.count
        while low < high {
            let middle = (low + high) / 2
            if tickets[middle] < ticket { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
