/// A date, or a date with a time, as written in rules, attributes and `--at`: the ISO 8601 forms
/// `2026-11-22`, `2026-11-22T10:00`, `...T10:00:30`, `...T10:00:30.250`, each time with or without
/// `Z` or an offset such as `+08:00`. A blank may stand for the `T`.
public struct DateText: Hashable, Sendable, CustomStringConvertible {
    public let day: CivilDay
    /// Milliseconds since midnight; nil for a whole day.
    public let millisecondOfDay: Int?
    /// Seconds east of UTC; nil means the site's own zone.
    public let offsetSeconds: Int?

    public init(day: CivilDay, millisecondOfDay: Int? = nil, offsetSeconds: Int? = nil) {
        self.day = day
        self.millisecondOfDay = millisecondOfDay
        self.offsetSeconds = offsetSeconds
    }

    /// Nil when the text is none of these forms, or no such day or time exists.
    public init?(_ text: String) {
        var digits = DigitReader(text.utf8)
        guard text.utf8.count <= 35,
            let year = digits.number(4), digits.skip("-"),
            let month = digits.number(2), digits.skip("-"),
            let dayOfMonth = digits.number(2),
            let day = CivilDay(year: year, month: month, day: dayOfMonth)
        else { return nil }
        self.day = day
        if digits.isAtEnd {
            millisecondOfDay = nil
            offsetSeconds = nil
            return
        }
        guard digits.skip("T") || digits.skip("t") || digits.skip(" "),
            let time = digits.timeOfDay()
        else { return nil }
        millisecondOfDay = time
        switch digits.offset() {
        case .none: offsetSeconds = nil
        case .some(let seconds): offsetSeconds = seconds
        }
        guard digits.isAtEnd else { return nil }
    }

    /// Milliseconds since 1970; a whole day is its first moment.
    public func milliseconds(in zone: ZoneRules) -> Int64 {
        let time = millisecondOfDay ?? 0
        if let offsetSeconds {
            let seconds = Int64(day.number) * 86_400 - Int64(offsetSeconds)
            return seconds * 1000 + Int64(time)
        }
        let localTime = LocalTime(day: day, secondOfDay: time / 1000)
        return zone.milliseconds(at: localTime) + Int64(time % 1000)
    }

    /// The day it falls on where the site is.
    public func day(in zone: ZoneRules) -> CivilDay {
        guard offsetSeconds != nil else { return day }
        return zone.localTime(at: milliseconds(in: zone)).day
    }

    public var description: String {
        guard let millisecondOfDay else { return day.description }
        let seconds = millisecondOfDay / 1000
        let pad = CivilDay.padded
        var text = "\(day)T\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2))"
        let rest = millisecondOfDay % 60_000
        if rest != 0 { text += ":\(pad(rest / 1000, 2))" }
        if rest % 1000 != 0 { text += ".\(pad(rest % 1000, 3))" }
        if let offsetSeconds {
            let minutes = abs(offsetSeconds) / 60
            text +=
                offsetSeconds == 0
                ? "Z"
                : (offsetSeconds < 0 ? "-" : "+")
                    + "\(pad(minutes / 60, 2)):\(pad(minutes % 60, 2))"
        }
        return text
    }
}

/// Reads fixed forms of digits from bytes; each step either succeeds or leaves the place alone.
struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ bytes: String.UTF8View) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Exactly so many digits.
    mutating func number(_ digitCount: Int) -> Int? {
        let digits = rest.prefix(digitCount)
        guard digits.count == digitCount else { return nil }
        var value = 0
        for byte in digits {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte) - 0x30
        }
        rest = rest.dropFirst(digitCount)
        return value
    }

    /// `HH:MM`, `HH:MM:SS` or with up to three decimals, as milliseconds since midnight.
    mutating func timeOfDay() -> Int? {
        guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60
        else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        guard skip(":") else { return milliseconds }
        guard let second = number(2), second < 60 else { return nil }
        milliseconds += second * 1000
        guard skip(".") else { return milliseconds }
        var scale = 100
        var digitCount = 0
        while let digit = number(1) {
            milliseconds += digit * scale
            scale /= 10
            digitCount += 1
        }
        return digitCount > 0 ? milliseconds : nil
    }

    /// `Z` or `+HH:MM`, also `+HHMM`, as seconds east of UTC; nil when there is none.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let before = rest
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24 else {
            rest = before
            return nil
        }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else {
            rest = before
            return nil
        }
        return sign * (hours * 60 + minutes) * 60
    }
}
