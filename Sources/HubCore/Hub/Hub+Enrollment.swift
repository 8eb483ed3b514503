/// Who hears which session: a connection reads a page of history, and live messages follow it
/// without a hole and without doubling.
import ChatModel
import ChatProtocol

extension Hub {
    /// More than any stream has; exact in JSON and in Lua.
    static let beyondAnySeq = 9_007_199_254_740_991

    func localSession(_ id: SessionID, at site: LocalSite) -> LocalSession {
        if let session = site.sessions[id] { return session }
        let session = LocalSession(id, at: site)
        site.sessions[id] = session
        return session
    }

    func isParticipant(_ person: LocalPerson, of record: SessionRecord) -> Bool {
        if person.key.isBot { return record.botHelps && record.bot == person.key.id }
        guard person.key.isAgent else { return record.customer == person.key.id }
        return record.agent == person.key.id || record.hasJoined(person.key.id)
    }

    /// Whether a session's messages are his to hear now.
    func mayHear(_ person: LocalPerson, _ record: SessionRecord) -> Bool {
        guard record.state.isOpen, isParticipant(person, of: record) else { return false }
        guard person.key.isAgent else { return !record.state.isOver }
        return person.key.isBot || record.state == .active || record.state == .wrapup
    }

    func enroll(
        _ connection: Connection, in session: LocalSession, mode: Enrollment.Mode,
        resume: ResumePosition? = nil
    ) {
        if let index = session.memberIndex(of: connection) {
            return enrollAgain(session.members[index], session, mode)
        }
        let enrollment = Enrollment(session, connection, mode: mode, resume: resume)
        session.members.append(Member(connection: connection, after: 0, enrollment: enrollment))
        connection.sessions.append(session.id)
        if case .hello(let joining, _) = mode { joining.enrollments.append(enrollment) }
        if case .events = mode {
            sendState(of: session, to: connection)
            enrollment.shown = session.record
        }
        watch(session)
        readPage(enrollment)
    }

    /// The connection is in already, or on its way: the answer has no messages of its own, or
    /// takes over the page that is under way.
    private func enrollAgain(_ member: Member, _ session: LocalSession, _ mode: Enrollment.Mode) {
        guard let enrollment = member.enrollment else {
            answer(mode, session, page: nil, to: member.connection)
            return
        }
        if case .events = enrollment.mode {
            enrollment.mode = mode
        } else {
            enrollment.others.append(mode)
        }
    }

    func watch(_ session: LocalSession) {
        guard !session.isWatched else { return }
        session.isWatched = true
        submit(.watch(session.id), at: session.site, .watch(session))
    }

    func readPage(_ enrollment: Enrollment) {
        let direction: HistoryQuery.Direction =
            enrollment.resume.map { .after($0.after) } ?? .before(Self.beyondAnySeq)
        submit(
            .history(
                HistoryQuery(session: enrollment.session.id, direction: direction, limit: 200)),
            at: enrollment.session.site, .enroll(enrollment))
    }

    func pageArrived(_ enrollment: Enrollment, _ page: HistoryPage) {
        let session = enrollment.session
        guard isUnderWay(enrollment) else { return }
        // What the client has to throw away is known only now: the page to send begins there.
        if let resume = enrollment.resume, case .from(let seq) = resume.judge(page) {
            enrollment.voidAbove = seq
            enrollment.resume = seq == 0 ? nil : ResumePosition(after: seq, epoch: page.epoch)
            return readPage(enrollment)
        }
        learn(page, session)
        if isAnothers(page, enrollment.connection) { return leaveUnread(enrollment) }
        guard enrollment.reaches(session.cursor ?? 0, from: page.lastSeq) else {
            // Others here were ahead before anything was held back for this one.
            return readPage(enrollment)
        }
        enrollment.page = page
        let connection = enrollment.connection
        if case .hello(let joining, let slot) = enrollment.mode {
            let fit: ResumePosition.Fit =
                if let seq = enrollment.voidAbove {
                    .from(seq)
                } else if let resume = enrollment.resume {
                    .asAsked(resume.after)
                } else {
                    .from(0)
                }
            joining.snapshots[slot] = snapshot(of: page, fit, session.site)
            enrollment.shown = page.session
            if enrollment.resume != nil || enrollment.voidAbove != nil {
                effects.append(.report(.resumed(recovered: enrollment.voidAbove == nil)))
            }
            return joined(connection, joining)
        }
        let told = answer(enrollment.mode, session, page: page, to: connection)
        if enrollment.mode.request != nil { enrollment.shown = told ?? page.session }
        for other in enrollment.others {
            answer(other, session, page: page, withMessages: false, to: connection)
        }
        release(enrollment)
    }

