/// Robots and the way from one to a human: asked for by the customer or the robot, or brought about
/// by a word or by misses in a row. Whoever does it reads the end of the talk first, so that the
/// agent is told what the robot tried.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    // MARK: Asked for

    /// In the order of what its connection sent: after the messages before it.
    func askForHuman(_ ask: SessionHuman, _ request: Request, _ site: LocalSite) {
        guard let by = request.connection.participant else { return }
        let cause: HandoverCause = by.role == .bot ? .robot : .asked
        let handing = HandingOver(
            session: ask.session, by: by, cause: cause, said: ask.reason, request: request)
        guard let session = site.sessions[ask.session] else {
            return beginHandover(handing, at: site)
        }
        session.ends.append(
            PendingEnd(by: by, reason: "", request: request, handingOver: handing))
        submitEnds(session)
    }

    func beginHandover(_ handing: HandingOver, at site: LocalSite) {
        submit(
            .history(
                HistoryQuery(
                    session: handing.session, direction: .before(Self.beyondAnySeq),
                    limit: HandoverNote.pageLimit)),
            at: site, .handoverPage(handing))
    }

    func handoverPageRead(_ handing: HandingOver, _ page: HistoryPage, at site: LocalSite) {
        let record = page.session
        let isHis =
            handing.by.role == .customer
            ? record.customer == handing.by.id : record.bot == handing.by.id
        guard isHis else { return handoverFailed(handing, .refused(.notFound), at: site) }
        let group = site.rules.groups.first { $0.id == record.group }
        let note = HandoverNote(
            cause: handing.cause, said: handing.said, robot: record.bot, page.messages)
        var handover = Handover(
            session: handing.session, by: handing.by, note: note.bytes,
            keepsBot: site.rules.robot.helpsWhileWaiting,
            maximumWaiting: group?.maximumWaiting, reopenBelow: group?.reopenBelow)
        if handing.cause == .misses { handover.lastWords = lastWords(of: handing, page, at: site) }
        submit(.handOver(handover), at: site, .handOver(handing))
    }

    /// The customer did not ask for a human and is told that one takes over, in his language.
    private func lastWords(of handing: HandingOver, _ page: HistoryPage, at site: LocalSite)
        -> NewMessage?
    {
        guard let words = site.rules.robot.passesOn else { return nil }
        var locale: String?
        if case .text(let text)? = JSONValue(page.session.profile)?["locale"] { locale = text }
        return NewMessage(
            sender: handing.by, key: "passes-on-\(page.lastSeq)",
            body: ServerFrame.messageBody(
                from: handing.by, name: site.rules.robot.name, kind: "text",
                text: words.text(for: locale)),
            origin: ConnectionReference(incarnation: 0, connection: 0))
    }

    func handedOver(_ handing: HandingOver, _ started: Started, at site: LocalSite) {
        site.sessions[handing.session]?.isHandingOver = false
        apply(started.session, change: nil, at: site)
        let connection = handing.request?.connection
        if connection?.role == .customer, let session = site.sessions[handing.session] {
            noteWait(session, started)
        }
        guard let request = handing.request, let connection, let who = connection.participant,
            connection.isReady
        else { return }
        answer(
            request,
            ServerFrame.sessionOK(
                id: request.id, started.session,
                agentName: site.name(of: started.session.agent), for: Audience(who)))
        if connection.role == .customer, let session = site.sessions[handing.session] {
            showFirstPosition(session, to: connection)
        }
    }

    /// Where nobody asked, the robot goes on: the next word or miss tries again.
    func handoverFailed(_ handing: HandingOver, _ reply: StoreReply, at site: LocalSite) {
        site.sessions[handing.session]?.isHandingOver = false
        guard let request = handing.request else { return }
        guard case .refused(.closed) = reply else { return refuse(request, reply) }
        let groups = site.sessions[handing.session]?.record?.planGroups ?? []
        answer(
            request,
            ServerFrame.turnedAway(
                id: request.id, code: .closed, message: "nobody is there at this hour",
                opensAt: site.nextOpening(of: groups, from: now.wallMilliseconds), choices: []))
    }

    // MARK: Brought about

    /// What a message of this connection may bring about once it is kept.
    func effect(of send: MessageSend, from connection: Connection, _ session: LocalSession)
        -> SpokenEffect?
    {
        switch connection.role {
        case .bot: return send.isUnknown ? .miss : .answer
        case .customer where session.record?.state == .bot:
            return session.site.rules.robot.asksForHuman(send.text) ? .word : nil
        default: return nil
        }
    }

    func spoken(_ effect: SpokenEffect, by sender: Participant, in session: LocalSession) {
        switch effect {
        case .answer: session.misses = 0
        case .word: handOver(session, by: sender, .keyword)
        case .miss:
            session.misses += 1
            guard session.misses >= session.site.rules.robot.misses else { return }
            handOver(session, by: sender, .misses)
        }
    }

    private func handOver(_ session: LocalSession, by: Participant, _ cause: HandoverCause) {
        guard !session.isHandingOver, session.record?.state ?? .bot == .bot else { return }
        session.isHandingOver = true
        beginHandover(
            HandingOver(session: session.id, by: by, cause: cause), at: session.site)
    }

    /// The first text may ask for a human already.
    func startedWithRobot(_ starting: Starting, _ started: Started, at site: LocalSite) {
        guard started.session.state == .bot, !started.existing, let text = starting.start.text,
            site.rules.robot.asksForHuman(text), let by = starting.request.connection.participant,
            let session = site.sessions[started.session.id]
        else { return }
        handOver(session, by: by, .keyword)
    }

    // MARK: The robot's own

    /// The robot that may speak in the session, if it is connected here.
    func robot(of record: SessionRecord, at site: LocalSite) -> LocalPerson? {
        guard record.botHelps, let id = record.bot else { return nil }
        return site.people[PersonKey(isAgent: true, isBot: true, id: id)]
    }

    /// A robot that may not speak any more hears nothing more either; what it sent meanwhile is
    /// still to be answered.
    func dismissRobots(of session: LocalSession) {
        guard let record = session.record else { return }
        for member in session.members {
            guard let person = member.connection.person, person.key.isBot,
                !isParticipant(person, of: record)
            else { continue }
            // One that is still being greeted leaves with its answer.
            if case .hello = member.enrollment?.mode { continue }
            session.members.removeAll { $0.connection === member.connection }
            member.connection.sessions.removeAll { $0 == session.id }
            if let enrollment = member.enrollment { relaySends(of: enrollment) }
        }
    }
}

/// Why a session goes from a robot to humans.
enum HandoverCause: String {
    /// The customer asked.
    case asked
    /// The robot wanted it.
    case robot
    case misses, keyword
}

/// A handover on its way.
struct HandingOver {
    let session: SessionID
    let by: Participant
    let cause: HandoverCause
    /// The robot's own words for the agent.
    var said: String?
    /// Nil when nobody asked.
    var request: Request?
}

/// What a kept message leads to.
enum SpokenEffect {
    case answer, miss, word
}
