/// A named calendar of a site file: on which days and between which hours something is open. Asked
/// by `when` conditions and for the hours of groups.
public struct OpeningCalendar: Hashable, Sendable {
    public var weekdays: Set<Weekday>
    /// Empty means the whole day.
    public var hours: [HourSpan]
    /// Days on which it is closed, whatever weekday they are.
    public var holidays: [ClosedRange<CivilDay>]
    /// Days on which it is open although the weekday, or a holiday, says no.
    public var extra: [ClosedRange<CivilDay>]

    public init(
        weekdays: Set<Weekday> = Set(Weekday.allCases), hours: [HourSpan] = [],
        holidays: [ClosedRange<CivilDay>] = [], extra: [ClosedRange<CivilDay>] = []
    ) {
        self.weekdays = weekdays
        self.hours = hours
        self.holidays = holidays
        self.extra = extra
    }

    /// Whether spans begin on this day.
    public func isWorkingDay(_ day: CivilDay) -> Bool {
        if extra.contains(where: { $0.contains(day) }) { return true }
        return weekdays.contains(day.weekday) && !holidays.contains { $0.contains(day) }
    }

    /// Ends are exclusive. A span over midnight belongs to the day it begins on.
    public func isOpen(at clock: LocalTime) -> Bool {
        let today = isWorkingDay(clock.day)
        guard !hours.isEmpty else { return today }
        let yesterday =
            hours.contains(where: \.endsNextDay) && isWorkingDay(clock.day.advanced(by: -1))
        return hours.contains { span in
            span.endsNextDay
                ? (today && clock.secondOfDay >= span.startSecond)
                    || (yesterday && clock.secondOfDay < span.endSecond)
                : today && clock.secondOfDay >= span.startSecond
                    && clock.secondOfDay < span.endSecond
        }
    }

    /// When it is open next, in milliseconds since 1970: `milliseconds` itself while open, nil when
    /// it stays closed for the next 400 days.
    public func nextOpening(from milliseconds: Int64, zone: ZoneRules) -> Int64? {
        let now = zone.localTime(at: milliseconds)
        if isOpen(at: now) { return milliseconds }
        let starts = hours.isEmpty ? [0] : hours.map(\.startSecond)
        // Days of a switch overlap: the day after the first one that opens may open sooner.
        var found: Int64?
        for distance in -1...400 {
            let day = now.day.advanced(by: distance)
            if isWorkingDay(day) {
                let openings = starts.flatMap {
                    zone.instants(at: LocalTime(day: day, secondOfDay: $0))
                }
                // A span inside an hour that summer time skips never opens.
                let next = openings.filter {
                    $0 > milliseconds && isOpen(at: zone.localTime(at: $0))
                }.min()
                if let known = found {
                    return earliest(min(known, next ?? known), milliseconds, zone)
                }
                found = next
            } else if let found {
                return earliest(found, milliseconds, zone)
            }
        }
        return earliest(found, milliseconds, zone)
    }

    /// The instants within a span of time (milliseconds since 1970, both ends left out) at which it
    /// opens or closes, ascending: from each to the next it is what it was not before.
    /// O(days * spans).
    public func changes(
        after start: Int64, before end: Int64, zone: ZoneRules
    ) -> [Int64] {
        let seconds = Set([0] + hours.flatMap { [$0.startSecond, $0.endSecond % 86_400] })
        var instants = Set(zone.switches(after: start, before: end))
        let (first, last) = (zone.localTime(at: start).day, zone.localTime(at: end).day)
        var day = first.advanced(by: -1)
        while day <= last {
            for second in seconds {
                instants.formUnion(zone.instants(at: LocalTime(day: day, secondOfDay: second)))
            }
            day = day.advanced(by: 1)
        }
        var isOpen = isOpen(at: zone.localTime(at: start))
        return instants.sorted().filter { instant in
            guard instant > start, instant < end,
                self.isOpen(at: zone.localTime(at: instant)) != isOpen
            else { return false }
            isOpen.toggle()
            return true
        }
    }

    /// A switch of the clock may lead into a span that had begun, and ended, before.
    private func earliest(_ opening: Int64?, _ milliseconds: Int64, _ zone: ZoneRules) -> Int64? {
        let end = opening ?? milliseconds + 400 * 86_400_000
        return zone.switches(after: milliseconds, before: end)
            .first { isOpen(at: zone.localTime(at: $0)) } ?? opening
    }
}

/// Part of a day, in seconds since midnight of the wall clock.
public struct HourSpan: Hashable, Sendable, CustomStringConvertible {
    /// 0...86,399, inclusive.
    public let startSecond: Int
    /// 1...86,400, exclusive; at or below `startSecond` it is on the next day.
    public let endSecond: Int

    /// Nil outside those ranges, and for an empty span.
    public init?(startSecond: Int, endSecond: Int) {
        guard (0..<86_400).contains(startSecond), (1...86_400).contains(endSecond),
            startSecond != endSecond
        else { return nil }
        self.startSecond = startSecond
        self.endSecond = endSecond
    }

    public var endsNextDay: Bool { endSecond < startSecond }

    public var description: String {
        func clock(_ second: Int) -> String {
            CivilDay.padded(second / 3600, 2) + ":" + CivilDay.padded(second / 60 % 60, 2)
        }
        return "\(clock(startSecond))-\(clock(endSecond))"
    }
}
