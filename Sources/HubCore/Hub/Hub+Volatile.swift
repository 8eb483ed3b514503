/// Typing and read marks: told to who is there, never stored. A node keeps how far people have read
/// while anybody of the session is with it, so that a page that was loaded again is shown it.
import ChatModel
import ChatProtocol

/// How far somebody has read a session.
struct ReadMark {
    let person: Participant
    let seq: Int
}

extension Hub {
    func volatile(
        _ kind: VolatileEvent.Kind, in session: SessionID, _ id: Int64?, _ connection: Connection,
        _ site: LocalSite
    ) {
        guard connection.sessions.contains(session), let from = connection.participant,
            !onlyWatches(connection, session, at: site)
        else {
            return refuse(id, .notFound, "no such session", to: connection)
        }
        publish(kind, in: session, from: from, by: connection.number, at: site)
        if let id {
            answer(
                Request(connection: connection, id: id), ServerFrame.plainOK(id: id))
        }
    }

    private func publish(
        _ kind: VolatileEvent.Kind, in session: SessionID, from: Participant,
        by connection: ConnectionNumber, at site: LocalSite
    ) {
        guard let lease = site.lease else { return }
        submitUnanswered(
            .publishVolatile(
                VolatileEvent(
                    session: session, from: from, kind: kind,
                    origin: ConnectionReference(
                        incarnation: lease.incarnation, connection: connection))),
            at: site)
    }

    func volatileNoticed(_ event: VolatileEvent, at site: LocalSite) {
        guard let session = site.sessions[event.session] else { return }
        let isOurs = event.origin.incarnation == site.lease?.incarnation
        let author = PersonKey(event.from)
        let frame: [UInt8]
        switch event.kind {
        case .typing(let isTyping):
            frame = ServerFrame.typing(session: session.id, from: event.from, isTyping: isTyping)
        case .read(let seq):
            // An older mark behind a newer one says nothing.
            guard seq >= session.readMarks[author]?.seq ?? 0 else { return }
            // Of what is not there yet nothing is kept: it may never be.
            if seq <= session.cursor ?? seq {
                session.readMarks[author] = ReadMark(person: event.from, seq: seq)
            }
            frame = ServerFrame.read(session: session.id, from: event.from, seq: seq)
        case .whoRead:
            if !isOurs { tellWhoRead(session) }
            return
        }
        let key = volatileKey(event)
        for member in session.members where member.enrollment == nil {
            if isOurs, member.connection.number == event.origin.connection { continue }
            // One's own typing is no news on one's other devices; what one has read is.
            if case .typing = event.kind, member.connection.person?.key == author { continue }
            effects.append(.sendVolatile(member.connection.number, frame, key: key))
        }
    }

    /// A slow reader gets the latest of each kind, writer and session.
    private func volatileKey(_ event: VolatileEvent) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(event.session)
        hasher.combine(PersonKey(event.from))
        if case .typing = event.kind { hasher.combine(0) } else { hasher.combine(1) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    // MARK: Read marks of a page that was loaded again

    /// Behind the first page, which a mark must not be ahead of.
    func showReadMarks(of session: LocalSession, to connection: Connection) {
        let marks = session.readMarks.values.sorted { $0.person.id < $1.person.id }
        for mark in marks where mark.seq <= session.cursor ?? 0 {
            send(
                ServerFrame.read(session: session.id, from: mark.person, seq: mark.seq),
                to: connection)
        }
    }

    /// This node hears the session from now on; others may know what was read before. Only a
    /// session somebody has answered has marks worth asking for.
    func askWhoRead(_ session: LocalSession) {
        guard let record = session.record, record.agent != nil, record.state == .active,
            session.site.sessions[session.id] === session
        else { return }
        publish(
            .whoRead, in: session.id, from: Participant(role: .customer, id: record.customer),
            by: 0, at: session.site)
    }

    /// Each node answers for the people who are with it, so that each is told once.
    private func tellWhoRead(_ session: LocalSession) {
        let here = Set(session.members.compactMap { $0.connection.person?.key })
        let marks = session.readMarks.filter { here.contains($0.key) }.values
        for mark in marks.sorted(by: { $0.person.id < $1.person.id }) {
            publish(
                .read(mark.seq), in: session.id, from: mark.person, by: 0, at: session.site)
        }
    }
}
