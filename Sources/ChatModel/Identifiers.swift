/// The identifiers every room speaks of. All are plain values; text forms are limited to small
/// alphabets, because they become parts of Redis keys, log lines and metric labels.

/// One business using the hub. Text: 1...40 of `a-z 0-9 -`, beginning with a letter or digit.
public struct SiteID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil when the text is not a site name.
    public init?(_ text: String) {
        guard Alphabet.isName(text, maximumBytes: 40, extra: "-") else { return nil }
        self.text = text
    }

    public var description: String { text }
    public static func < (left: SiteID, right: SiteID) -> Bool { left.text < right.text }
}

/// A skill group of agents. Text: 1...40 of `a-z 0-9 - _`, beginning with a letter or digit.
public struct GroupID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil when the text is not a group name.
    public init?(_ text: String) {
        guard Alphabet.isName(text, maximumBytes: 40, extra: "-_") else { return nil }
        self.text = text
    }

    public var description: String { text }
    public static func < (left: GroupID, right: GroupID) -> Bool { left.text < right.text }
}

/// Who a person is inside a site: the `sub` of a token, or `v_...` for an anonymous visitor.
/// Text: 1...64 of `A-Z a-z 0-9 - _ . @ +`.
public struct PersonID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil when the text is not a person's identifier.
    public init?(_ text: String) {
        guard Alphabet.isPerson(text) else { return nil }
        self.text = text
    }

    public var description: String { text }
    public static func < (left: PersonID, right: PersonID) -> Bool { left.text < right.text }

    /// True for a visitor without a token; such a person is made by the hub, never by a client.
    public var isAnonymous: Bool { text.hasPrefix("v_") }
}

/// A role of a token or connection (DESIGN section 1). `admin` is for the HTTP API and commands.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case customer, agent, supervisor, admin, bot

    /// Agents and those who may do what agents do.
    public var servesCustomers: Bool { self == .agent || self == .supervisor || self == .bot }
}

/// Somebody in a session: the role he has there and who he is.
public struct Participant: Hashable, Sendable {
    public let role: Role
    public let id: PersonID

    public init(role: Role, id: PersonID) {
        self.role = role
        self.id = id
    }
}

/// Character tests for identifiers; all linear and on bytes.
enum Alphabet {
    static func isName(_ text: String, maximumBytes: Int, extra: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= maximumBytes, isLowerOrDigit(first) else {
            return false
        }
        return bytes.allSatisfy { isLowerOrDigit($0) || extra.utf8.contains($0) }
    }

    static func isPerson(_ text: String) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= 64 else { return false }
        return bytes.allSatisfy {
            isLowerOrDigit($0) || (0x41...0x5A).contains($0) || "-_.@+".utf8.contains($0)
        }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
