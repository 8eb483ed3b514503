/// Notes and whispers: written by agents and supervisors, told to the agents of the session and to
/// who watches it, on every node. Customers and robots are passed over here, whatever happens.
import ChatModel
import ChatProtocol

extension Hub {
    func addNote(
        _ note: SessionNote, kind: StaticString, _ request: Request, _ site: LocalSite
    ) {
        guard let who = request.connection.participant else { return }
        guard let lease = site.lease else { return refuse(request, .unavailable) }
        let body = ServerFrame.messageBody(
            from: who, name: request.connection.name, kind: kind, text: note.text)
        let origin = ConnectionReference(
            incarnation: lease.incarnation, connection: request.connection.number)
        submit(
            .addNote(
                AddNote(
                    session: note.session,
                    note: NewMessage(sender: who, key: note.key, body: body, origin: origin))),
            at: site, .note(request, note.session))
    }

    func readNotes(_ query: HistoryRequest, _ request: Request, _ site: LocalSite) {
        submit(.notes(HistoryQuery(query)), at: site, .notes(request))
    }

    /// Whose session it is comes with the page; nothing of another's is said.
    func notesRead(_ request: Request, _ page: NotePage) {
        guard let who = request.connection.participant, who.role.servesCustomers else { return }
        guard mayRead(request.connection, page.session) else {
            return refuse(request, .notFound, "no such session")
        }
        answer(
            request,
            ServerFrame.notesOK(
                id: request.id, session: page.session.id, notes: page.notes,
                lastNote: page.session.lastNote, more: page.more, for: Audience(who)))
    }

    // MARK: In from the store

    func noteNoticed(
        _ id: SessionID, _ note: NoteRecord, _ origin: ConnectionReference, at site: LocalSite
    ) {
        guard let session = site.sessions[id] else { return unwatch(id, at: site) }
        if let last = session.lastNote {
            // Read already, by another way.
            guard note.number > last else { return }
            guard note.number == last + 1 else { return readMissedNotes(session) }
        }
        session.lastNote = note.number
        let isOurs = origin.incarnation == site.lease?.incarnation
        deliver(note, session, except: isOurs ? origin.connection : nil)
    }

    /// A page tells how many there are: what was written while this node did not hear the session
    /// is read.
    func learnNotes(upTo newest: Int, _ session: LocalSession) {
        if let last = session.lastNote, last < newest { readMissedNotes(session) }
        if session.lastNote == nil { session.lastNote = newest }
    }

    /// Behind a hole, or after the subscription was away: all that follows the last one told.
    func readMissedNotes(_ session: LocalSession) {
        guard let last = session.lastNote, session.members.contains(where: hearsNotes) else {
            // Nobody here is to be told; who enters is told the newest number.
            session.lastNote = nil
            return
        }
        guard !session.isReadingNotes else {
            session.readNotesAgain = true
            return
        }
        session.isReadingNotes = true
        session.readNotesAgain = false
        submit(
            .notes(HistoryQuery(session: session.id, direction: .after(last), limit: 200)),
            at: session.site, .readNotes(session))
    }

    func missedNotesRead(_ session: LocalSession, _ page: NotePage) {
        session.isReadingNotes = false
        guard session.site.sessions[session.id] === session else { return }
        for note in page.notes where note.number > session.lastNote ?? 0 {
            session.lastNote = note.number
            deliver(note, session, except: nil)
        }
        // What a lost primary had is not there any more.
        if page.notes.isEmpty { session.lastNote = page.session.lastNote }
        if page.more || session.readNotesAgain { readMissedNotes(session) }
    }

    func missedNotesFailed(_ session: LocalSession, _ reply: StoreReply) {
        session.isReadingNotes = false
        guard session.site.sessions[session.id] === session else { return }
        if case .refused = reply { return }
        session.site.repairs.append(.notes(session))
    }

    // MARK: Out to the connections

    private func hearsNotes(_ member: Member) -> Bool {
        guard let person = member.connection.person else { return false }
        return person.key.isAgent && !person.key.isBot
    }

    private func deliver(
        _ note: NoteRecord, _ session: LocalSession, except origin: ConnectionNumber?
    ) {
        let writer = PersonKey(note.sender)
        for member in session.members
        where hearsNotes(member) && member.connection.number != origin {
            let frame = ServerFrame.note(
                session: session.id, note, includeKey: member.connection.person?.key == writer)
            if let enrollment = member.enrollment {
                // Behind the page, whose newest number it follows.
                guard enrollment.notes.count < Enrollment.heldBound else {
                    close(member.connection, .slowReader)
                    continue
                }
                enrollment.notes.append(frame)
            } else {
                send(frame, to: member.connection)
            }
        }
    }
}