    func isUnderWay(_ enrollment: Enrollment) -> Bool {
        guard let index = enrollment.session.memberIndex(of: enrollment.connection) else {
            return false
        }
        return enrollment.session.members[index].enrollment === enrollment
    }

    /// Returns the state it told, if it told one.
    @discardableResult
    private func answer(
        _ mode: Enrollment.Mode, _ session: LocalSession, page: HistoryPage?,
        withMessages: Bool = true, to connection: Connection
    ) -> SessionRecord? {
        // With a page the answer is of its moment: what came since follows. A start's state is
        // of now, because its position follows at once; but its end comes behind its messages.
        guard var record = (page?.record).map(session.site.named) ?? presentRecord(session),
            let person = connection.participant
        else { return nil }
        if case .start = mode, var present = presentRecord(session), !present.state.isOver {
            present.lastSeq = record.lastSeq
            record = present
        }
        let audience = Audience(person)
        switch mode {
        case .accept(let request), .watch(let request), .start(let request, _, _):
            var (existing, text): (Bool, (seq: Int, at: Int64)?) = (false, nil)
            if case .start(_, let was, let kept) = mode { (existing, text) = (was, kept) }
            connection.expected.removeAll { $0 == session.id }
            send(
                ServerFrame.sessionOK(
                    id: request, record, agentName: session.site.name(of: record.agent),
                    existing: existing, text: text,
                    messages: withMessages ? page?.messages ?? [] : [],
                    more: withMessages && page?.more == true,
                    isWatching: connection.watched.contains(session.id),
                    opensAt: opensAt(record, at: session.site), for: audience), to: connection)
            if case .start = mode { showFirstPosition(session, to: connection) }
        case .events:
            for message in page?.messages ?? [] {
                send(
                    ServerFrame.message(
                        session: session.id, message, includeKey: audience.sent(message)),
                    to: connection)
            }
        case .hello: return nil
        }
        return record
    }

    /// The page is on its way to the client: what was held back follows, then live messages.
    func release(_ enrollment: Enrollment) {
        let (session, connection) = (enrollment.session, enrollment.connection)
        guard isUnderWay(enrollment), let page = enrollment.page,
            let index = session.memberIndex(of: connection)
        else { return }
        session.members[index].enrollment = nil
        session.members[index].after = page.lastSeq
        // One that was opened again meanwhile is told so before what is said in it.
        let isBack =
            enrollment.shown?.state.isOver == true && session.record?.state.isOver == false
        if isBack { showChange(of: session, to: connection) }
        let isAgent = connection.person?.key.isAgent == true
        if isAgent, let record = session.record, record.state.isOpen, !mayHear(connection, record) {
            return releaseLost(enrollment, record, isTold: isBack)
        }
        for arrival in enrollment.held {
            if arrival.record.seq > session.members[index].after {
                session.members[index].after = arrival.record.seq
                deliver(arrival, session, to: connection)
            } else if arrival.origin === connection {
                acknowledge(arrival, session)
            }
        }
        for note in enrollment.notes { send(note, to: connection) }
        showReadMarks(of: session, to: connection)
        advance(session)
        // Its last messages come before its end: then the end is told to all at once.
        if session.isEnding { return relaySends(of: enrollment) }
        // Whatever became of the session meanwhile, the page may not have said it yet.
        if !isBack, let record = session.record, let shown = enrollment.shown,
            differs(shown, record, isAgent: isAgent)
                || (isAgent && shown.lastNote < page.session.lastNote)
        {
            showChange(of: session, to: connection)
            if wasServed(record) { askHowItWas(session.id, connection) }
        }
        relaySends(of: enrollment)
        guard let record = session.record, connection.isReady, mayHear(connection, record)
        else { return remove(connection, from: session) }
        showPosition(session)
        showChoice(session)
    }

    /// It is not the agent's any more: what was said behind his back is not his to hear.
    private func releaseLost(_ enrollment: Enrollment, _ record: SessionRecord, isTold: Bool) {
        let (session, connection) = (enrollment.session, enrollment.connection)
        for arrival in enrollment.held where arrival.origin === connection {
            acknowledge(arrival, session)
        }
        if !isTold, let shown = enrollment.shown, differs(shown, record, isAgent: true) {
            showChange(of: session, to: connection)
        }
        remove(connection, from: session)
        relaySends(of: enrollment)
        advance(session)
    }

    /// The state, or to an agent who lost it meanwhile that it is gone: with whom it is by now is
    /// not his business.
    private func showChange(of session: LocalSession, to connection: Connection) {
        guard let person = connection.person, person.key.isAgent,
            let record = session.record, record.state.isOpen, !isParticipant(person, of: record),
            !connection.watched.contains(session.id)
        else { return sendState(of: session, to: connection) }
        sayGone(session, to: connection)
    }

