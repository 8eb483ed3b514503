/// Requests of greeted connections: rights first, then each frame's own way to the store.
import ChatModel
import ChatProtocol

extension Hub {
    func handle(_ line: ClientLine, from connection: Connection) {
        guard Rights.allow(connection.role, line.frame.type) else {
            return refuse(
                line.id, .forbidden, "not for the role \(connection.role.rawValue)",
                to: connection)
        }
        if case .messageSend(let send) = line.frame {
            return relay(send, id: line.id ?? 0, from: connection)
        }
        guard let site = connection.site else { return }
        let request = Request(connection: connection, id: line.id ?? 0)
        switch line.frame {
        case .messageSend: break
        case .hello:
            refuse(line.id, .alreadyGreeted, "hello was answered already", to: connection)
        case .pong:
            if let id = line.id { answer(Request(connection: connection, id: id), plainOK(id)) }
        case .typing(let typing):
            volatile(.typing(typing.isTyping), in: typing.session, line.id, connection, site)
        case .read(let mark):
            volatile(.read(mark.seq), in: mark.session, line.id, connection, site)
        case .history(let query): readHistory(query, request, site)
        case .sessionStart(let start): startSession(start, request, site)
        case .sessionHuman(let ask): askForHuman(ask, request, site)
        case .sessionLeave(let reference) where connection.role != .customer:
            stepOut(reference.session, request, site)
        case .sessionLeave(let reference): close(reference.session, "left", request, site)
        case .sessionClose(let reference):
            close(
                reference.session,
                connection.role == .customer || connection.role == .bot
                    ? connection.role.rawValue : "agent", request, site)
        case .statusSet(let change): setStatus(change, request, site)
        case .offerAccept(let reference): accept(reference.session, request, site)
        case .offerDecline(let decline): self.decline(decline, request, site)
        case .queueSubscribe(let list): subscribe(list.groups, request, site)
        case .queueUnsubscribe(let list):
            for group in list.groups { unsubscribe(connection, from: group, at: site) }
            answer(request, plainOK(request.id))
        case .sessionPick(let reference): pick(reference.session, request, site)
        case .sessionAssign(let assign): self.assign(assign, request, site)
        case .sessionExplain(let reference): explain(reference.session, request, site)
        case .sessionTransfer, .sessionTransferCancel, .sessionInvite, .sessionInviteCancel,
            .sessionJoin, .sessionTake, .sessionWatch, .sessionUnwatch, .sessionNote,
            .sessionWhisper, .sessionNotes:
            together(line.frame, request, site)
        case .messageLeave(let leave): leaveMessage(leave, request, site)
        case .messageTake(let message): takeMessage(message, request, site)
        case .queueChoose(let choice): choose(choice, request, site)
        case .sessionRate(let rate): self.rate(rate, request, site)
        case .customerGet(let reference): readCustomer(reference.customer, request, site)
        case .customerSet(let change): changeCustomer(change, request, site)
        case .fileOffer(let offer): offerFile(offer, request, site)
        case .fileLink(let reference): linkFile(reference, request, site)
        case .boardSubscribe: subscribeBoard(request, site)
        case .boardUnsubscribe:
            unsubscribeBoard(connection, at: site)
            answer(request, plainOK(request.id))
        case .sessionsList(let list): listSessions(list, request, site)
        case .agentsList: listAgents(request, site)
        case .cannedList: listCanned(request, site)
        case .cannedSet(let change): setCanned(change, request, site)
        case .sessionWrap(let wrap): self.wrap(wrap, request, site)
        case .sessionTag(let tag): self.tag(tag, request, site)
        case .agentSet(let change): setAgent(change, request, site)
        case .customerSessions(let query): listPast(query, request, site)
        case .messageDelete(let delete): deleteMessage(delete, request, site)
        case .sessionReopen(let reopen): reopenSession(reopen, request, site)
        }
    }

    private func plainOK(_ id: Int64) -> [UInt8] { ServerFrame.plainOK(id: id) }

    // MARK: History

    private func readHistory(_ query: HistoryRequest, _ request: Request, _ site: LocalSite) {
        submit(.history(HistoryQuery(query)), at: site, .history(request, query.session))
    }

    /// Whose session it is comes with the page; nothing of another's is said.
    func historyRead(_ request: Request, _ session: SessionID, _ page: HistoryPage) {
        guard let who = request.connection.participant else { return }
        guard mayRead(request.connection, page.session)
            || mayReadPast(request.connection, page.session)
        else { return refuse(request, .notFound, "no such session") }
        answer(
            request,
            ServerFrame.historyOK(
                id: request.id, session: session, messages: page.messages, lastSeq: page.lastSeq,
                more: page.more, epoch: page.epoch, for: Audience(who)))
    }

