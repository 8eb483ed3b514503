/// Notes and whispers: a session's second stream.
import ChatModel

extension MemorySite {
    mutating func addNote(_ add: AddNote) -> StoreReply {
        let (id, note) = (add.session, add.note)
        guard sessions[id] != nil else { return .refused(.notFound) }
        guard mayNote(note.sender, in: id) else { return .refused(.notParticipant) }
        let known = sessions[id]!.notes.first {
            $0.sender == note.sender && $0.key == note.key
        }
        if let known {
            guard known.body == note.body else { return .refused(.keyConflict) }
            return .noted(number: known.number, at: known.at)
        }
        sessions[id]!.record.lastNote += 1
        let record = NoteRecord(
            number: sessions[id]!.record.lastNote, at: now,
            afterSeq: sessions[id]!.record.lastSeq, sender: note.sender, key: note.key,
            body: note.body)
        sessions[id]!.notes.append(record)
        told.append(MemoryTold(watching: id, notice: .note(id, record, origin: note.origin)))
        return .noted(number: record.number, at: record.at)
    }

    /// Its agent, also after the end; not one who is only asked. Who joined him. A supervisor
    /// anywhere.
    private func mayNote(_ sender: Participant, in id: SessionID) -> Bool {
        let record = sessions[id]!.record
        if sender.role == .supervisor { return true }
        let isIts = record.agent == sender.id && record.state != .offered
        return sender.role == .agent && (isIts || record.hasJoined(sender.id))
    }

    func notes(_ query: HistoryQuery) -> StoreReply {
        guard let session = sessions[query.session] else { return .refused(.notFound) }
        let (page, more): (ArraySlice<NoteRecord>, Bool)
        switch query.direction {
        case .after(let number):
            let rest = session.notes.drop { $0.number <= number }
            (page, more) = (rest.prefix(query.limit), rest.count > query.limit)
        case .before(let number):
            let rest = session.notes.prefix { $0.number < number }
            (page, more) = (rest.suffix(query.limit), rest.count > query.limit)
        }
        return .notes(
            NotePage(notes: Array(page), more: more, session: record(of: query.session)))
    }
}
