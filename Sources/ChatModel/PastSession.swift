/// One of a customer's sessions as agents see it in a list.
public struct PastSession: Hashable, Sendable {
    public var record: SessionRecord
    /// When it began, and when the talk ended: milliseconds since 1970.
    public var at: Int64
    public var closedAt: Int64?
    /// Who talked with the customer last.
    public var agent: PersonID?
    public var agentName: String?
    /// What the customer gave it, 1...5.
    public var score: Int?

    public init(
        record: SessionRecord, at: Int64, closedAt: Int64? = nil, agent: PersonID? = nil,
        agentName: String? = nil, score: Int? = nil
    ) {
        self.record = record
        self.at = at
        self.closedAt = closedAt
        self.agent = agent
        self.agentName = agentName
        self.score = score
    }
}
