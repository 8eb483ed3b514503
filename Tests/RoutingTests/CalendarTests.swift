/// Days, zones and calendars, against naive twins.
import Testing

@testable import Routing

struct CalendarTests {
    /// Berlin's switches of 2026, as data.
    static let berlin = ZoneRules(
        name: "Europe/Berlin", firstOffsetSeconds: 3600,
        changes: [
            .init(atSeconds: 1_774_746_000, offsetSeconds: 7200),
            .init(atSeconds: 1_792_890_000, offsetSeconds: 3600),
        ])

    @Test func daysCountLikeACalendarOnTheWall() {
        var day = CivilDay(year: 1600, month: 1, day: 1)
        var weekday = 5  // It was a Saturday.
        for year in 1600...2401 {
            let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in lengths.enumerated() {
                for date in 1...length {
                    let made = CivilDay(year: year, month: month + 1, day: date)
                    guard made == day, let made, made.yearMonthDay == (year, month + 1, date),
                        made.weekday == Weekday.allCases[weekday]
                    else {
                        Issue.record("\(year)-\(month + 1)-\(date)")
                        return
                    }
                    day = made.advanced(by: 1)
                    weekday = (weekday + 1) % 7
                }
                #expect(CivilDay(year: year, month: month + 1, day: length + 1) == nil)
            }
        }
    }

    /// Minute by minute over both switches: the calendar is open exactly when the wall clock, found
    /// by counting up, is within a span of a working day.
    @Test(arguments: [1_774_600_000, 1_792_700_000])
    func calendarsAgreeWithCountingMinutes(_ from: Int64) throws {
        let zone = Self.berlin
        let spans = [
            HourSpan(startSecond: 5400, endSecond: 9000),
            HourSpan(startSecond: 79_200, endSecond: 7200),
            HourSpan(startSecond: 43_200, endSecond: 86_400),
        ].compactMap(\.self)
        let sunday = try #require(DateText(from < 1_780_000_000 ? "2026-03-29" : "2026-10-25")).day
        let calendar = OpeningCalendar(
            weekdays: [.sunday, .tuesday], hours: spans,
            holidays: [sunday.advanced(by: 2)...sunday.advanced(by: 2)],
            extra: [sunday.advanced(by: 1)...sunday.advanced(by: 1)])
        let working: Set<CivilDay> = [sunday, sunday.advanced(by: 1), sunday.advanced(by: 7)]
        for minute in 0..<(6 * 1440) {
            let seconds = from / 60 * 60 + Int64(minute) * 60
            let offset: Int64 = seconds >= 1_774_746_000 && seconds < 1_792_890_000 ? 7200 : 3600
            let local = seconds + offset
            let day = CivilDay(number: Int(local / 86_400))
            let second = Int(local % 86_400)
            let expected =
                working.contains(day) && ((5400..<9000).contains(second) || second >= 43_200)
                || working.contains(day.advanced(by: -1)) && second < 7200
            let found = calendar.isOpen(at: zone.localTime(at: seconds * 1000))
            #expect(found == expected, "at \(seconds)")
        }
    }

    /// Counted up minute by minute, around both switches, with days off and extra days.
    @Test(arguments: [42, UInt64.random(in: 0..<1_000_000)])
    func theNextOpeningIsTheFirstMinuteThatIsOpen(seed: UInt64) throws {
        let zone = Self.berlin
        var random = SeededRandom(seed: seed)
        for round in 0..<120 {
            let hours = (0..<2).compactMap { _ in
                HourSpan(
                    startSecond: Int.random(in: 0..<1440, using: &random) * 60,
                    endSecond: Int.random(in: 1...1440, using: &random) * 60)
            }
            let weekdays = Set(Weekday.allCases.shuffled(using: &random).prefix(2))
            let centre: Int64 = round % 2 == 0 ? 1_774_746_000 : 1_792_890_000
            let middle = zone.localTime(at: centre * 1000).day
            let off = middle.advanced(by: Int.random(in: -3...6, using: &random))
            let extra = middle.advanced(by: Int.random(in: -3...6, using: &random))
            let calendar = OpeningCalendar(
                weekdays: weekdays, hours: hours, holidays: [off...off.advanced(by: 1)],
                extra: round % 3 == 0 ? [extra...extra] : [])
            let from = centre + Int64.random(in: -2000...1000, using: &random) * 60
            var minute = from
            while !calendar.isOpen(at: zone.localTime(at: minute * 1000)) { minute += 60 }
            let found = calendar.nextOpening(from: from * 1000, zone: zone)
            #expect(found == minute * 1000, "round \(round), seed \(seed)")
        }
        let never = OpeningCalendar(weekdays: [])
        #expect(never.nextOpening(from: 0, zone: zone) == nil)
    }

    /// Minute by minute, around both switches of the clock.
    @Test(arguments: [42, UInt64.random(in: 0..<1_000_000)])
    func changesAreWhereItTurnsAndNowhereElse(seed: UInt64) throws {
        let zone = Self.berlin
        var random = SeededRandom(seed: seed)
        for round in 0..<60 {
            let hours = (0..<(round % 3)).compactMap { _ in
                HourSpan(
                    startSecond: Int.random(in: 0..<1440, using: &random) * 60,
                    endSecond: Int.random(in: 1...1440, using: &random) * 60)
            }
            let centre: Int64 = round % 2 == 0 ? 1_774_746_000 : 1_792_890_000
            let off = zone.localTime(at: centre * 1000).day
                .advanced(by: Int.random(in: -2...2, using: &random))
            let calendar = OpeningCalendar(hours: hours, holidays: [off...off])
            let start = (centre - Int64.random(in: 0...3000, using: &random) * 60) * 1000
            let end = start + 4 * 86_400_000
            let isOpen = { calendar.isOpen(at: zone.localTime(at: $0)) }
            let expected = stride(from: start + 60_000, to: end, by: 60_000).filter {
                isOpen($0) != isOpen($0 - 60_000)
            }
            #expect(
                calendar.changes(after: start, before: end, zone: zone) == expected,
                "round \(round), seed \(seed)")
        }
    }

    @Test func localTimesGoThereAndBack() throws {
        for seconds in stride(from: Int64(1_774_000_000), to: 1_794_000_000, by: 977) {
            let clock = Self.berlin.localTime(at: seconds * 1000)
            let back = Self.berlin.milliseconds(at: clock) / 1000
            // The hour that comes twice is meant the first time.
            #expect(back == seconds || back == seconds - 3600, "\(seconds)")
        }
        let skipped = try #require(DateText("2026-03-29T02:30"))
        #expect(skipped.milliseconds(in: Self.berlin) == 1_774_746_000_000)
    }

    @Test(arguments: [
        "2026-11-22", "2026-11-22T10:00", "2026-11-22T10:00Z", "2026-11-22T10:00:05+08:00",
        "2026-11-22T10:00:05.250-03:30",
    ])
    func datesAreWrittenAsTheyWereRead(_ text: String) {
        #expect(DateText(text)?.description == text)
    }

    @Test(arguments: [
        "", "2026-1-1", "2026-02-29", "2026-13-01", "2026-11-22T", "2026-11-22T24:00",
        "2026-11-22T10",
        "2026-11-22T10:60", "2026-11-22T10:00:60", "2026-11-22T10:00+8", "2026-11-22T10:00 Z",
        "20261122", "2026-11-22T10:00:00.", "２０２６-11-22", "2026-11-22x",
    ])
    func otherTextsAreNoDates(_ text: String) {
        #expect(DateText(text) == nil)
    }
}
