/// Rows that were not loaded, as a file of the kind they came from: mended, it is given to `import`
/// again. Each row stands as it was given, with its line and the reason in front, which an import
/// passes over. In front, because behind a row that lacks a cell or a quote nothing is found again.
public enum RejectedRows {
    static let line = "reject_line"
    static let reason = "reject_reason"
    /// Of what was no object.
    private static let row = "reject_row"

    /// Whether a member of a JSON line says why it was rejected before.
    public static func isOfOne(_ name: String) -> Bool {
        [line, reason, row].contains(name)
    }

    /// The first line of the file, with its line break; empty for JSON lines.
    public static func heading(for row: BadRow) -> [UInt8] {
        guard case .table(let header, _) = row.source else { return [] }
        return Array("\(line),\(reason),".utf8) + withoutRejection(header, header) + [newline]
    }

    /// One row, with its line break; empty when it is not known what was given.
    public static func text(of row: BadRow) -> [UInt8] {
        switch row.source {
        case .table(let header, let given):
            let reason = row.reason.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"")
            return Array("\(row.line),\"\(reason)\",".utf8) + withoutRejection(given, header)
                + [newline]
        case .line(let given): return object(row, withoutRejection(given)) + [newline]
        case nil: return []
        }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    /// Into the object, so that one line stays one; what is none is kept as a text.
    private static func object(_ row: BadRow, _ given: [UInt8]) -> [UInt8] {
        let rejection: [(String, JSONText?)] = [
            (line, .integer(row.line)), (reason, .text(row.reason)),
        ]
        guard let brace = given.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
            given[brace] == UInt8(ascii: "{")
        else {
            let text = String(decoding: given, as: UTF8.self)
            return Array(JSONText.object(rejection + [(Self.row, .text(text))]).description.utf8)
        }
        let rest = given[(brace + 1)...]
        let isEmpty = rest.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "}")
        return Array(JSONText.object(rejection).description.utf8.dropLast())
            + (isEmpty ? [] : [comma]) + rest
    }

    /// A file of rejected rows may be rejected again: its rows do not get longer each time.
    private static func withoutRejection(_ row: [UInt8], _ header: [UInt8]) -> ArraySlice<UInt8> {
        guard header.starts(with: "\(line),\(reason),".utf8) else { return row[...] }
        return afterCell(afterCell(row[...]))
    }

    private static func afterCell(_ row: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        let end = row.firstIndex { byte in
            if byte == quote { isQuoted.toggle() }
            return byte == comma && !isQuoted
        }
        return end.map { row[($0 + 1)...] } ?? row
    }

    private static func withoutRejection(_ object: [UInt8]) -> [UInt8] {
        let opening = Array("{\"\(line)\":".utf8)
        let middle = Array(",\"\(reason)\":\"".utf8)
        guard object.starts(with: opening) else { return object }
        var rest = object[opening.count...].drop { (0x30...0x39).contains($0) }
        guard rest.starts(with: middle) else { return object }
        rest = rest.dropFirst(middle.count)
        var isEscaped = false
        guard let end = rest.firstIndex(where: { byte in
            if isEscaped {
                isEscaped = false
                return false
            }
            isEscaped = byte == UInt8(ascii: "\\")
            return byte == quote
        }) else { return object }
        rest = rest[(end + 1)...]
        return [UInt8(ascii: "{")] + (rest.first == comma ? rest.dropFirst() : rest)
    }
}
