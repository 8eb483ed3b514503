/// What a supervisor asks for when he gives a session to an agent. Part of the Store port.
public import ChatModel

public struct AssignSession: Hashable, Sendable {
    /// Queued with its customer connected, or with another agent: then it moves, and he is told.
    public var session: SessionID
    /// Connected and not offline; away and busy are no obstacle, because a person decided.
    public var agent: PersonID
    /// Also when he holds as many as he may. He gets nothing new then until he is below again.
    public var overCapacity: Bool
    /// The supervisor, for the record.
    public var by: PersonID

    public init(session: SessionID, agent: PersonID, overCapacity: Bool, by: PersonID) {
        self.session = session
        self.agent = agent
        self.overCapacity = overCapacity
        self.by = by
    }
}
