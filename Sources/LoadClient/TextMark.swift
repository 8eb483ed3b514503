/// What a relayed text says of itself: `m 12 345678 xxx`, whether it is measured (an agent's letter
/// is a capital), its number on its way and its planned send time. Written and read as bytes: this
/// runs for every message.
struct TextMark {
    let isMeasured: Bool
    let isAgents: Bool
    let number: Int
    let plannedMicroseconds: Int64

    init(isMeasured: Bool, isAgents: Bool = false, number: Int, plannedMicroseconds: Int64) {
        self.isMeasured = isMeasured
        self.isAgents = isAgents
        self.number = number
        self.plannedMicroseconds = plannedMicroseconds
    }

    /// Nil when the text is not as `append(to:)` wrote it.
    init?(_ text: UnsafeRawBufferPointer) {
        var at = 2
        guard text.count > 2, text[1] == 0x20, let number = Self.integer(text, &at),
            let planned = Self.integer(text, &at)
        else { return nil }
        // Capitals are 32 less.
        isMeasured = text[0] | 0x20 == UInt8(ascii: "m")
        isAgents = text[0] & 0x20 == 0
        self.number = Int(number)
        plannedMicroseconds = planned
    }

    init?(_ text: String) {
        var text = text
        guard let mark = text.withUTF8({ TextMark(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = mark
    }

    func append(to line: inout [UInt8]) {
        line.append(UInt8(ascii: isMeasured ? "m" : "w") - (isAgents ? 0x20 : 0))
        line.append(0x20)
        DecimalText.append(Int64(number), to: &line)
        line.append(0x20)
        DecimalText.append(plannedMicroseconds, to: &line)
        line.append(0x20)
    }

    /// Digits up to the next space; nil for none, for anything else, and beyond 18 digits.
    private static func integer(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
        var value: Int64 = 0
        let first = at
        while at < text.count, text[at] != 0x20 {
            guard (0x30...0x39).contains(text[at]), at - first < 18 else { return nil }
            value = value * 10 + Int64(text[at] - 0x30)
            at += 1
        }
        defer { at += 1 }
        return at > first ? value : nil
    }
}

/// Decimal digits into a line, without a string in between.
enum DecimalText {
    /// `value` is not negative.
    static func append(_ value: Int64, to line: inout [UInt8]) {
        precondition(value >= 0)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value
            var first = 20
            repeat {
                first -= 1
                digits[first] = UInt8(0x30 + rest % 10)
                rest /= 10
            } while rest > 0
            line.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }
}
