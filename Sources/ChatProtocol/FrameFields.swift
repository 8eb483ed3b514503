/// The members of one frame by name, found in a single pass: where each lies, not yet what it is.
/// `FrameDecoder` reads clients' lines with it, `ServerEvent` the hub's.

/// The members either side knows at the top of a frame. All others are passed over.
enum FieldName: UInt8, CaseIterable {
    case type, id, session, key, text
    case role, site, token, secret, page, locale, attributes, resume
    case typing, seq, after, before, limit, topic, channel, status, groups, reason
    case at, code, state, position, from, messages, sessions, you, more, message
    case retryAfterMilliseconds
    case agent, overCapacity
    case name, contact, choice
    case score, reasons, comment, customer, remove, dedicatedAgent
    case unknown, quickReplies, capacity
    case file, bytes, mediaType
    case group
    case shortcut, title, result, tags, done, extend, ramp
    case to, note, warm

    var wireName: String {
        switch self {
        case .retryAfterMilliseconds: "retry_after_ms"
        case .overCapacity: "over_capacity"
        case .dedicatedAgent: "dedicated_agent"
        case .quickReplies: "quick_replies"
        case .mediaType: "media_type"
        default: String(describing: self)
        }
    }
}

/// Not copyable, because its slots make it large: it is made in place and lent.
struct FrameFields: ~Copyable {
    let line: UnsafeRawBufferPointer
    /// False for JSON that is no object; there are no fields then.
    private(set) var isObject = false
    /// The request's number once it has been read; goes into every error (`FrameFields+Reading`).
    var id: Int64?
    /// One for each `FieldName`; its index is the raw value.
    private var slots = InlineArray<64, JSONSlot>(repeating: .absent)

    /// The fields are there after `read()`. The caller keeps `line` alive while it uses them.
    @inline(__always)
    init(_ line: UnsafeRawBufferPointer) {
        self.line = line
    }

    /// Passes over the whole line once.
    mutating func read() throws(JSONFault) {
        var scanner = JSONScanner(line)
        if scanner.peek() == UInt8(ascii: "{") {
            isObject = true
            try readMembers(&scanner)
        } else {
            _ = try scanner.value(depth: 0)
        }
        try scanner.expectEnd()
    }

    private mutating func readMembers(_ scanner: inout JSONScanner) throws(JSONFault) {
        let table = FieldTable.shared
        var others = JSONKeySet()
        // Asked instead of the slots, because reading one there would copy them all.
        var seen: UInt64 = 0
        scanner.position += 1
        if scanner.peek() == UInt8(ascii: "}") {
            scanner.position += 1
            return
        }
        while true {
            let key = try scanner.key()
            if let name = table.find(key, of: line) {
                let bit: UInt64 = 1 << UInt64(name.rawValue)
                guard seen & bit == 0 else { throw .duplicateKey }
                seen |= bit
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
