/// A JSON value as a tree: for what is read rarely (attributes, page parameters, tests, a client's
/// greeting). The message path never makes one.
public enum JSONValue: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    case null
    case boolean(Bool)
    /// Written without fraction and exponent, and within 64 bits.
    case integer(Int64)
    /// Any other number; finite.
    case number(Double)
    case text(String)
    case array([JSONValue])
    /// In the order they were written.
    case object([Member])

    /// Nil when the text is not one JSON value as `JSONScanner` takes it, or holds a number that
    /// neither 64-bit integers nor finite doubles can tell.
    public init?(_ text: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(text)
        do throws(JSONFault) {
            let whole = try scanner.value(depth: 0)
            try scanner.expectEnd()
            guard let value = JSONValue(whole, of: text) else { return nil }
            self = value
        } catch {
            return nil
        }
    }

    public init?(_ text: [UInt8]) {
        let value = text.withUnsafeBytes { JSONValue($0) }
        guard let value else { return nil }
        self = value
    }

    /// The member of that name, compared byte by byte; nil for all that is not an object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The value of a slot the scanner made of this text. Nil: a number out of all ranges.
    init?(_ slot: JSONSlot, of text: UnsafeRawBufferPointer) {
        switch slot.kind {
        case .absent, .null: self = .null
        case .boolean: self = .boolean(slot.mark)
        case .string: self = .text(JSONText.string(slot, of: text))
        case .number:
            guard let number = Self.number(slot, of: text) else { return nil }
            self = number
        case .array, .object:
            do throws(JSONFault) {
                guard let value = try Self.container(slot, of: text) else { return nil }
                self = value
            } catch {
                return nil
            }
        }
    }

    private static func number(_ slot: JSONSlot, of text: UnsafeRawBufferPointer) -> JSONValue? {
        let digits = JSONText.string(slot, of: text)
        if slot.mark { return Int64(digits).map(JSONValue.integer) }
        guard let number = Double(digits), number.isFinite else { return nil }
        return .number(number)
    }

    private static func container(_ slot: JSONSlot, of text: UnsafeRawBufferPointer)
        throws(JSONFault) -> JSONValue?
    {
        var scanner = JSONScanner(text)
        scanner.position = Int(slot.start) + 1
        let closing = slot.kind == .array ? UInt8(ascii: "]") : UInt8(ascii: "}")
        var elements: [JSONValue] = []
        var members: [Member] = []
        var isDone = scanner.peek() == closing
        while !isDone {
            let name = slot.kind == .object ? try scanner.key() : nil
            guard let value = JSONValue(try scanner.value(depth: 0), of: text) else { return nil }
            if let name {
                members.append(Member(JSONText.string(name, of: text), value))
            } else {
                elements.append(value)
            }
            isDone = try scanner.separator(closing: closing)
        }
        return slot.kind == .array ? .array(elements) : .object(members)
    }
}
