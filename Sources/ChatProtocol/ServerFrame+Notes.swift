/// Notes and whispers: what agents leave each other in a session. Nothing of this file is ever sent
/// to a customer.
public import ChatModel

extension ServerFrame {
    /// To `session.note` and `session.whisper`.
    public static func noteOK(id: Int64, session: SessionID, number: Int, at: Int64) -> [UInt8] {
        var json = ok(id, capacity: 112)
        json.member("session", session)
        json.member("note", number)
        json.member("at", at)
        json.raw("}")
        return json.bytes
    }

    /// To `session.notes`. Notes ascend whatever the direction.
    public static func notesOK(
        id: Int64, session: SessionID, notes: [NoteRecord], lastNote: Int, more: Bool,
        for audience: Audience
    ) -> [UInt8] {
        var json = ok(id, capacity: 128 + notes.count * 192)
        json.member("session", session)
        json.name("notes")
        json.raw("[")
        for (index, note) in notes.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            noteMembers(note, includeKey: audience.sent(note), &json)
            json.raw("}")
        }
        json.raw("]")
        json.member("last_note", lastNote)
        json.member("more", more)
        json.raw("}")
        return json.bytes
    }

    /// To the agents of a session. `includeKey` for other connections of its writer only.
    public static func note(session: SessionID, _ note: NoteRecord, includeKey: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: 144 + note.body.count)
        json.raw("{\"type\":\"note\"")
        json.member("session", session)
        json.raw(",")
        noteMembers(note, includeKey: includeKey, &json)
        json.raw("}")
        return json.bytes
    }

    private static func noteMembers(
        _ note: NoteRecord, includeKey: Bool, _ json: inout JSONWriter
    ) {
        json.raw("\"note\":")
        json.integer(Int64(note.number))
        json.member("at", note.at)
        json.member("after_seq", note.afterSeq)
        if includeKey { json.member("key", note.key) }
        json.raw(",")
        json.raw(note.body)
    }
}
