/// The way of a message: taken from a connection, appended by the store, delivered here in order,
/// acknowledged. This is the hot path; a message that is next in line touches no table but the
/// session's and the operation's.
import ChatModel
import ChatProtocol

extension Hub {
    // MARK: Out to the store

    func relay(_ send: MessageSend, id: Int64, from connection: Connection) {
        guard let site = connection.site, let sender = connection.participant else { return }
        guard send.text.utf8.count <= site.rules.limits.messageBytes else {
            return refuse(id, .textTooLong, "the text is too long", to: connection)
        }
        guard connection.role == .bot || !(send.isUnknown || !send.quickReplies.isEmpty) else {
            return refuse(id, .forbidden, "a robot's only", to: connection)
        }
        guard send.file == nil || connection.role != .bot else {
            return refuse(id, .forbidden, "robots send no files", to: connection)
        }
        guard let lease = site.lease else {
            return refuse(id, .unavailable, Self.storeIsAway, to: connection, retryAfter: 1000)
        }
        let session = localSession(send.session, at: site)
        if let index = session.memberIndex(of: connection),
            let enrollment = session.members[index].enrollment
        {
            return holdSend(send, id, enrollment)
        }
        guard session.unsent.count < LocalSession.unsentBound else {
            return refuse(
                id, .rateLimited, "too many messages on their way", to: connection, retryAfter: 100,
                waitsForStore: true)
        }
        let body =
            send.file == nil
            ? ServerFrame.messageBody(
                from: sender, name: connection.name, text: send.text,
                quickReplies: send.quickReplies, isUnknown: send.isUnknown) : []
        session.unsent.append(
            PendingAppend(
                message: NewMessage(
                    sender: sender, key: send.key, body: body,
                    origin: ConnectionReference(
                        incarnation: lease.incarnation, connection: connection.number)),
                connection: connection,
                acknowledgement: Acknowledgement(
                    request: id, receivedAt: now.monotonicMilliseconds),
                effect: effect(of: send, from: connection, session),
                claim: send.file.map { claim($0, for: session, by: sender) }, text: send.text))
        if session.inFlight.isEmpty { flush(session) }
    }

    private func holdSend(_ send: MessageSend, _ id: Int64, _ enrollment: Enrollment) {
        guard enrollment.sends.count < Enrollment.sendsBound else {
            return refuse(
                id, .rateLimited, "too many messages on their way", to: enrollment.connection,
                retryAfter: 100, waitsForStore: true)
        }
        enrollment.sends.append((send, id))
    }

    /// One call per session is under way; what comes meanwhile joins the next. What waits for its
    /// file holds back what came after it.
    func flush(_ session: LocalSession) {
        guard !session.unsent.isEmpty else {
            submitEnds(session)
            return releaseIfIdle(session)
        }
        let ready = session.unsent.firstIndex { $0.claim != nil } ?? session.unsent.count
        if ready == 0 { return }
        if ready == session.unsent.count, ready <= LocalSession.batchBound {
            swap(&session.inFlight, &session.unsent)
            session.unsent.removeAll(keepingCapacity: true)
        } else {
            let count = min(ready, LocalSession.batchBound)
            session.inFlight = Array(session.unsent.prefix(count))
            session.unsent.removeFirst(count)
        }
        submit(
            .append(
                Append(session: session.id, messages: session.inFlight.map(\.message))),
            at: session.site, .append(session))
        submitEnds(session)
    }

    func appended(_ session: LocalSession, _ outcomes: [AppendOutcome]) {
        let batch = session.inFlight
        session.inFlight.removeAll(keepingCapacity: true)
        for (pending, outcome) in zip(batch, outcomes) { settle(pending, outcome, session) }
        session.stopAwaiting()
        advance(session)
        flush(session)
    }

    private func settle(
        _ pending: PendingAppend, _ outcome: AppendOutcome, _ session: LocalSession
    ) {
        switch outcome {
        case .kept(let seq, let at, let epoch, let isRepeat):
            let arrival = Arrival(
                record: MessageRecord(
                    seq: seq, at: at, sender: pending.message.sender, key: pending.message.key,
                    body: pending.message.body),
                origin: pending.connection, acknowledgement: pending.acknowledgement,
                epoch: epoch)
            kept(arrival, epoch: epoch, session)
            if let effect = pending.effect, !isRepeat {
                spoken(effect, by: pending.message.sender, in: session)
            }
        case .keyConflict:
            refuse(pending, .keyConflict, "this key was used for another text")
        case .gone where session.record == nil:
            refuse(pending, .notFound, "no such session")
        case .gone:
            refuse(pending, .gone, "the session's messages are kept no longer")
        case .sessionClosed:
            refuse(pending, .sessionClosed, "the session is closed")
        case .notParticipant:
            refuse(pending, .notFound, "no such session")
        case .noFloor:
            refuse(pending, .noFloor, "the customer is a human's by now")
        }
    }

