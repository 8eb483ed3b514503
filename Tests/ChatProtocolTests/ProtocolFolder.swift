/// Reads the Protocol folder of this checkout for the tests beside it.
import ChatProtocol
import Foundation

enum ProtocolFolder {
    static let url = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocol")

    /// Names of the files in a folder of it, sorted.
    static func files(_ folder: String, ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.appending(path: folder).path())
            .filter { $0.hasSuffix(ending) }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: url.appending(path: path), encoding: .utf8)
    }

    static func json(_ path: String) throws -> JSONValue {
        let data = try Data(contentsOf: url.appending(path: path))
        guard let value = JSONValue(Array(data)) ?? LenientJSON.read(data) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return value
    }
}

/// Schemas are nested deeper than frames may be; this reader has no such limit.
enum LenientJSON {
    static func read(_ data: Data) -> JSONValue? {
        do {
            return value(try JSONSerialization.jsonObject(with: data))
        } catch {
            return nil
        }
    }

    private static func value(_ any: Any) -> JSONValue? {
        switch any {
        case is NSNull: return .null
        case let text as String: return .text(text)
        case let number as NSNumber:
            if CFBooleanLike.isBoolean(number) { return .boolean(number.boolValue) }
            let integer = number.int64Value
            return NSNumber(value: integer) == number
                ? .integer(integer) : .number(number.doubleValue)
        case let list as [Any]:
            let values = list.compactMap(value)
            return values.count == list.count ? .array(values) : nil
        case let object as [String: Any]:
            return .object(
                object.sorted { $0.key < $1.key }.compactMap { name, any in
                    value(any).map { JSONValue.Member(name, $0) }
                })
        default: return nil
        }
    }
}

enum CFBooleanLike {
    static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}

extension JSONValue {
    var string: String? { if case .text(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    var names: Set<String> { Set(members.map(\.name)) }

    /// The same with members sorted, as bytes: equal exactly when the values are, letter for
    /// letter.
    var canonical: [UInt8] {
        var json = JSONWriter()
        json.value(sorted)
        return json.bytes
    }

    private var sorted: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.sorted) }
                    .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        default: self
        }
    }
}