    /// All of them before an end that was asked for behind them.
    func relaySends(of enrollment: Enrollment) {
        let session = enrollment.session
        let ends = session.ends
        session.ends = []
        for (send, request) in enrollment.sends {
            relay(send, id: request, from: enrollment.connection)
        }
        session.ends = ends
        submitEnds(session)
    }

    /// A page tells where the stream stands, and what the session is.
    func learn(_ page: HistoryPage, _ session: LocalSession) {
        apply(page.session, change: nil, at: session.site)
        if session.epoch == 0 {
            session.epoch = page.epoch
            // What came early may be of an epoch the page knows nothing of.
            session.forked += session.early.filter { $0.epoch > page.epoch }
            session.early.removeAll { $0.epoch > page.epoch }
            session.catchUpAgain = session.catchUpAgain || !session.forked.isEmpty
        }
        if page.epoch > session.epoch {
            enterEpoch(of: page, session)
            catchUp(session)
        }
        learnNotes(upTo: page.session.lastNote, session)
        guard session.cursor == nil else { return }
        session.cursor = page.lastSeq
        let settled = session.early.prefix { $0.record.seq <= page.lastSeq }
        session.early.removeFirst(settled.count)
        for arrival in settled { acknowledgeBehindPage(arrival, session) }
    }

    /// The record with the stream's present end: records do not change with each message.
    func presentRecord(_ session: LocalSession) -> SessionRecord? {
        guard var record = session.beforeEnd ?? session.record else { return nil }
        record.lastSeq = max(record.lastSeq, session.cursor ?? 0)
        record.epoch = max(record.epoch, session.epoch)
        record.lastNote = max(record.lastNote, session.lastNote ?? 0)
        return record
    }

    func sendState(of session: LocalSession, to connection: Connection, reason: String? = nil) {
        guard let record = presentRecord(session), let person = connection.participant else {
            return
        }
        send(
            ServerFrame.sessionState(
                record, agentName: session.site.name(of: record.agent), reason: reason,
                for: Audience(person)),
            to: connection)
    }

    /// Brings a ready connection into every session of its person that it is not in.
    func enrollMissing(_ connection: Connection) {
        guard connection.isReady, connection.starting == 0, let site = connection.site,
            let person = connection.person
        else { return }
        for id in person.sessions.sorted() where !connection.sessions.contains(id) {
            guard !connection.expected.contains(id), let session = site.sessions[id],
                let record = session.record, mayHear(person, record)
            else { continue }
            enroll(connection, in: session, mode: .events)
        }
    }

    /// The page could not be read: an answer that waits for it is refused, the rest tries again.
    func enrollmentFailed(_ enrollment: Enrollment, _ code: ErrorCode) {
        guard isUnderWay(enrollment) else { return }
        let connection = enrollment.connection
        if case .hello(let joining, _) = enrollment.mode {
            return greetingFailed(connection, joining, code, Self.storeIsAway)
        }
        for mode in [enrollment.mode] + enrollment.others {
            guard let request = mode.request else { continue }
            if case .watch = mode { connection.watched.remove(enrollment.session.id) }
            refuse(request, code, Self.storeIsAway, to: connection, retryAfter: 1000)
        }
        if enrollment.mode.request != nil {
            connection.expected.removeAll { $0 == enrollment.session.id }
            guard let record = enrollment.session.record, mayHear(connection, record)
            else { return remove(connection, from: enrollment.session) }
            sendState(of: enrollment.session, to: connection)
            enrollment.shown = enrollment.session.record
        }
        enrollment.mode = .events
        enrollment.others = []
        enrollment.session.site.repairs.append(.enrollment(enrollment))
    }

    // MARK: Leaving

    func remove(_ connection: Connection, from session: LocalSession) {
        session.members.removeAll { $0.connection === connection }
        connection.leave(session.id)
        submitEnds(session)
        releaseIfIdle(session)
    }

    /// Forgets a session nobody here has to do with any more.
    func releaseIfIdle(_ session: LocalSession) {
        let site = session.site
        guard session.members.isEmpty, session.unsent.isEmpty, session.inFlight.isEmpty,
            site.sessions[session.id] === session
        else { return }
        if let record = session.record, record.state.isOpen, hasSomebody(record, at: site) {
            return
        }
        endWaiting(session)
        site.sessions[session.id] = nil
        if session.isGapTimed { effects.append(.disarm(.gap(site.id, session.id))) }
        if session.isWatched { unwatch(session.id, at: site) }
        session.isWatched = false
    }

    private func hasSomebody(_ record: SessionRecord, at site: LocalSite) -> Bool {
        if let person = site.people[PersonKey(isAgent: false, id: record.customer)],
            !record.state.isOver, !person.connections.isEmpty
        {
            return true
        }
        if robot(of: record, at: site)?.connections.isEmpty == false { return true }
        return agents(of: record, at: site).contains { !$0.connections.isEmpty }
    }
}