    private func kept(_ arrival: Arrival, epoch: Int, _ session: LocalSession) {
        // Nobody listens here: nothing has to come before it.
        if session.members.isEmpty { return acknowledge(arrival, session) }
        if epoch > session.epoch, session.epoch > 0 {
            return enterUnknownEpoch(arrival, session)
        }
        guard arrival.record.seq <= session.cursor ?? 0 else { return arrive(arrival, session) }
        // A repeat, or read from the stream before its answer came.
        acknowledgeBehindPage(arrival, session)
    }

    /// A sender who is on his way in again is answered behind his page, in which his message lies.
    func acknowledgeBehindPage(_ arrival: Arrival, _ session: LocalSession) {
        if let origin = arrival.origin, let index = session.memberIndex(of: origin),
            let enrollment = session.members[index].enrollment
        {
            hold(arrival, enrollment)
        } else {
            acknowledge(arrival, session)
        }
    }

    /// The append came to nothing, or nobody knows: what was sent may still turn up.
    func appendFailed(_ session: LocalSession, _ code: ErrorCode, _ message: String) {
        let batch = session.inFlight
        session.inFlight.removeAll(keepingCapacity: true)
        session.stopAwaiting()
        for pending in batch {
            refuse(
                pending.acknowledgement.request, code, message, to: pending.connection,
                retryAfter: 1000)
        }
        advance(session)
        flush(session)
    }

    private func refuse(_ pending: PendingAppend, _ code: ErrorCode, _ message: String) {
        refuse(pending.acknowledgement.request, code, message, to: pending.connection)
    }

    // MARK: In from the store

    func messageNoticed(
        _ id: SessionID, epoch: Int, _ record: MessageRecord, _ origin: ConnectionReference,
        at site: LocalSite
    ) {
        guard let session = site.sessions[id] else {
            return unwatch(id, at: site)
        }
        var arrival = Arrival(record: record, epoch: epoch)
        if let pending = session.pending(for: record) {
            arrival.origin = pending.connection
            arrival.isAwaitingAnswer = true
        }
        if epoch > session.epoch, session.epoch > 0 {
            return enterUnknownEpoch(arrival, session)
        }
        // Left over from before the fork: whoever reads the new stream must not see it.
        guard epoch == session.epoch || session.epoch == 0 else { return }
        // Its answer may have been faster than the knowledge of its epoch: the two are one.
        if let index = session.forked.firstIndex(where: { isSame($0.record, record) }) {
            arrival.merge(session.forked.remove(at: index))
        }
        arrive(arrival, session)
        advance(session)
    }

    /// Puts a message in its place: delivered when it is next, kept when it is early.
    func arrive(_ arrival: Arrival, _ session: LocalSession) {
        let seq = arrival.record.seq
        if let cursor = session.cursor {
            guard seq > cursor else { return }
            if seq == cursor + 1, session.early.isEmpty, !arrival.isAwaitingAnswer {
                session.cursor = seq
                return deliver(arrival, session)
            }
        }
        insertEarly(arrival, session)
    }

    private func insertEarly(_ arrival: Arrival, _ session: LocalSession) {
        let seq = arrival.record.seq
        let index = session.early.firstIndex { $0.record.seq >= seq } ?? session.early.count
        if index < session.early.count, session.early[index].record.seq == seq {
            return session.early[index].merge(arrival)
        }
        session.early.insert(arrival, at: index)
        guard session.early.count > LocalSession.earlyBound else { return }
        // The far end can be read again.
        let dropped = session.early.removeLast()
        acknowledge(dropped, session)
        session.catchUpAgain = true
    }

