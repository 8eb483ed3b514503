/// An agent in a conversation beside its owner, or one who is invited into it. He holds no slot.
public struct SessionOther: Hashable, Sendable {
    public enum Standing: String, Hashable, Sendable, CaseIterable {
        case joined, invited
    }

    public var agent: PersonID
    public var standing: Standing
    /// Of one who is invited: by whom, and the words for him.
    public var invitedBy: PersonID?
    public var note: String?
    /// Milliseconds until his invitation ends, counted when the record was made.
    public var remaining: Int64?
    /// As he is shown; a store does not know it.
    public var name: String?

    public init(
        agent: PersonID, standing: Standing, invitedBy: PersonID? = nil, note: String? = nil,
        remaining: Int64? = nil, name: String? = nil
    ) {
        self.agent = agent
        self.standing = standing
        self.invitedBy = invitedBy
        self.note = note
        self.remaining = remaining
        self.name = name
    }
}

extension SessionRecord {
    public func other(_ agent: PersonID) -> SessionOther? { others.first { $0.agent == agent } }
    public func hasJoined(_ agent: PersonID) -> Bool { other(agent)?.standing == .joined }
    public func isInvited(_ agent: PersonID) -> Bool { other(agent)?.standing == .invited }
    public var joined: [SessionOther] { others.filter { $0.standing == .joined } }

    /// Who is what beside its owner.
    public var standings: [PersonID: SessionOther.Standing] {
        Dictionary(others.map { ($0.agent, $0.standing) }, uniquingKeysWith: { first, _ in first })
    }
}
