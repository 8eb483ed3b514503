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

        var text: String { ([String(least)] + anyOf).joined(separator: "\t") }
    }

    /// Sorted by text, each once; never empty.
    public let clauses: [Clause]

    /// Nil when nothing is asked.
    public init?(_ clauses: [Clause]) {
        guard !clauses.isEmpty else { return nil }
        self.clauses = Set(clauses).sorted { $0.text < $1.text }
    }

    /// The signature: a line for each clause, its level and its qualities between tabs.
    public var text: String { clauses.map(\.text).joined(separator: "\n") }
}

/// The names of qualities. They hold no control characters, so that tabs and line ends may part
/// them.
public enum Quality {
    public static func skill(_ name: String) -> String { "s:" + plain(name) }

    /// Languages are told apart without regard to case.
    public static func language(_ tag: String) -> String { "l:" + plain(tag).lowercased() }

    public static func attribute(_ name: String, _ value: String) -> String {
        "a:" + plain(name) + "=" + plain(value)
    }

    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
