// The timers of the whole process: a hierarchical wheel, used by `EventLoop` alone. Pure: time is
// an argument, so that tests can run years in a moment.
//
// Seven levels of 64 slots. A slot of level 0 is 1 ms wide, of level n 64^n ms; a timer lies in
// the level of the highest base-64 digit in which its deadline differs from `elapsed`. When time
// reaches a slot of a higher level its timers move down. Arming and cancelling are O(1); one bit
// per slot finds the next deadline without a walk.

/// Names an armed timer. Cheap to copy; still safe to cancel after the timer fired, even when its
/// place is used by another timer by then.
public struct TimerID: Hashable, Sendable {
    let index: Int32
    let generation: UInt32
}

/// A hierarchical timer wheel. Not thread safe; the loop owns it.
struct TimerWheel {
    typealias Body = () -> Void

    private struct Entry {
        var deadline: Int64 = 0
        var body: Body?
        var generation: UInt32 = 0
        var next: Int32 = none
        var previous: Int32 = none
        /// Level * 64 + slot, or -1 while the entry is free.
        var place: Int16 = -1
    }

    private struct List {
        var head: Int32 = none
        var tail: Int32 = none
    }

    private static let none: Int32 = -1
    private static let levels = 7
    /// The longest delay: 64^7 - 1 ms is 139 years; longer ones are cut to it.
    static let maximumDelay: Int64 = 1 << 41

    private var entries: [Entry] = []
    private var firstFree: Int32 = none
    private var lists = [List](repeating: List(), count: levels * 64)
    /// Bit n of element l: slot n of level l has timers.
    private var occupied = [UInt64](repeating: 0, count: levels)
    /// Everything up to this millisecond has fired.
    private(set) var elapsed: Int64

    /// Timers armed now.
    private(set) var count = 0

    init(now: Int64) {
        elapsed = now
    }

    /// Arms a timer for `deadline`, which must be later than the last `now` given to `popDue`.
    /// Timers of the same millisecond fire in the order in which they were armed. O(1).
    mutating func insert(deadline: Int64, now: Int64, _ body: @escaping Body) -> TimerID {
        if count == 0 { elapsed = max(elapsed, now) }
        precondition(deadline > elapsed, "a timer cannot be armed for the past")
        let index = takeEntry()
        let position = Int(index)
        entries[position].deadline = deadline
        entries[position].body = body
        link(index)
        count += 1
        return TimerID(index: index, generation: entries[position].generation)
    }

    /// Disarms a timer; one that fired or was cancelled before is left alone. O(1).
    mutating func cancel(_ id: TimerID) {
        let position = Int(id.index)
        guard position < entries.count, entries[position].place >= 0,
            entries[position].generation == id.generation
        else { return }
        unlink(id.index)
        _ = release(id.index)
    }

    /// Takes out the next timer that is due at `now`; nil when none is (left). Bodies may arm and
    /// cancel between two calls.
    mutating func popDue(now: Int64) -> Body? {
        while let (level, slot, start) = nextSlot(), start <= now {
            elapsed = start
            let place = level * 64 + slot
            if level == 0 {
                let index = lists[place].head
                unlink(index)
                return release(index)
            }
            moveDown(place)
        }
        elapsed = max(elapsed, now)
        return nil
    }

    /// When the wheel wants to be looked at next: the deadline of a timer, or a little earlier
    /// (at most six times in a timer's life) when far timers have to move down. Nil when empty.
    var nextLook: Int64? { nextSlot()?.start }

    private func nextSlot() -> (level: Int, slot: Int, start: Int64)? {
        for level in 0..<Self.levels where occupied[level] != 0 {
            let slot = occupied[level].trailingZeroBitCount
            let shift = Int64(6 * level)
            let block = (elapsed >> (shift + 6)) << (shift + 6)
            return (level, slot, block | (Int64(slot) << shift))
        }
        return nil
    }

    private mutating func moveDown(_ place: Int) {
        var index = lists[place].head
        lists[place] = List()
        occupied[place >> 6] &= ~(1 << UInt64(place & 63))
        while index != Self.none {
            let next = entries[Int(index)].next
            link(index)
            index = next
        }
    }

    /// Appends the entry to the list that its deadline asks for, seen from `elapsed`.
    private mutating func link(_ index: Int32) {
        let deadline = entries[Int(index)].deadline
        let difference = UInt64(bitPattern: deadline ^ elapsed) | 63
        let level = (63 - difference.leadingZeroBitCount) / 6
        let slot = Int(deadline >> Int64(6 * level)) & 63
        let place = level * 64 + slot
        let tail = lists[place].tail
        entries[Int(index)].place = Int16(place)
        entries[Int(index)].previous = tail
        entries[Int(index)].next = Self.none
        if tail == Self.none {
            lists[place].head = index
            occupied[level] |= 1 << UInt64(slot)
        } else {
            entries[Int(tail)].next = index
        }
        lists[place].tail = index
    }

    private mutating func unlink(_ index: Int32) {
        let entry = entries[Int(index)]
        let place = Int(entry.place)
        if entry.previous == Self.none {
            lists[place].head = entry.next
        } else {
            entries[Int(entry.previous)].next = entry.next
        }
        if entry.next == Self.none {
            lists[place].tail = entry.previous
        } else {
            entries[Int(entry.next)].previous = entry.previous
        }
        if lists[place].head == Self.none { occupied[place >> 6] &= ~(1 << UInt64(place & 63)) }
    }

    private mutating func takeEntry() -> Int32 {
        if firstFree != Self.none {
            let index = firstFree
            firstFree = entries[Int(index)].next
            return index
        }
        entries.append(Entry())
        return Int32(entries.count - 1)
    }

    /// Gives an unlinked entry back; its old ids become stale.
    private mutating func release(_ index: Int32) -> Body? {
        let position = Int(index)
        let body = entries[position].body
        entries[position].body = nil
        entries[position].generation &+= 1
        entries[position].place = -1
        entries[position].next = firstFree
        firstFree = index
        count -= 1
        return body
    }
}
