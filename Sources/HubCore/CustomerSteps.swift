/// What is asked of the store about customers apart from their sessions, and what it answers. Part
/// of the `Store` port.
public import ChatModel

/// A change of what is known of one customer. Whoever makes it is trusted: import, HTTP API, agent.
public struct CustomerChange: Hashable, Sendable {
    public enum Dedicated: Hashable, Sendable {
        case unchanged, cleared
        case agent(PersonID)
    }

    public var customer: PersonID
    /// Set, over what was there; others stay.
    public var attributes: [String: AttributeValue]
    /// Taken away; an attribute that is not there is no mistake.
    public var removed: [String]
    public var dedicatedAgent: Dedicated

    public init(
        customer: PersonID, attributes: [String: AttributeValue] = [:], removed: [String] = [],
        dedicatedAgent: Dedicated = .unchanged
    ) {
        self.customer = customer
        self.attributes = attributes
        self.removed = removed
        self.dedicatedAgent = dedicatedAgent
    }

    /// A customer may have so many attributes.
    public static let attributeBound = 100_000
    /// Changes one step takes at most.
    public static let stepBound = 500
}

/// Of a customer of whom many things are known only these attributes are read, beside his agents
/// and ratings; of others everything.
public struct FactsQuery: Hashable, Sendable {
    public var customer: PersonID
    public var attributes: [String]
    /// So many attributes are few.
    public var wholeUpTo: Int

    public init(customer: PersonID, attributes: [String], wholeUpTo: Int = 200) {
        self.customer = customer
        self.attributes = attributes
        self.wholeUpTo = wholeUpTo
    }
}

/// A page of those customers of whom an attribute or a dedicated agent is known, by identifier.
public struct CustomerQuery: Hashable, Sendable {
    /// Nil: from the first.
    public var after: PersonID?
    /// 1...500.
    public var limit: Int

    public init(after: PersonID?, limit: Int) {
        self.after = after
        self.limit = limit
    }
}

/// A customer's judgement of a session and of the agent who served it last.
public struct RateSession: Hashable, Sendable {
    public var session: SessionID
    public var customer: PersonID
    /// 1...64 bytes. The same key with the same `body` is the same rating.
    public var key: String
    /// 1...5.
    public var score: Int
    /// Score, reasons and comment as JSON members without braces: kept and told as it is.
    public var body: [UInt8]
    /// How long after its end a session may still be rated.
    public var withinMilliseconds: Int64

    public init(
        session: SessionID, customer: PersonID, key: String, score: Int, body: [UInt8],
        withinMilliseconds: Int64 = 86_400_000
    ) {
        self.session = session
        self.customer = customer
        self.key = key
        self.score = score
        self.body = body
        self.withinMilliseconds = withinMilliseconds
    }

    /// One session takes so many ratings; the last one counts.
    public static let bound = 20
}

/// A rating as every node is told of it.
public struct RatingNotice: Hashable, Sendable {
    public var session: SessionID
    public var customer: PersonID
    /// Nil when nobody had served the session.
    public var agent: PersonID?
    /// As in `RateSession.body`.
    public var body: [UInt8]

    public init(session: SessionID, customer: PersonID, agent: PersonID?, body: [UInt8]) {
        self.session = session
        self.customer = customer
        self.agent = agent
        self.body = body
    }
}

extension CustomerRecord {
    /// How many agents' ratings are kept of one customer.
    public static let ratingBound = 20
}
