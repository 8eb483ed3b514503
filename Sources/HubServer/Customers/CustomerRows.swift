/// A file of customers as it comes in, piece by piece: CSV or JSON lines become rows. Used by
/// `CustomerLoader`.
import ChatModel
import ChatProtocol
import HubConfig

enum CustomerFormat: String, Sendable {
    case csv, jsonl

    /// By the file's name; nil when it ends in something else.
    init?(path: String) {
        switch path.split(separator: ".").last?.lowercased() {
        case "csv": self = .csv
        case "jsonl", "ndjson": self = .jsonl
        default: return nil
        }
    }
}

/// Memory is one row.
struct CustomerRows {
    typealias Found = (Result<CustomerRow, BadRow>) -> Void

    private let agents: Set<PersonID>
    private let format: CustomerFormat
    private var table = CSVReader()
    private var columns: CustomerColumns?
    private var line: [UInt8] = []
    private var lineNumber = 0
    /// What makes the whole file unreadable; nothing more is read then.
    private(set) var failure: BadRow?

    init(format: CustomerFormat, agents: Set<PersonID>) {
        self.format = format
        self.agents = agents
    }

    mutating func read(_ piece: UnsafeRawBufferPointer, _ found: Found) {
        guard failure == nil else { return }
        switch format {
        case .csv:
            var columns = columns
            var failure: BadRow?
            table.read(piece) { record in
                Self.take(record, &columns, &failure, agents, found)
            }
            (self.columns, self.failure) = (columns, failure)
        case .jsonl:
            var rest = piece[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<end]))
                endLine(found)
                rest = rest[(end + 1)...]
            }
            line.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest))
            if line.count > CSVReader.recordBytes {
                failure = BadRow(line: lineNumber + 1, reason: "a line that never ends")
            }
        }
    }

    mutating func finish(_ found: Found) {
        guard failure == nil else { return }
        if format == .jsonl { return endLine(found) }
        var columns = columns
        var failure: BadRow?
        table.finish { Self.take($0, &columns, &failure, agents, found) }
        if columns == nil, failure == nil { failure = BadRow(line: 1, reason: "an empty file") }
        (self.columns, self.failure) = (columns, failure)
    }

    private static func take(
        _ record: CSVRecord, _ columns: inout CustomerColumns?, _ failure: inout BadRow?,
        _ agents: Set<PersonID>, _ found: Found
    ) {
        guard failure == nil else { return }
        do throws(BadRow) {
            if let columns {
                found(.success(try columns.row(record, agents: agents)))
            } else {
                columns = try CustomerColumns(record)
            }
        } catch {
            if columns == nil { failure = error } else { found(.failure(error)) }
        }
    }

    private mutating func endLine(_ found: Found) {
        lineNumber += 1
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return }
        do throws(BadRow) {
            found(.success(try CustomerObject.row(line, number: lineNumber, agents: agents)))
        } catch {
            var bad = error
            bad.source = .line(line)
            found(.failure(bad))
        }
    }
}

/// One JSON object a customer: `id`, `dedicated_agent` (`null`: none any more), every other member
/// an attribute (`null`: taken away).
enum CustomerObject {
    static func row(
        _ text: [UInt8], number: Int, agents: Set<PersonID>
    ) throws(BadRow) -> CustomerRow {
        guard case .object(let members) = JSONValue(text) else {
            throw BadRow(line: number, reason: "not one JSON object in UTF-8")
        }
        guard case .text(let id) = JSONValue.object(members)["id"] else {
            throw BadRow(line: number, reason: "no `id`, or one that is not text")
        }
        do throws(Refusal) {
            let rest = members.filter { $0.name != "id" && !RejectedRows.isOfOne($0.name) }
            var row = try row(id: id, rest, agents: agents)
            row.line = number
            return row
        } catch {
            throw BadRow(line: number, reason: error.reason)
        }
    }

    struct Refusal: Error { let reason: String }

    static func row(
        id: String, _ members: [JSONValue.Member], agents: Set<PersonID>
    ) throws(Refusal) -> CustomerRow {
        guard let person = PersonID(id) else { throw Refusal(reason: CustomerValue.badID(id)) }
        var row = CustomerRow(id: person)
        for member in members {
            guard CustomerValue.isName(member.name) else {
                throw Refusal(
                    reason: "an attribute's name has 1 to 64 bytes, no control characters")
            }
            if member.name == "dedicated_agent" {
                row.dedicatedAgent = try dedicated(member.value, agents)
            } else if member.value == .null {
                row.removed.append(member.name.composed)
            } else if let value = attribute(member.value) {
                row.attributes[member.name.composed] = value
            } else {
                throw Refusal(
                    reason:
                        "\(member.name): text of at most 1024 bytes, a number, true, false, or a "
                        + "list of up to 100 of these")
            }
        }
        return row
    }

    private static func dedicated(
        _ value: JSONValue, _ agents: Set<PersonID>
    ) throws(Refusal) -> CustomerRow.Dedicated {
        if value == .null { return .cleared }
        guard case .text(let name) = value, let agent = PersonID(name), agents.contains(agent)
        else {
            throw Refusal(reason: "dedicated_agent: no such agent at this site")
        }
        return .agent(agent)
    }

    private static func attribute(_ value: JSONValue) -> AttributeValue? {
        guard case .array(let elements) = value else { return scalar(value) }
        let scalars = elements.compactMap(scalar)
        return elements.count <= 100 && scalars.count == elements.count ? .list(scalars) : nil
    }

    private static func scalar(_ value: JSONValue) -> AttributeValue? {
        switch value {
        case .text(let text):
            text.utf8.count <= CustomerValue.textBytes ? .text(text.composed) : nil
        case .integer(let integer): .integer(integer)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .null, .array, .object: nil
        }
    }
}
