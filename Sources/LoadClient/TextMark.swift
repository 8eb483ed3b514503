/// What a relayed text says of itself: `m 12 345678 xxx`, whether it is measured, its number on its
/// way and its planned send time. Read from the bytes: this runs for every message.
struct TextMark {
    let isMeasured: Bool
    let number: Int
    let plannedMicroseconds: Int64

    /// Nil when the text is not as `RelayScenario` wrote it.
    init?(_ text: String) {
        var bytes = text.utf8.makeIterator()
        guard let mark = bytes.next(), bytes.next() == 0x20,
            let number = Self.integer(&bytes), let planned = Self.integer(&bytes)
        else { return nil }
        isMeasured = mark == UInt8(ascii: "m")
        self.number = Int(number)
        plannedMicroseconds = planned
    }

    /// Digits up to the next space; nil for none, for anything else, and beyond 18 digits.
    private static func integer(_ bytes: inout String.UTF8View.Iterator) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let byte = bytes.next(), byte != 0x20 {
            guard (0x30...0x39).contains(byte), count < 18 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
            count += 1
        }
        return count > 0 ? value : nil
    }
}
