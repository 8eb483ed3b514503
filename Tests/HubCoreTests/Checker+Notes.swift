/// Notes reach every agent of a session and who watches it, and nobody else.
import ChatModel
import ChatProtocol

@testable import HubCore

extension Checker {
    func noteUnwatch(_ client: Client, _ id: Int64, _ session: SessionID) {
        unwatches[SentRequest(connection: client.number, id: id)] = session
    }

    func noteNote(_ client: Client, _ id: Int64, _ key: String) {
        noteKeys[SentRequest(connection: client.number, id: id)] = key
    }

    /// As a client would: frames tell up to where there are notes, single ones come by themselves.
    func checkNotes(_ frame: ServerEvent, _ client: Client, _ view: inout View) {
        let tree = frame.tree
        if frame.type == "note" || tree["after_seq"] != nil, client.isCustomer {
            fail(7, "\(client.name) got \(frame.line)")
        }
        if frame.type == "note", let session = frame.session, !hasHad(session, client),
            !view.watched.contains(session)
        {
            fail(7, "\(client.name) got a note of \(session), which he never owned")
        }
        if let id = frame.id, frame.type == "error",
            let key = noteKeys[SentRequest(connection: client.number, id: id)]
        {
            view.lostNotes.insert(key)
        }
        if let id = frame.id, frame.type == "ok",
            let session = unwatches[SentRequest(connection: client.number, id: id)],
            view.watched.remove(session) != nil
        {
            view.last[session] = nil
        }
        for entry in [tree] + (tree["sessions"]?.elements ?? []) {
            guard let session = entry["session"]?.string.flatMap({ SessionID($0) }) else {
                continue
            }
            if let last = entry["last_note"]?.number {
                view.notedUpTo[session] = max(view.notedUpTo[session] ?? 0, last)
            }
            if let number = entry["note"]?.number {
                notes += 1
                view.notes[session, default: []].insert(number)
            }
            if entry["watching"] == .boolean(true) {
                watches += 1
                view.watched.insert(session)
            } else if frame.type == "ok", entry["messages"] != nil, entry["state"] != nil {
                // It is in it for all to see from now on.
                view.watched.remove(session)
            }
            let isGone = frame.type == "session.state" && entry["level"] == nil
            if isGone || entry["state"]?.string == "closed" { view.watched.remove(session) }
        }
    }

    func checkAllNotes(_ record: SessionRecord, _ client: Client, _ view: View) {
        let upTo = view.notedUpTo[record.id] ?? 0
        guard upTo < record.lastNote else { return }
        for note in site.sessions[record.id]?.notes ?? [] where note.number > upTo {
            let isLost = note.sender.id.text == client.person && view.lostNotes.contains(note.key)
            guard !isLost, view.notes[record.id]?.contains(note.number) != true else { continue }
            return fail(
                6, "\(client.name) does not know of note \(note.number) of \(record.id)")
        }
    }
}
