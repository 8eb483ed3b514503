/// Which customers are meant: conditions on what is known of them, all of which must fit. Read from
/// the `where` of a request, or from a command line.
import ChatModel
import ChatProtocol
import HubConfig
import HubCore

struct CustomerFilter {
    /// What is asked of one attribute.
    enum Asked: Hashable {
        /// One of these, as text; a list fits by one item.
        case oneOf([String])
        /// A number so compared.
        case compared(Comparison, Double)
        /// Nothing is known.
        case missing
    }

    enum Comparison: String, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case more = ">"
        case less = "<"

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .atLeast: left >= right
            case .atMost: left <= right
            case .more: left > right
            case .less: left < right
            }
        }
    }

    private var conditions: [(name: String, asked: Asked)]

    /// Of equal values alone.
    init(equal conditions: [(name: String, value: String)]) {
        self.conditions = conditions.map { ($0.name, .oneOf([$0.value])) }
    }

    /// Each is looked up for every customer, on the loop.
    private static let conditionBound = 50

    /// The members of a `where`; nil when one cannot be meant, or with more than 50.
    init?(_ members: [JSONValue.Member]) {
        guard members.count <= Self.conditionBound else { return nil }
        conditions = []
        for member in members {
            guard let asked = Self.asked(member.value) else { return nil }
            conditions.append((member.name, asked))
        }
    }

    static let form =
        "where: at most 50 members, texts, whole numbers, true or false, lists of them, "
        + "null, or a comparison such as \">= 5\""

    var isEmpty: Bool { conditions.isEmpty }

    private static func asked(_ value: JSONValue) -> Asked? {
        switch value {
        case .null: return .missing
        case .text(let text): return comparison(text) ?? .oneOf([text])
        case .array(let values):
            let texts = values.compactMap(text)
            return texts.count == values.count && (1...100).contains(texts.count)
                ? .oneOf(texts) : nil
        default: return text(value).map { .oneOf([$0]) }
        }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .boolean(let boolean): String(boolean)
        default: nil
        }
    }

    private static func comparison(_ text: String) -> Asked? {
        guard let comparison = Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) })
        else { return nil }
        let number = text.dropFirst(comparison.rawValue.count).drop { $0 == " " }
        switch CustomerValue.value(of: String(number)) {
        case .integer(let integer): return .compared(comparison, Double(integer))
        case .number(let number): return .compared(comparison, number)
        default: return nil
        }
    }

    func fits(_ record: CustomerRecord) -> Bool {
        conditions.allSatisfy { name, asked in Self.fits(Self.value(name, record), asked) }
    }

    /// Each condition by itself: whether it fits, and whether anything is known of what it asks.
    func each(_ record: CustomerRecord) -> [(isFitting: Bool, isKnown: Bool)] {
        conditions.map { name, asked in
            let value = Self.value(name, record)
            return (Self.fits(value, asked), value != nil)
        }
    }

    private static func value(_ name: String, _ record: CustomerRecord) -> AttributeValue? {
        // No attribute has this name: it is the agent of his own.
        name == "dedicated_agent"
            ? record.dedicatedAgent.map { .text($0.text) } : record.attributes[name]
    }

    private static func fits(_ value: AttributeValue?, _ asked: Asked) -> Bool {
        guard let value else { return asked == .missing }
        switch asked {
        case .missing: return false
        case .oneOf(let texts): return texts.contains { CustomerValue.matches(value, $0) }
        case .compared(let comparison, let bound):
            switch value {
            case .integer(let integer): return comparison.holds(Double(integer), bound)
            case .number(let number): return comparison.holds(number, bound)
            case .list(let items): return items.contains { fits($0, asked) }
            case .text, .boolean: return false
            }
        }
    }
}
