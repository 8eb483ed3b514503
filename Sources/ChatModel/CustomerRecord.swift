/// What the site knows of a customer apart from any session: all of it trusted (import, HTTP API,
/// agents, and what the hub itself saw). The store keeps it; routing reads it at `session.start`.
public struct CustomerRecord: Hashable, Sendable {
    /// A score the customer gave an agent, the latest one.
    public struct Rating: Hashable, Sendable {
        /// 1 (bad) to 5.
        public var score: Int
        /// Milliseconds since 1970.
        public var at: Int64

        public init(score: Int, at: Int64) {
            self.score = score
            self.at = at
        }
    }

    public let id: PersonID
    public var attributes: [String: AttributeValue]
    /// The agent who is his own.
    public var dedicatedAgent: PersonID?
    /// The agent who last talked with him.
    public var lastAgent: PersonID?
    /// By agent; at most the 20 latest.
    public var ratings: [PersonID: Rating]

    public init(
        id: PersonID, attributes: [String: AttributeValue] = [:], dedicatedAgent: PersonID? = nil,
        lastAgent: PersonID? = nil, ratings: [PersonID: Rating] = [:]
    ) {
        self.id = id
        self.attributes = attributes
        self.dedicatedAgent = dedicatedAgent
        self.lastAgent = lastAgent
        self.ratings = ratings
    }
}
