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

    /// A file of rejected rows may be rejected again: its rows do not get longer each time,
    /// wherever the two columns stand by then.
    private static func withoutRejection(_ row: [UInt8], _ header: [UInt8]) -> [UInt8] {
        let names = cells(of: header).map(name)
        let columns = names.indices.filter { names[$0] == line || names[$0] == reason }
        guard !columns.isEmpty else { return row }
        let given = cells(of: row)
        let isWhole = given.count == names.count
        // In a row that lacks a cell or a quote only what stands in front is where it belongs.
        let found = isWhole ? columns : zip(columns, 0...).filter { $0 == $1 }.map(\.0)
        let kept = given.indices.filter { !found.contains($0) }.map { given[$0] }
        let text = Array(kept.joined(separator: [comma]))
        // With as many cells as a good row has it would be taken for one.
        let looksGood = found.count < columns.count && kept.count == names.count - columns.count
        return looksGood ? text + [comma] : text
    }

    /// As they stand, with their quotes; a quote opens at a cell's beginning only.
    private static func cells(of row: [UInt8]) -> [ArraySlice<UInt8>] {
        var cells: [ArraySlice<UInt8>] = []
        var start = 0
        var isQuoted = false
        for (index, byte) in row.enumerated() {
            if byte == quote, isQuoted || index == start || row[start] == quote {
                isQuoted.toggle()
            } else if byte == comma, !isQuoted {
                cells.append(row[start..<index])
                start = index + 1
            }
        }
        return cells + [row[start...]]
    }

    private static func name(_ cell: ArraySlice<UInt8>) -> String {
        let isQuoted = cell.count > 1 && cell.first == quote && cell.last == quote
        return String(decoding: isQuoted ? cell.dropFirst().dropLast() : cell, as: UTF8.self)
    }

    private static func withoutRejection(_ object: [UInt8]) -> [UInt8] {
        guard let brace = object.firstIndex(of: UInt8(ascii: "{")) else { return object }
        let (members, rest) = members(of: object[(brace + 1)...])
        let kept = members.filter { member in
            let text = member.drop { $0 == 0x20 || $0 == 0x09 }
            return ![line, reason].contains { text.starts(with: "\"\($0)\"".utf8) }
        }
        let isWhole = rest.first == UInt8(ascii: "}")
        let parts = isWhole ? kept : kept + [rest]
        return object[...brace] + Array(parts.joined(separator: [comma])) + (isWhole ? rest : [])
    }

    /// Behind the opening brace, as they stand; and from the closing brace on, or from the member
    /// that never ends.
    private static func members(
        of object: ArraySlice<UInt8>
    ) -> (members: [ArraySlice<UInt8>], rest: ArraySlice<UInt8>) {
        var members: [ArraySlice<UInt8>] = []
        var start = object.startIndex
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for index in object.indices {
            let byte = object[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == quote {
                isQuoted.toggle()
            } else if !isQuoted {
                let isEnd = depth == 0 && byte == UInt8(ascii: "}")
                if depth == 0, isEnd || byte == comma {
                    members.append(object[start..<index])
                    start = index + 1
                }
                if isEnd { return (members, object[index...]) }
                if "[{".utf8.contains(byte) { depth += 1 }
                if "]}".utf8.contains(byte) { depth -= 1 }
            }
        }
        return (members, object[start...])
    }
}
