/// What a step asks of an agent, with the customer's own values filled in. Two sessions that ask
/// the same wait in the same queue: the text is the signature that stores tell queues apart by.
///
/// Both sides are brought to one form first: an agent's skills, languages and attributes are
/// *qualities* with a level, and a requirement is a list of clauses over them.
public import ChatModel

public struct Requirement: Hashable, Sendable {
    /// Met by an agent who has one of the qualities at this level or above. Without any quality
    /// nobody meets it: the customer lacks the attribute that was to be compared.
    public struct Clause: Hashable, Sendable {
        /// 1...10; languages and attributes have level 1.
        public var least: Int
        /// Sorted, each once.
        public var anyOf: [String]

        public init(least: Int, anyOf: [String]) {
            self.least = least
            self.anyOf = Set(anyOf).sorted()
        }

        /// The agent's level in the best quality that will do; nil when he has none.
        func level(of qualities: [String: Int]) -> Int? {
            anyOf.compactMap { qualities[$0] }.filter { $0 >= least }.max()
        }

        var text: String { ([String(least)] + anyOf).joined(separator: "\t") }
    }

    /// Sorted by text, each once; never empty.
    public let clauses: [Clause]

    /// Nil when nothing is asked.
    public init?(_ clauses: [Clause]) {
        guard !clauses.isEmpty else { return nil }
        self.clauses = Set(clauses).sorted { $0.text < $1.text }
    }

    public func isMet(by qualities: [String: Int]) -> Bool {
        clauses.allSatisfy { $0.level(of: qualities) != nil }
    }

    /// Without what no agent has: so there are no more signatures than the site file brings about,
    /// whatever values pages send.
    func limited(to known: Set<String>) -> Requirement {
        Requirement(
            clauses.map { Clause(least: $0.least, anyOf: $0.anyOf.filter(known.contains)) }) ?? self
    }

    /// The sum of the levels in the skills asked for, at most 1023; 0 when none is.
    func proficiency(of qualities: [String: Int]) -> Int {
        let skills = clauses.filter { $0.anyOf.contains { $0.hasPrefix(Quality.skillPrefix) } }
        return min(1023, skills.reduce(0) { $0 + ($1.level(of: qualities) ?? 0) })
    }

    /// As `text` wrote it. Nil when it is no signature.
    public init?(text: String) {
        var clauses: [Clause] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            guard let least = parts.first.flatMap({ Int($0) }) else { return nil }
            clauses.append(Clause(least: least, anyOf: Array(parts.dropFirst())))
        }
        self.init(clauses)
    }

    /// The signature: a line for each clause, its level and its qualities between tabs.
    public var text: String { clauses.map(\.text).joined(separator: "\n") }
}

/// The names of qualities. They hold no control characters, so that tabs and line ends may part
/// them.
public enum Quality {
    static let skillPrefix = "s:"

    public static func skill(_ name: String) -> String { skillPrefix + plain(name) }

    /// Languages are told apart without regard to case.
    public static func language(_ tag: String) -> String { "l:" + plain(tag).lowercased() }

    public static func attribute(_ name: String, _ value: String) -> String {
        "a:" + plain(name) + "=" + plain(value)
    }

    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}

extension Requirement {
    /// What a step asks for of this customer's agent; nil when it asks nothing.
    public init?(_ asked: AgentRequirements, of attributes: Attributes) {
        var clauses = asked.skills.map { name, least in
            Clause(least: least, anyOf: [Quality.skill(name)])
        }
        clauses += asked.languages.map { Clause(least: 1, anyOf: [Quality.language($0)]) }
        clauses += asked.same.map { name in
            let values = attributes[name]?.value.texts ?? []
            // As in rules, an agent of a region serves all below it.
            let known = name == "region" ? values.flatMap(Self.upwards) : values
            return Clause(least: 1, anyOf: known.map { Quality.attribute(name, $0) })
        }
        self.init(clauses)
    }

    /// A region and all it lies in: `a/b/c`, `a/b`, `a`.
    private static func upwards(_ region: String) -> [String] {
        let parts = region.split(separator: "/", omittingEmptySubsequences: false)
        return (1...max(1, parts.count)).map { parts.prefix($0).joined(separator: "/") }
    }
}

extension AgentProfile {
    /// His skills, languages and attributes in the form requirements are written in. Who speaks
    /// `en-US` speaks `en`.
    public var qualities: [String: Int] {
        var qualities: [String: Int] = [:]
        for (name, level) in skills { qualities[Quality.skill(name)] = level }
        for tag in languages {
            let parts = tag.split(separator: "-")
            for count in 1...max(1, parts.count) {
                let shorter = parts.prefix(count).joined(separator: "-")
                qualities[Quality.language(shorter)] = 1
            }
        }
        for (name, value) in attributes {
            for text in value.texts { qualities[Quality.attribute(name, text)] = 1 }
        }
        return qualities
    }
}

extension AttributeValue {
    /// Each scalar as text; a whole number has no fraction.
    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .integer(let integer): [String(integer)]
        case .number(let number): [Int64(exactly: number).map { String($0) } ?? String(number)]
        case .boolean(let truth): [truth ? "true" : "false"]
        case .list(let values): values.flatMap(\.texts)
        }
    }
}