    /// Delivers what is due. A hole is given a moment, then it is read from the stream.
    func advance(_ session: LocalSession) {
        while let cursor = session.cursor, let first = session.early.first {
            if first.record.seq <= cursor {
                session.early.removeFirst()
                acknowledge(first, session)
            } else if first.record.seq == cursor + 1, !first.isAwaitingAnswer {
                session.early.removeFirst()
                session.cursor = cursor + 1
                deliver(first, session)
            } else {
                break
            }
        }
        if session.catchUpAgain, !session.isCatchingUp { catchUp(session) }
        timeGap(session)
        if session.isEnding { endIfDelivered(session) }
    }

    private func timeGap(_ session: LocalSession) {
        let hasHole = session.cursor != nil && !session.early.isEmpty
        guard hasHole != session.isGapTimed else { return }
        session.isGapTimed = hasHole
        let timer = HubTimer.gap(session.site.id, session.id)
        effects.append(hasHole ? .arm(timer, afterMilliseconds: 50) : .disarm(timer))
    }

    func gapDue(_ session: LocalSession) {
        session.isGapTimed = false
        guard let cursor = session.cursor, let first = session.early.first else { return }
        // One that waits for its own answer is no hole: the answer always comes.
        if !(first.isAwaitingAnswer && first.record.seq == cursor + 1) {
            effects.append(.report(.gapFetched(session.site.id)))
            catchUp(session)
        }
        timeGap(session)
    }

    // MARK: Out to the connections

    /// To every member: encoded at most twice, with the sender's key and without.
    private func deliver(_ arrival: Arrival, _ session: LocalSession) {
        let record = arrival.record
        var plain: [UInt8]?
        var withKey: [UInt8]?
        var count = 0
        var isHeldForOrigin = false
        for index in session.members.indices {
            let member = session.members[index]
            if let enrollment = member.enrollment {
                hold(arrival, enrollment)
                if member.connection === arrival.origin { isHeldForOrigin = true }
                continue
            }
            guard record.seq > member.after, member.connection !== arrival.origin else { continue }
            count += 1
            if isOwn(record, member.connection) {
                let frame =
                    withKey
                    ?? ServerFrame.message(session: session.id, record, includeKey: true)
                withKey = frame
                send(frame, to: member.connection)
            } else {
                let frame =
                    plain ?? ServerFrame.message(session: session.id, record, includeKey: false)
                plain = frame
                send(frame, to: member.connection)
            }
        }
        if count > 0 { effects.append(.report(.delivered(count: count))) }
        if !isHeldForOrigin { acknowledge(arrival, session) }
    }

    /// To one member, after it was held back.
    func deliver(_ arrival: Arrival, _ session: LocalSession, to connection: Connection) {
        guard connection !== arrival.origin else { return acknowledge(arrival, session) }
        let frame = ServerFrame.message(
            session: session.id, arrival.record, includeKey: isOwn(arrival.record, connection))
        send(frame, to: connection)
        effects.append(.report(.delivered(count: 1)))
    }

    private func hold(_ arrival: Arrival, _ enrollment: Enrollment) {
        enrollment.held.append(arrival)
        guard enrollment.held.count > Enrollment.heldBound else { return }
        close(enrollment.connection, .slowReader)
    }

    private func isOwn(_ record: MessageRecord, _ connection: Connection) -> Bool {
        guard let person = connection.person else { return false }
        return PersonKey(record.sender) == person.key
    }

    func acknowledge(_ arrival: Arrival, _ session: LocalSession) {
        guard let acknowledgement = arrival.acknowledgement, let connection = arrival.origin,
            connection.phase != .closed
        else { return }
        connection.errors = 0
        send(
            ServerFrame.messageOK(
                id: acknowledgement.request, session: session.id, seq: arrival.record.seq,
                at: arrival.record.at), to: connection)
        effects.append(
            .report(
                .acknowledged(
                    milliseconds: now.monotonicMilliseconds - acknowledgement.receivedAt)))
    }
}

extension LocalSession {
    /// What of ours on its way this message is, if any.
    func pending(for record: MessageRecord) -> PendingAppend? {
        inFlight.first {
            $0.message.key == record.key && $0.message.sender == record.sender
                && $0.message.body == record.body
        }
    }

    /// The batch under way has been answered: what its answer did not name is nobody's any more,
    /// and its sender gets it like everybody else.
    func stopAwaiting() {
        for index in early.indices where early[index].isAwaitingAnswer {
            early[index].stopAwaiting()
        }
        for index in forked.indices where forked[index].isAwaitingAnswer {
            forked[index].stopAwaiting()
        }
    }
}
