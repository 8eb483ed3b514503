/// What an agent set for himself; survives reconnects.
public enum AgentStatus: String, Hashable, Sendable, CaseIterable {
    case online, busy, away, offline
}

/// What a person's connections show.
public enum Reachability: String, Hashable, Sendable, CaseIterable {
    case connected, grace, gone
}

/// An agent as the site file describes him. Anyone who is only listed in a group has the defaults.
public struct AgentProfile: Hashable, Sendable {
    public let id: PersonID
    /// Shown to customers. Defaults to the identifier.
    public var name: String
    /// Sessions he may hold at once. 1...50; offers count, so he never rings beyond it.
    public var capacity: Int
    public var groups: [GroupID]
    public var skills: [String: Int]
    public var languages: [String]
    public var attributes: [String: AttributeValue]

    public init(
        id: PersonID, name: String? = nil, capacity: Int = 4, groups: [GroupID] = [],
        skills: [String: Int] = [:], languages: [String] = [],
        attributes: [String: AttributeValue] = [:]
    ) {
        self.id = id
        self.name = name ?? id.text
        self.capacity = capacity
        self.groups = groups
        self.skills = skills
        self.languages = languages
        self.attributes = attributes
    }
}

/// An agent's present state as the store knows it.
public struct AgentRecord: Hashable, Sendable {
    public let id: PersonID
    public var status: AgentStatus
    public var reachability: Reachability
    public var capacity: Int
    /// Sessions held, offers included; derived from the sessions, never counted apart.
    public var held: Int
    public var groups: [GroupID]
    /// Why he has this status, in his words; at most 64 bytes.
    public var reason: String?
    /// In this status, when the record was read.
    public var sinceMilliseconds: Int64 = 0
    /// Sessions he may hold while he comes in slowly; nil: all of his capacity.
    public var ramp: Int?
    /// The supervisor who set the status; nil: he himself, or nobody.
    public var setBy: PersonID?

    public init(
        id: PersonID, status: AgentStatus, reachability: Reachability, capacity: Int, held: Int,
        groups: [GroupID]
    ) {
        self.id = id
        self.status = status
        self.reachability = reachability
        self.capacity = capacity
        self.held = held
        self.groups = groups
    }
}
