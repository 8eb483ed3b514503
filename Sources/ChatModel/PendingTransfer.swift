/// A colleague is asked to take a conversation over. Until he does its owner answers for it.
public struct PendingTransfer: Hashable, Sendable {
    /// Who is asked; it counts in his capacity meanwhile.
    public var to: PersonID
    /// Its owner.
    public var from: PersonID
    /// The giver's words for him; nil for none.
    public var note: String?
    /// The giver stays in it when it has come about.
    public var isWarm: Bool
    /// Milliseconds left of the offer when the record was read.
    public var remaining: Int64

    public init(
        to: PersonID, from: PersonID, note: String? = nil, isWarm: Bool = false, remaining: Int64
    )
    {
        self.to = to
        self.from = from
        self.note = note
        self.isWarm = isWarm
        self.remaining = remaining
    }
}
