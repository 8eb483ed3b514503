/// A time zone as data: when its offset from UTC changes, and to what. HubConfig looks it up by its
/// name; here it is only read, so that rules give the same answer on every machine and in every
/// test.
public struct ZoneRules: Hashable, Sendable {
    public struct Change: Hashable, Sendable {
        /// Seconds since 1970 from which the offset holds.
        public let atSeconds: Int64
        /// Seconds east of UTC.
        public let offsetSeconds: Int

        public init(atSeconds: Int64, offsetSeconds: Int) {
            self.atSeconds = atSeconds
            self.offsetSeconds = offsetSeconds
        }
    }

    /// As in the IANA data base: `Asia/Shanghai`.
    public let name: String
    /// Before the first change.
    public let firstOffsetSeconds: Int
    /// By rising time.
    public let changes: [Change]

    public init(name: String, firstOffsetSeconds: Int, changes: [Change] = []) {
        precondition(
            zip(changes, changes.dropFirst()).allSatisfy { $0.atSeconds < $1.atSeconds },
            "changes of a zone come by rising time")
        self.name = name
        self.firstOffsetSeconds = firstOffsetSeconds
        self.changes = changes
    }

    public static let utc = ZoneRules(name: "UTC", firstOffsetSeconds: 0)

    /// Seconds east of UTC at a time. O(log changes).
    public func offsetSeconds(atSeconds seconds: Int64) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].atSeconds <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffsetSeconds : changes[low - 1].offsetSeconds
    }

    /// What a clock on the wall shows. `milliseconds` since 1970.
    public func localTime(at milliseconds: Int64) -> LocalTime {
        let seconds = Self.floorDivide(milliseconds, 1000)
        let local = seconds + Int64(offsetSeconds(atSeconds: seconds))
        let day = Self.floorDivide(local, 86_400)
        return LocalTime(day: CivilDay(number: Int(day)), secondOfDay: Int(local - day * 86_400))
    }

    /// When the clock on the wall shows this, in milliseconds since 1970: the first time where it
    /// shows it twice, and where the hour is skipped the moment of the jump.
    public func milliseconds(at clock: LocalTime) -> Int64 {
        let local = Int64(clock.day.number) * 86_400 + Int64(clock.secondOfDay)
        // Only the offsets that hold within a day of it can be meant.
        let before = offsetSeconds(atSeconds: local - 86_400)
        let after = offsetSeconds(atSeconds: local + 86_400)
        for offset in [max(before, after), min(before, after)] {
            let seconds = local - Int64(offset)
            if offsetSeconds(atSeconds: seconds) == offset { return seconds * 1000 }
        }
        let jump = changes.first { change in
            change.atSeconds > local - Int64(max(before, after)) - 86_400
                && change.atSeconds + Int64(change.offsetSeconds) > local
        }
        return (jump?.atSeconds ?? local - Int64(before)) * 1000
    }

    /// Every moment at which the clock on the wall shows this, rising, in milliseconds since 1970:
    /// two where an hour comes twice, the jump where it is skipped.
    public func instants(at clock: LocalTime) -> [Int64] {
        let local = Int64(clock.day.number) * 86_400 + Int64(clock.secondOfDay)
        let offsets = Set([
            offsetSeconds(atSeconds: local - 86_400), offsetSeconds(atSeconds: local + 86_400),
        ])
        let found = offsets.map { (local - Int64($0), $0) }
            .filter { offsetSeconds(atSeconds: $0.0) == $0.1 }
            .map { $0.0 * 1000 }
        return found.isEmpty ? [milliseconds(at: clock)] : found.sorted()
    }

    /// When the offset changes between two times, in milliseconds since 1970, exclusive; rising.
    public func switches(after from: Int64, before end: Int64) -> [Int64] {
        changes.lazy.map { $0.atSeconds * 1000 }.filter { $0 > from && $0 < end }
    }

    static func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }
}

/// A local day and time, without saying where.
public struct LocalTime: Hashable, Sendable {
    public let day: CivilDay
    /// 0...86,399.
    public let secondOfDay: Int

    public init(day: CivilDay, secondOfDay: Int) {
        self.day = day
        self.secondOfDay = secondOfDay
    }
}
