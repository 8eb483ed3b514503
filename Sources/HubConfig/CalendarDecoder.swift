/// Reads `calendars`: weekdays, hour spans, holidays and extra working days.
import Routing

struct CalendarDecoder {
    static let calendarLimit = 200

    func decode(_ entry: Entry) -> [(name: String, calendar: OpeningCalendar)] {
        guard let section = entry.section() else { return [] }
        let all = section.all
        guard all.count <= Self.calendarLimit else {
            entry.error("\(all.count) calendars", allowed: "at most \(Self.calendarLimit)")
            return []
        }
        return all.map { ($0.key, calendar($0.entry)) }
    }

    private func calendar(_ entry: Entry) -> OpeningCalendar {
        var calendar = OpeningCalendar()
        guard let section = entry.section() else { return calendar }
        if let value = section.value("weekdays") {
            calendar.weekdays = Set(value.listOrSelf().flatMap { weekdays($0) })
        }
        if let value = section.value("hours") {
            calendar.hours = value.listOrSelf().compactMap { span($0) }
            checkOverlap(calendar.hours, value)
        }
        calendar.holidays = section.value("holidays")?.listOrSelf().compactMap { days($0) } ?? []
        calendar.extra = section.value("extra")?.listOrSelf().compactMap { days($0) } ?? []
        section.finish()
        return calendar
    }

    /// `mon`, or `mon-fri`; `sat-mon` goes over the end of the week.
    private func weekdays(_ entry: Entry) -> [Weekday] {
        let names = Weekday.allCases.map(\.rawValue)
        let ends = entry.scalar?.text.lowercased()
            .split(separator: "-", omittingEmptySubsequences: false)
            .map {
                Weekday(rawValue: String($0.prefix(3))).flatMap {
                    Weekday.allCases.firstIndex(of: $0)
                }
            }
        guard let ends, (1...2).contains(ends.count), let first = ends[0],
            let last = ends[ends.count - 1]
        else {
            entry.error(
                "not a weekday", allowed: names.joined(separator: ", ") + ", or mon-fri")
            return []
        }
        return (first...(last < first ? last + 7 : last)).map { Weekday.allCases[$0 % 7] }
    }

    /// `09:00-12:00`; `22:00-06:00` ends on the next day; `24:00` is the end of the day.
    private func span(_ entry: Entry) -> HourSpan? {
        let ends = entry.scalar?.text.split(separator: "-", omittingEmptySubsequences: false)
            .map { Self.second(ofClock: $0) }
        guard let ends, ends.count == 2, let start = ends[0], let end = ends[1],
            let span = HourSpan(startSecond: start, endSecond: end == 0 ? 86_400 : end)
        else {
            entry.error(
                "not a span of hours",
                allowed: "\"HH:MM-HH:MM\" from 00:00 to 24:00, the end exclusive")
            return nil
        }
        return span
    }

    private static func second(ofClock text: Substring) -> Int? {
        let parts = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(Substring(parts[0])), let minute = Int(Substring(parts[1])),
            minute < 60, hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 3600 + minute * 60
    }

    /// `2026-10-01`, or `2026-10-01..2026-10-07` with both ends.
    private func days(_ entry: Entry) -> ClosedRange<CivilDay>? {
        let text = entry.scalar?.text ?? ""
        let ends = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: true)
            .map { DateText(String(Substring($0))) }
        guard (1...2).contains(ends.count),
            text.utf8.filter({ $0 == 0x2E }).count == (ends.count - 1) * 2,
            let first = ends[0], let last = ends[ends.count - 1],
            first.millisecondOfDay == nil, last.millisecondOfDay == nil, first.day <= last.day
        else {
            entry.error("not a day", allowed: "2026-10-01, or 2026-10-01..2026-10-07")
            return nil
        }
        return first.day...last.day
    }

    private func checkOverlap(_ hours: [HourSpan], _ entry: Entry) {
        let sorted = hours.sorted { $0.startSecond < $1.startSecond }
        for (span, next) in zip(sorted, sorted.dropFirst())
        where span.endsNextDay || span.endSecond > next.startSecond {
            entry.log.warning("the spans \(span) and \(next) overlap", at: entry.place)
        }
    }
}
