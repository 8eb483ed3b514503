/// Who a frame is for. Every encoder that could tell a customer too much asks for it, and the two
/// kinds go separate ways: a customer never gets a level, a group's queue, a profile, an offer, or
/// who is being asked.
public import ChatModel

public enum Audience: Hashable, Sendable {
    case customer(PersonID)
    /// Agents, supervisors and bots.
    case agent(PersonID)

    public init(_ person: Participant) {
        self = person.role.servesCustomers ? .agent(person.id) : .customer(person.id)
    }

    public var isCustomer: Bool {
        if case .customer = self { true } else { false }
    }

    /// Whether the message is his own: only its sender is shown the key.
    public func sent(_ record: MessageRecord) -> Bool { Audience(record.sender) == self }
    public func sent(_ note: NoteRecord) -> Bool { Audience(note.sender) == self }
}
