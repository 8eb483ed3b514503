/// What the hub itself says in a session: lines of its stream that tell everybody what came about.
/// They have numbers like messages, and are nobody's word.
public enum SystemEvent: String, Hashable, Sendable, CaseIterable {
    case agentJoined = "agent_joined"
    case agentLeft = "agent_left"
    /// Another agent owns the session from here on.
    case transferred
    /// The customer has been silent for long while it is for him to answer.
    case idleReminder = "idle_reminder"
    /// The customer has opened it again.
    case reopened
}

extension Participant {
    /// The sender of the hub's own lines. No connection has this role: admins are not greeted.
    public static let hub = Participant(role: .admin, id: .hub)
}

extension PersonID {
    fileprivate static let hub: PersonID = {
        guard let id = PersonID("hub") else { preconditionFailure("`hub` is a person's name") }
        return id
    }()
}

extension MessageRecord {
    /// Said by the hub, not by anybody in the session.
    public var isSystemLine: Bool { sender == .hub }
}
