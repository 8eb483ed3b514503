/// The members of one frame by name, found in a single pass: where each lies, not yet what it is.
/// `FrameDecoder` reads clients' lines with it, `ServerEvent` the hub's.

/// The members either side knows at the top of a frame. All others are passed over.
enum FieldName: UInt8, CaseIterable {
    case type, id, session, key, text
    case role, site, token, secret, page, locale, attributes, resume
    case typing, seq, after, before, limit, topic, channel, status, groups, reason
    case at, code, state, position, from, messages, sessions, you, more, message
    case retryAfterMilliseconds, reconnectAfterMilliseconds

    var wireName: String {
        switch self {
        case .retryAfterMilliseconds: "retry_after_ms"
        case .reconnectAfterMilliseconds: "reconnect_after_ms"
        default: String(describing: self)
        }
    }
}

struct FrameFields {
    let line: UnsafeRawBufferPointer
    /// One for each `FieldName`; its index is the raw value.
    private var slots = InlineArray<35, JSONSlot>(repeating: .absent)

    /// Passes over the whole line once. The caller keeps `line` alive while it uses the fields.
    /// Nil: JSON, but not an object.
    init?(_ line: UnsafeRawBufferPointer) throws(JSONFault) {
        self.line = line
        var scanner = JSONScanner(line)
        guard scanner.peek() == UInt8(ascii: "{") else {
            _ = try scanner.value(depth: 0)
            try scanner.expectEnd()
            return nil
        }
        try readMembers(&scanner)
        try scanner.expectEnd()
    }

    private mutating func readMembers(_ scanner: inout JSONScanner) throws(JSONFault) {
        var others = JSONKeySet()
        scanner.position += 1
        if scanner.peek() == UInt8(ascii: "}") {
            scanner.position += 1
            return
        }
        while true {
            let key = try scanner.key()
            if let name = FieldTable.shared.find(key, of: line) {
                guard self[name].kind == .absent else { throw .duplicateKey }
                slots[Int(name.rawValue)] = try scanner.value(depth: 1)
            } else {
                try others.insert(key, of: line)
                _ = try scanner.value(depth: 1)
            }
            if try scanner.separator(closing: UInt8(ascii: "}")) { return }
        }
    }

    @inline(__always)
    subscript(name: FieldName) -> JSONSlot { slots[Int(name.rawValue)] }

    /// True when the member is there and not `null`, which means the same as leaving it out.
    @inline(__always)
    func has(_ name: FieldName) -> Bool { self[name].kind.rawValue > JSONSlot.Kind.null.rawValue }

    /// Nil unless the member is a string.
    func text(_ name: FieldName) -> String? {
        let slot = self[name]
        return slot.kind == .string ? JSONText.string(slot, of: line) : nil
    }

    /// Nil unless the member is written as an integer and fits into 64 bits.
    @inline(__always)
    func integer(_ name: FieldName) -> Int64? { integer(self[name]) }

    func integer(_ slot: JSONSlot) -> Int64? {
        guard slot.kind == .number, slot.mark else { return nil }
        var position = slot.range.lowerBound
        let isNegative = line[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value: Int64 = 0
        while position < slot.range.upperBound {
            // Downwards, because the least 64-bit integer has no positive twin.
            let (tenfold, over) = value.multipliedReportingOverflow(by: 10)
            let (next, under) = tenfold.subtractingReportingOverflow(Int64(line[position] &- 0x30))
            guard !over, !under else { return nil }
            value = next
            position += 1
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// Whether the member is a string of exactly these bytes.
    @inline(__always)
    func isText(_ name: FieldName, _ word: StaticString) -> Bool {
        let slot = self[name]
        guard slot.kind == .string, Int(slot.length) == word.utf8CodeUnitCount else { return false }
        // A static string's bytes live as long as the process.
        for index in 0..<Int(slot.length)
        where line[Int(slot.start) + index] != word.utf8Start[index] {
            return false
        }
        return true
    }
}

/// Finds a field by its name's bytes: one probe of a small table in most cases.
struct FieldTable {
    private struct Entry {
        var name: [UInt8]
        var field: FieldName
    }

    static let shared = FieldTable()

    /// Open addressing; 1 + the index in `entries`, 0 for an empty place.
    private var places = [UInt8](repeating: 0, count: 256)
    private var entries: [Entry] = []

    private init() {
        for field in FieldName.allCases {
            let name = Array(field.wireName.utf8)
            entries.append(Entry(name: name, field: field))
            var place = Self.place(name.count, name[0], name[name.count - 1])
            while places[place] != 0 { place = (place + 1) & 255 }
            places[place] = UInt8(entries.count)
        }
    }

    @inline(__always)
    private static func place(_ count: Int, _ first: UInt8, _ last: UInt8) -> Int {
        (count &* 29 &+ Int(first) &* 7 &+ Int(last)) & 255
    }

    func find(_ key: JSONSlot, of line: UnsafeRawBufferPointer) -> FieldName? {
        guard key.length > 0 else { return nil }
        if key.mark {
            let name = JSONText.unescaped(key, of: line)
            return entries.first { $0.name == name }?.field
        }
        let start = Int(key.start)
        let count = Int(key.length)
        var place = Self.place(count, line[start], line[start + count - 1])
        while places[place] != 0 {
            let entry = entries[Int(places[place]) - 1]
            if entry.name.count == count,
                (0..<count).allSatisfy({ entry.name[$0] == line[start + $0] })
            {
                return entry.field
            }
            place = (place + 1) & 255
        }
        return nil
    }
}
