/// What one row of an import says of a customer, and how a table's cells become values.
public import ChatModel

/// One customer as a file has him. What it does not name stays as it is.
public struct CustomerRow: Hashable, Sendable {
    public enum Dedicated: Hashable, Sendable {
        case unchanged, cleared
        case agent(PersonID)
    }

    public var id: PersonID
    public var attributes: [String: AttributeValue] = [:]
    public var removed: [String] = []
    public var dedicatedAgent = Dedicated.unchanged
    /// Where it stands in its file; 0 for one that is in none.
    public var line = 0

    public init(id: PersonID) { self.id = id }
}

/// Why a row is not loaded.
public struct BadRow: Error, Hashable, Sendable {
    /// What was given; `RejectedRows` writes it down again.
    public enum Source: Hashable, Sendable {
        /// A row of a table, and the table's first line.
        case table(header: [UInt8], row: [UInt8])
        /// A line of JSON.
        case line([UInt8])
    }

    public var line: Int
    public var reason: String
    /// Nil where nobody asks for it any more.
    public var source: Source?

    public init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// The first line of a table: which column is what.
public struct CustomerColumns: Hashable, Sendable {
    enum Column: Hashable, Sendable {
        case id, dedicatedAgent
        case attribute(String)
        /// Items with `|` between them; the column's name ends in `[]`.
        case list(String)
        /// What a file of rejected rows has in front.
        case rejection
    }

    private let columns: [Column]
    private let header: [UInt8]

    /// Throws what is wrong with the whole table.
    public init(_ header: CSVRecord) throws(BadRow) {
        func refuse(_ reason: String) -> BadRow { BadRow(line: header.line, reason: reason) }
        if let problem = header.problem { throw refuse(problem) }
        var columns: [Column] = []
        var seen: Set<String> = []
        for name in header.fields {
            guard CustomerValue.isName(name) else {
                throw refuse("a column's name has 1 to 64 bytes and no control characters")
            }
            guard seen.insert(name).inserted else { throw refuse("two columns named `\(name)`") }
            switch name {
            case "id": columns.append(.id)
            case "dedicated_agent": columns.append(.dedicatedAgent)
            case RejectedRows.line, RejectedRows.reason: columns.append(.rejection)
            case _ where name.hasSuffix("[]") && name.utf8.count > 2:
                columns.append(.list(String(name.dropLast(2)).composed))
            default: columns.append(.attribute(name.composed))
            }
        }
        guard columns.contains(.id) else { throw refuse("no column `id`") }
        self.columns = columns
        self.header = header.source
    }

    /// `agents`: those of the site. An empty cell says nothing.
    public func row(_ record: CSVRecord, agents: Set<PersonID>) throws(BadRow) -> CustomerRow {
        func refuse(_ reason: String) -> BadRow {
            var bad = BadRow(line: record.line, reason: reason)
            bad.source = .table(header: header, row: record.source)
            return bad
        }
        if let problem = record.problem { throw refuse(problem) }
        guard record.fields.count == columns.count else {
            throw refuse("\(record.fields.count) cells, the first line has \(columns.count)")
        }
        var row: CustomerRow?
        for (column, cell) in zip(columns, record.fields) where column == .id {
            guard let id = PersonID(cell) else { throw refuse(CustomerValue.badID(cell)) }
            row = CustomerRow(id: id)
            row?.line = record.line
        }
        guard var row else { throw refuse("no id") }
        for (column, cell) in zip(columns, record.fields) where !cell.isEmpty {
            switch column {
            case .id, .rejection: break
            case .dedicatedAgent:
                guard let agent = PersonID(cell), agents.contains(agent) else {
                    throw refuse("no agent `\(cell.prefix(64))` at this site")
                }
                row.dedicatedAgent = .agent(agent)
            case .attribute(let name):
                guard cell.utf8.count <= CustomerValue.textBytes else {
                    throw refuse("\(name): longer than \(CustomerValue.textBytes) bytes")
                }
                row.attributes[name] = CustomerValue.value(of: cell)
            case .list(let name):
                let items = cell.split(separator: "|", omittingEmptySubsequences: true)
                guard items.count <= 100, items.allSatisfy({ $0.utf8.count <= 1024 }) else {
                    throw refuse("\(name): more than 100 items, or one longer than 1024 bytes")
                }
                row.attributes[name] = .list(items.map { CustomerValue.value(of: String($0)) })
            }
        }
        return row
    }
}

public enum CustomerValue {
    public static let textBytes = 1024

    /// `true`, `FALSE`, whole numbers and decimal fractions as such, all else as text. A number
    /// that would not be written like this again (`007`, `+86`, `1e5`, 20 digits) stays text.
    public static func value(of cell: String) -> AttributeValue {
        switch cell {
        case "true", "TRUE": return .boolean(true)
        case "false", "FALSE": return .boolean(false)
        default: break
        }
        guard let first = cell.utf8.first, first == UInt8(ascii: "-") || isDigit(first) else {
            return .text(cell.composed)
        }
        if let integer = Int64(cell), String(integer) == cell { return .integer(integer) }
        let parts = cell.utf8.drop { $0 == UInt8(ascii: "-") }.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.count == 2, cell.utf8.count <= 17, !parts[1].isEmpty,
            parts.allSatisfy({ $0.allSatisfy(isDigit) }),
            parts[0].count == 1 || (parts[0].count > 1 && parts[0].first != UInt8(ascii: "0")),
            let number = Double(cell)
        {
            return .number(number)
        }
        return .text(cell.composed)
    }

    /// `name=value`, as the command line gives it; nil when it is none.
    public static func pair(_ text: String) -> (name: String, value: String)? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, isName(String(parts[0])) else { return nil }
        return (String(parts[0]).composed, String(parts[1]))
    }

    /// Whether the value, or one of a list, is what `text` says.
    public static func matches(_ value: AttributeValue, _ text: String) -> Bool {
        if case .list(let items) = value { return items.contains { matches($0, text) } }
        if case .text(let own) = value { return own == text }
        return value == self.value(of: text)
    }

    public static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
            }
    }

    public static func badID(_ id: String) -> String {
        id.isEmpty
            ? "no id" : "`\(id.prefix(64))` is no id: 1 to 64 of A-Z a-z 0-9 - _ . @ +"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
