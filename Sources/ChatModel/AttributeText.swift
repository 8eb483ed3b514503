/// An attribute's value as text, for stores: a letter for its type and then the value. Written to
/// Redis and read from there, so a change of it is a change of what lies in people's stores.
///
/// `s` text, `i` integer, `n` number, `t` and `f` the truth values; `l` a list, each item with the
/// number of its bytes and a colon before it (`l2:i12:sb`).
extension AttributeValue {
    public var storedText: String {
        switch self {
        case .text(let text): "s" + text
        case .integer(let integer): "i\(integer)"
        case .number(let number): "n\(number)"
        case .boolean(let boolean): boolean ? "t" : "f"
        case .list(let items):
            items.map(\.storedText).reduce(into: "l") { $0 += "\($1.utf8.count):\($1)" }
        }
    }

    /// Nil when the text is none of these: another version's, or damaged.
    public init?(storedText text: some StringProtocol) {
        let rest = text.dropFirst()
        switch text.utf8.first {
        case UInt8(ascii: "s"): self = .text(String(rest))
        case UInt8(ascii: "i"):
            guard let integer = Int64(rest) else { return nil }
            self = .integer(integer)
        case UInt8(ascii: "n"):
            guard let number = Double(rest) else { return nil }
            self = .number(number)
        case UInt8(ascii: "t") where rest.isEmpty: self = .boolean(true)
        case UInt8(ascii: "f") where rest.isEmpty: self = .boolean(false)
        case UInt8(ascii: "l"):
            guard let items = Self.items(Array(text.utf8.dropFirst())) else { return nil }
            self = .list(items)
        default: return nil
        }
    }

    private static func items(_ bytes: [UInt8]) -> [AttributeValue]? {
        var items: [AttributeValue] = []
        var position = 0
        while position < bytes.count {
            guard let colon = bytes[position...].firstIndex(of: UInt8(ascii: ":")),
                let count = Int(String(decoding: bytes[position..<colon], as: UTF8.self)),
                count > 0, count < bytes.count - colon,
                bytes[colon + 1] != UInt8(ascii: "l"),
                let item = AttributeValue(
                    storedText: String(decoding: bytes[(colon + 1)...].prefix(count), as: UTF8.self)
                )
            else { return nil }
            items.append(item)
            position = colon + 1 + count
        }
        return items
    }
}