    /// What was said, also after the end: its people and who is invited, but not an agent who is
    /// only asked to take it; and any supervisor.
    func mayRead(_ connection: Connection, _ record: SessionRecord) -> Bool {
        guard let person = connection.person else { return false }
        if connection.role == .supervisor { return true }
        if isInvited(person, to: record) || hasJoined(person, record) { return true }
        return isParticipant(person, of: record) && !isAsked(person, in: record)
    }

    /// Whether he may take it, or has just been asked to take it over, and has not said yes yet.
    func isAsked(_ person: LocalPerson, in record: SessionRecord) -> Bool {
        guard person.key.isAgent, !person.key.isBot else { return false }
        return record.transfer?.to == person.key.id
            || (record.state == .offered && record.agent == person.key.id)
    }

    // MARK: Start and end

    private func startSession(_ start: SessionStart, _ request: Request, _ site: LocalSite) {
        let connection = request.connection
        guard !isDraining else {
            return refuse(request, .draining, "this node is stopping; connect again")
        }
        if let text = start.text, text.utf8.count > site.rules.limits.messageBytes {
            return refuse(request, .textTooLong, "the text is too long")
        }
        if let wait = sessionsTooMany(connection, site) {
            return refuse(
                request.id, .tooManySessions, "too many new sessions from this address",
                to: connection, retryAfter: wait)
        }
        connection.starting += 1
        readCustomer(for: Starting(request: request, start: start), at: site)
    }

    func sessionsTooMany(_ connection: Connection, _ site: LocalSite) -> Int? {
        let limits = site.rules.limits
        guard !limits.trustedAddresses.contains(connection.address) else { return nil }
        return addresses[connection.address]?.sessions.take(
            burst: limits.sessionsPerAddress, perMinute: limits.sessionsPerAddress,
            now: now.monotonicMilliseconds)
    }

    /// `isAgain`: he had opened it again; its answer has what was said.
    func started(
        _ request: Request, _ started: Started, isAgain: Bool = false, at site: LocalSite
    ) {
        let connection = request.connection
        // Still counted as starting, so that nothing of the session is told before its `ok`.
        apply(started.session, change: nil, at: site)
        if started.kept == .keyConflict {
            refuse(request, .keyConflict, "this key was used for another start")
        } else if connection.isReady {
            enterStarted(request, started, isAgain, at: site)
        }
        connection.starting -= 1
        guard connection.isReady else { return }
        // Whatever else became his while the answer was under way.
        enrollMissing(connection)
        readMissingPlaces(connection)
    }

    private func enterStarted(
        _ request: Request, _ started: Started, _ isAgain: Bool, at site: LocalSite
    ) {
        let connection = request.connection
        guard let who = connection.participant else { return }
        if let ended = site.ended[started.session.id] {
            // Over before its start was answered.
            return answerStart(request, ended, started, who, site)
        }
        let isForgotten = site.sessions[started.session.id] == nil
        if started.session.state == .wrapup || (!started.session.state.isOpen && isForgotten) {
            // Sent again after its answer was lost and the session has ended.
            return answerStart(request, started.session, started, who, site)
        }
        let session = localSession(started.session.id, at: site)
        if session.record == nil { session.record = started.session }
        noteWait(session, started)
        if started.existing || isAgain || session.memberIndex(of: connection) != nil {
            enroll(
                connection, in: session,
                mode: .start(
                    request: request.id, existing: started.existing, text: started.text))
        } else if var record = presentRecord(session) {
            // What came since follows as messages.
            record.lastSeq = started.session.lastSeq
            answerStart(request, record, started, who, site)
            showFirstPosition(session, to: connection)
            enterFresh(connection, session, started)
        }
    }

    private func answerStart(
        _ request: Request, _ record: SessionRecord, _ started: Started, _ who: Participant,
        _ site: LocalSite
    ) {
        answer(
            request,
            ServerFrame.sessionOK(
                id: request.id, site.named(record), agentName: site.name(of: record.agent),
                existing: started.existing, text: started.text,
                opensAt: opensAt(record, at: site), for: Audience(who)))
    }

