/// What is asked of the store about conversations of the past. Part of the `Store` port.
public import ChatModel

/// A page of a customer's sessions, newest first, also of those that are open.
public struct CustomerSessionsQuery: Hashable, Sendable {
    public var customer: PersonID
    /// Those that began before this instant, milliseconds since 1970; nil: the newest.
    public var before: Int64?
    /// 1...50.
    public var limit: Int

    public init(customer: PersonID, before: Int64?, limit: Int) {
        self.customer = customer
        self.before = before
        self.limit = limit
    }
}

public struct PastPage: Hashable, Sendable {
    /// Without names.
    public var sessions: [PastSession]
    /// There are older ones.
    public var more: Bool

    public init(sessions: [PastSession], more: Bool) {
        self.sessions = sessions
        self.more = more
    }
}

/// The text of a message goes for good; a mark stays in its place.
public struct DeleteMessage: Hashable, Sendable {
    public var session: SessionID
    public var seq: Int
    /// The supervisor who wants it.
    public var by: PersonID

    public init(session: SessionID, seq: Int, by: PersonID) {
        self.session = session
        self.seq = seq
        self.by = by
    }
}

/// A deletion as every node is told of it.
public struct DeletionNotice: Hashable, Sendable {
    public var session: SessionID
    public var seq: Int
    /// Whose the session is, also when it is over.
    public var customer: PersonID
    public var agent: PersonID?

    public init(session: SessionID, seq: Int, customer: PersonID, agent: PersonID?) {
        self.session = session
        self.seq = seq
        self.customer = customer
        self.agent = agent
    }
}
