/// The parts of a page's address that rules look at. Any text is taken as it is: a browser may say
/// what it likes, and nothing here fails.
struct PageAddress {
    /// Without the fragment; scheme and host in lower case.
    let whole: String
    /// From the first slash after the host; `/` when there is none. Without query and fragment.
    let path: String
    private let query: Substring

    init(_ text: String) {
        let withoutFragment = text.prefix { $0 != "#" }
        let beforeQuery = withoutFragment.prefix { $0 != "?" }
        query = withoutFragment.dropFirst(beforeQuery.count).dropFirst()
        guard let scheme = Self.endOfScheme(beforeQuery) else {
            whole = String(withoutFragment)
            path = beforeQuery.first == "/" ? String(beforeQuery) : "/"
            return
        }
        let afterScheme = beforeQuery[scheme...]
        let host = afterScheme.prefix { $0 != "/" }
        let rest = afterScheme[host.endIndex...]
        path = rest.isEmpty ? "/" : String(rest)
        whole =
            beforeQuery[..<host.endIndex].lowercased()
            + withoutFragment[host.endIndex...]
    }

    /// The index just behind `://`; a scheme is short, so it is not looked for further on.
    private static func endOfScheme(_ text: Substring) -> Substring.Index? {
        let bytes = text.utf8
        var index = bytes.startIndex
        for _ in 0..<20 where index < bytes.endIndex {
            if bytes[index...].starts(with: "://".utf8) { return bytes.index(index, offsetBy: 3) }
            index = bytes.index(after: index)
        }
        return nil
    }

    /// What rules compare with: as written and, where it differs, in plain letters.
    var values: [FactValue] {
        var texts = [whole, path]
        for text in [whole, path] {
            if let plain = PercentEncoding.decode(text, keepingDelimiters: true), plain != text {
                texts.append(plain)
            }
        }
        return texts.map(FactValue.init(text:))
    }

    /// The first value of that name, decoded.
    func queryValue(of name: String) -> String? {
        for part in query.split(separator: "&") {
            let key = part.prefix { $0 != "=" }
            guard PercentEncoding.decodeForm(key) == name else { continue }
            return PercentEncoding.decodeForm(part.dropFirst(key.count).dropFirst())
        }
        return nil
    }
}

enum PercentEncoding {
    /// Nil when the result is not UTF-8 or a percent sign begins no byte. With `keepingDelimiters`
    /// an encoded slash, question mark or percent sign stays as it is, because plain it would mean
    /// something else.
    static func decode(_ text: some StringProtocol, keepingDelimiters: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.first {
            guard byte == 0x25 else {
                bytes.append(byte)
                rest = rest.dropFirst()
                continue
            }
            let code = Array(rest.dropFirst().prefix(2))
            guard code.count == 2, let high = digit(code[0]), let low = digit(code[1]) else {
                return nil
            }
            let decoded = high << 4 | low
            if keepingDelimiters, [0x25, 0x2F, 0x3F, 0x23].contains(decoded) {
                bytes.append(contentsOf: rest.prefix(3))
            } else {
                bytes.append(decoded)
            }
            rest = rest.dropFirst(3)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A name or value of a query: `+` is a blank.
    static func decodeForm(_ text: Substring) -> String? {
        decode(
            text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " "),
            keepingDelimiters: false)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte & 0xDF) - 0x37
        default: nil
        }
    }
}