    /// His first text is all there was at the start: what came since is read behind the watch.
    private func enterFresh(
        _ connection: Connection, _ session: LocalSession, _ started: Started
    ) {
        let lastSeq = started.session.lastSeq
        let isFirst = session.cursor == nil
        session.members.append(
            Member(
                connection: connection, after: lastSeq, position: session.wait?.shown,
                tickAt: session.wait?.shown == nil
                    ? 0 : now.monotonicMilliseconds + timing.positionTick))
        connection.sessions.append(session.id)
        watch(session)
        if isFirst {
            session.cursor = lastSeq
            if session.epoch == 0 { session.epoch = started.session.epoch }
            catchUp(session)
            advance(session)
        } else if let cursor = session.cursor, cursor > lastSeq {
            // Others of his were faster: he reads what they were given.
            session.members[session.members.count - 1].enrollment = freshPage(
                connection, session, after: lastSeq)
        }
    }

    private func freshPage(_ connection: Connection, _ session: LocalSession, after: Int)
        -> Enrollment
    {
        let enrollment = Enrollment(
            session, connection, mode: .events,
            resume: ResumePosition(after: after, epoch: session.epoch))
        readPage(enrollment)
        return enrollment
    }

    private func close(
        _ session: SessionID, _ reason: String, _ request: Request, _ site: LocalSite
    ) {
        guard let by = request.connection.participant else { return }
        take(PendingEnd(by: by, reason: reason, request: request), of: session, site)
    }

    func take(_ end: PendingEnd, of session: SessionID, _ site: LocalSite) {
        guard let local = site.sessions[session] else { return submit(end, session, site) }
        local.ends.append(end)
        submitEnds(local)
    }

    /// An end takes effect after what its connection sent before it.
    func submitEnds(_ session: LocalSession) {
        guard !session.ends.isEmpty else { return }
        let ends = session.ends
        session.ends = []
        for end in ends {
            if session.hasUnsent(of: end.request.connection) {
                session.ends.append(end)
            } else {
                submit(end, session.id, session.site)
            }
        }
    }

    private func submit(_ end: PendingEnd, _ session: SessionID, _ site: LocalSite) {
        if let handing = end.handingOver { return beginHandover(handing, at: site) }
        if let transfer = end.transfer { return beginTransfer(transfer, end.request, site) }
        if end.isStepOut {
            return submit(
                .stepOut(session: session, agent: end.by.id), at: site, .stepOut(end.request))
        }
        submit(
            .close(session: session, by: end.by, reason: end.reason), at: site, .end(end.request))
    }

    func ended(_ request: Request, _ record: SessionRecord, at site: LocalSite) {
        show(record, to: request, at: site)
        apply(record, change: nil, at: site)
    }

    /// Answers with the session as it is, without its messages.
    func show(_ record: SessionRecord, to request: Request, at site: LocalSite) {
        guard let who = request.connection.participant else { return }
        answer(
            request,
            ServerFrame.sessionOK(
                id: request.id, site.named(record), agentName: site.name(of: record.agent),
                for: Audience(who)))
    }

    // MARK: Agents

    private func accept(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        request.connection.expected.append(session)
        submit(
            .accept(session: session, agent: person.key.id), at: site, .accept(request, session))
    }

    func accepted(
        _ request: Request, _ id: SessionID, _ record: SessionRecord,
        change: SessionChange? = nil, at site: LocalSite
    ) {
        let connection = request.connection
        let change = change ?? (isTakingOver(request, id, at: site) ? .transferred : nil)
        apply(record, change: change, at: site)
        guard connection.isReady, let person = connection.person else { return }
        connection.watched.remove(id)
        let session = localSession(id, at: site)
        guard let present = session.record, isParticipant(person, of: present) else {
            // Taken back before the answer came.
            connection.expected.removeAll { $0 == id }
            refuse(request, .noOffer, "it is not yours any more")
            return releaseIfIdle(session)
        }
        enroll(connection, in: session, mode: .accept(request: request.id))
    }

    private func decline(_ decline: OfferDecline, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .decline(
                session: decline.session, agent: person.key.id, reason: decline.reason ?? "",
                pauseMilliseconds: site.rules.declinePauseMilliseconds),
            at: site, .decline(request))
    }
}

extension HistoryQuery {
    init(_ query: HistoryRequest) {
        let direction: Direction =
            switch query.direction {
            case .after(let seq): .after(seq)
            case .before(let seq): .before(seq)
            }
        self.init(session: query.session, direction: direction, limit: query.limit)
    }
}

extension Started {
    /// The number and time of the text that came with the start, once it is in the session.
    var text: (seq: Int, at: Int64)? {
        if case .kept(let seq, let at, _, _) = kept { (seq, at) } else { nil }
    }
}
