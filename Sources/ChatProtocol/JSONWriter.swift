/// Writes JSON as bytes, member by member. `ServerFrame` is made with it; the hub's profiles,
/// explanations and the like may be too. The caller balances what it opens.
public import ChatModel

public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]

    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    // MARK: Structure

    /// Bytes that are JSON already, or part of it.
    public mutating func raw(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    public mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    @inline(__always)
    public mutating func raw(_ json: StaticString) {
        // A static string's bytes live as long as the process.
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    /// `,"name":`, or without the comma right after an opening bracket. The name needs no escapes.
    @inline(__always)
    public mutating func name(_ name: StaticString) {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { raw(",") }
        raw("\"")
        raw(name)
        raw("\":")
    }

    // MARK: Members

    public mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        text(value)
    }

    /// A value from a fixed set that needs no escapes.
    public mutating func member(_ name: StaticString, word: StaticString) {
        self.name(name)
        raw("\"")
        raw(word)
        raw("\"")
    }

    public mutating func member(_ name: StaticString, _ value: some FixedWidthInteger) {
        self.name(name)
        integer(Int64(value))
    }

    public mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }

    public mutating func member(_ name: StaticString, _ value: SessionID) {
        self.name(name)
        session(value)
    }

    public mutating func member(_ name: StaticString, _ value: AttributeValue) {
        self.name(name)
        attribute(value)
    }

    /// `json` is one JSON value.
    public mutating func member(_ name: StaticString, json: [UInt8]) {
        self.name(name)
        raw(json)
    }

    /// Left out when nil.
    public mutating func optional(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    /// Left out when nil.
    public mutating func optional(_ name: StaticString, _ value: Int?) {
        if let value { member(name, value) }
    }

    // MARK: Values

    public mutating func session(_ session: SessionID) {
        raw("\"")
        sessionText(session)
        raw("\"")
    }

    /// Without quotes.
    @inline(__always)
    mutating func sessionText(_ session: SessionID) { session.appendText(to: &bytes) }

    public mutating func integer(_ value: Int64) {
        // 19 digits and a sign, filled from the end.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            var rest = value.magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                digits[start] = UInt8(truncatingIfNeeded: digit) &+ 0x30
                rest = quotient
            } while rest > 0
            if value < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// A finite number; JSON has no others, so they become `null`.
    public mutating func number(_ value: Double) {
        if value.isFinite { raw(value.description.utf8) } else { raw("null") }
    }

    public mutating func attribute(_ value: AttributeValue) {
        switch value {
        case .text(let text): self.text(text)
        case .integer(let integer): self.integer(integer)
        case .number(let number): self.number(number)
        case .boolean(let boolean): raw(boolean ? "true" : "false")
        case .list(let values):
            raw("[")
            for (index, value) in values.enumerated() {
                if index > 0 { raw(",") }
                attribute(value)
            }
            raw("]")
        }
    }

    /// One object, names in byte order so that the same attributes give the same bytes.
    public mutating func attributes(_ values: [String: AttributeValue]) {
        raw("{")
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for name in names {
            if bytes.last != UInt8(ascii: "{") { raw(",") }
            text(name)
            raw(":")
            if let value = values[name] { attribute(value) }
        }
        raw("}")
    }

    /// A member that is an object of numbers, in the order of the cases; what has no number is left
    /// out.
    public mutating func counts<Kind>(_ name: StaticString, _ counts: [Kind: Int])
    where Kind: Hashable & CaseIterable & RawRepresentable, Kind.RawValue == String {
        self.name(name)
        raw("{")
        for kind in Kind.allCases {
            guard let count = counts[kind] else { continue }
            if bytes.last != UInt8(ascii: "{") { raw(",") }
            text(kind.rawValue)
            raw(":")
            integer(Int64(count))
        }
        raw("}")
    }

    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .boolean(let boolean): raw(boolean ? "true" : "false")
        case .integer(let integer): self.integer(integer)
        case .number(let number): self.number(number)
        case .text(let text): self.text(text)
        case .array(let elements):
            raw("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { raw(",") }
                self.value(element)
            }
            raw("]")
        case .object(let members):
            raw("{")
            for (index, member) in members.enumerated() {
                if index > 0 { raw(",") }
                text(member.name)
                raw(":")
                self.value(member.value)
            }
            raw("}")
        }
    }
}

// MARK: - Strings

extension JSONWriter {
    /// A string with its quotes. Escapes only what JSON demands (quote, backslash, C0 controls), so
    /// every other byte travels as it came; a newline never appears, so frames may be cut at them.
    public mutating func text(_ text: String) {
        raw("\"")
        var text = text
        text.withUTF8 { utf8 in appendEscaped(UnsafeRawBufferPointer(utf8)) }
        raw("\"")
    }

    private mutating func appendEscaped(_ utf8: UnsafeRawBufferPointer) {
        var start = 0
        while true {
            let stop = Self.firstToEscape(utf8, from: start)
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: utf8[start..<stop]))
            guard stop < utf8.count else { return }
            appendEscape(of: utf8[stop])
            start = stop + 1
        }
    }

    private mutating func appendEscape(of byte: UInt8) {
        raw("\\")
        switch byte {
        case 0x0A: raw("n")
        case 0x0D: raw("r")
        case 0x09: raw("t")
        case 0x22, 0x5C: bytes.append(byte)
        default:
            raw("u00")
            bytes.append(0x30 + byte >> 4)
            let low = byte & 15
            bytes.append(low < 10 ? 0x30 + low : 0x57 + low)
        }
    }

    /// Eight bytes a step, as in `JSONScanner.string`.
    private static func firstToEscape(_ utf8: UnsafeRawBufferPointer, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while utf8.count - position >= 8 {
            let word = UInt64(
                littleEndian: utf8.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let stop =
                ((quote &- ones) & ~quote | (slash &- ones) & ~slash
                    | (word &- ones &* 0x20) & ~word) & (ones &* 0x80)
            if stop != 0 { return position + stop.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < utf8.count {
            let byte = utf8[position]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return position }
            position += 1
        }
        return position
    }
}
