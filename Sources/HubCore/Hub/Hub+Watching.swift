/// A supervisor looks on unseen: his connection hears a session as its agents do, and nobody in it
/// learns of him. This is a matter of the connection's node alone; the store knows nothing of it.
import ChatModel
import ChatProtocol

extension Hub {
    func beginWatching(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        submit(.session(session), at: site, .look(request, session))
    }

    /// The session is read for its being there; what it is now comes with the page of messages.
    private func looked(_ request: Request, _ record: SessionRecord, at site: LocalSite) {
        let connection = request.connection
        guard connection.isReady, let person = connection.person else { return }
        guard record.state.isOpen, site.ended[record.id] == nil else {
            return refuse(request, .sessionClosed, "the session is closed")
        }
        let session = localSession(record.id, at: site)
        if session.record == nil { session.record = record }
        if let present = session.record, !mayHear(person, present) {
            connection.watched.insert(record.id)
        }
        enroll(connection, in: session, mode: .watch(request: request.id))
    }

    func endWatching(_ id: SessionID, _ request: Request, _ site: LocalSite) {
        let connection = request.connection
        if let session = site.sessions[id] {
            if onlyWatches(connection, id, at: site) {
                stopWatching(connection, session)
            } else {
                // Meanwhile it is his: it goes on coming to him as his own.
                connection.watched.remove(id)
            }
        }
        answer(request, ServerFrame.plainOK(id: request.id))
    }

    private func stopWatching(_ connection: Connection, _ session: LocalSession) {
        let enrollment = session.memberIndex(of: connection).flatMap {
            session.members[$0].enrollment
        }
        remove(connection, from: session)
        // Asked for, and ended before its answer came.
        for mode in enrollment.map({ [$0.mode] + $0.others }) ?? [] {
            guard let request = mode.request else { continue }
            refuse(request, .notFound, "you have ended it", to: connection)
        }
        if let enrollment { relaySends(of: enrollment) }
    }

    /// Whether it looks on at a session that is not its person's own. One who looks on may come to
    /// own it unasked, and lose it again: his watch outlasts both.
    func onlyWatches(_ connection: Connection, _ session: SessionID, at site: LocalSite) -> Bool {
        guard connection.watched.contains(session), let person = connection.person,
            let record = site.sessions[session]?.record
        else { return false }
        return !mayHear(person, record)
    }

    /// Whether the session's messages are to come to this connection.
    func mayHear(_ connection: Connection, _ record: SessionRecord) -> Bool {
        guard let person = connection.person else { return false }
        return mayHear(person, record)
            || (record.state.isOpen && connection.watched.contains(record.id))
    }

    /// Answers to what is done beside a session.
    func besideAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.look(let request, _), .session(let record)): looked(request, record, at: site)
        case (.note(let request, let session), .noted(let number, let at)):
            answer(
                request,
                ServerFrame.noteOK(id: request.id, session: session, number: number, at: at))
        case (.notes(let request), .notes(let page)): notesRead(request, page)
        case (.look(let request, _), _), (.note(let request, _), _), (.notes(let request), _):
            refuse(request, reply)
        default: break
        }
    }
}
