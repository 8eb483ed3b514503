/// What the Store port takes and gives of a session that is read back: notes, whispers, and pages.
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

/// Of messages, or of notes by their own numbers.
public struct HistoryQuery: Hashable, Sendable {
    public enum Direction: Hashable, Sendable {
        case after(Int)
        case before(Int)
    }
    public var session: SessionID
    public var direction: Direction
    /// 1...200.
    public var limit: Int

    public init(session: SessionID, direction: Direction, limit: Int) {
        self.session = session
        self.direction = direction
        self.limit = limit
    }
}
