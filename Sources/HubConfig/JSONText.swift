/// Just enough JSON to print reports: members keep their order, those without a value are left out.
enum JSONText: CustomStringConvertible {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case null
    case list([JSONText])
    case members([(String, JSONText)])

    static func object(_ members: [(String, JSONText?)]) -> JSONText {
        .members(members.compactMap { name, value in value.map { (name, $0) } })
    }

    var description: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .null: "null"
        case .list(let values): "[\(values.map(\.description).joined(separator: ","))]"
        case .members(let members):
            "{" + members.map { "\(Self.quoted($0)):\($1)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
