/// Notes and whispers as the Store port takes and gives them.
public import ChatModel

/// A note or whisper; its `body` says which.
public struct AddNote: Hashable, Sendable {
    public var session: SessionID
    public var note: NewMessage

    public init(session: SessionID, note: NewMessage) {
        self.session = session
        self.note = note
    }
}

public struct NotePage: Hashable, Sendable {
    /// Ascending.
    public var notes: [NoteRecord]
    /// Further notes lie in the asked direction.
    public var more: Bool
    public var session: SessionRecord

    public init(notes: [NoteRecord], more: Bool, session: SessionRecord) {
        self.notes = notes
        self.more = more
        self.session = session
    }
}
