/// Durations and sizes as people write them, with their unit. Read from files and the environment,
/// and written back by the difference printer.
public enum DurationText {
    /// Milliseconds; nil unless numbers each with a unit of `ms s m h d`, larger units first:
    /// `30s`, `1h30m`. At most about a thousand years.
    public static func milliseconds(of text: String) -> Int64? {
        var rest = text.utf8[...]
        var total: Int64 = 0
        var largest = Int64.max
        guard !rest.isEmpty, text.utf8.count <= 30 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { !(0x30...0x39).contains($0) }
            rest = rest.dropFirst(letters.count)
            guard let number = Int64(Substring(digits)), number < 1_000_000_000_000,
                let unit = units.first(where: { Substring(letters) == $0.name }),
                unit.milliseconds < largest
            else { return nil }
            largest = unit.milliseconds
            let (part, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
            guard !overflow, part < 32_000_000_000_000 else { return nil }
            total += part
        }
        return total
    }

    /// The shortest way to write it: `90s` becomes `1m30s`, `60s` becomes `1m`.
    public static func text(milliseconds: Int64) -> String {
        var rest = milliseconds
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
}

public enum ByteSizeText {
    /// Bytes; nil unless a whole number, alone or with a unit of `B KiB MiB GiB`.
    public static func bytes(of text: String) -> Int? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        let letters = text.utf8.dropFirst(digits.count).drop { $0 == 0x20 }
        guard let number = Int(Substring(digits)), number < 1_000_000_000_000 else { return nil }
        if letters.isEmpty { return number }
        guard let unit = units.first(where: { Substring(letters) == $0.name }) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// The largest unit that needs no fraction: 65,536 is `64KiB`.
    public static func text(bytes: Int) -> String {
        for unit in units where bytes >= unit.bytes && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes)\(unit.name)"
        }
        return "\(bytes)B"
    }

    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1_073_741_824), ("MiB", 1_048_576), ("KiB", 1024), ("B", 1),
    ]
}
