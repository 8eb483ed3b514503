/// Answers of the store, led to what asked for them. An answer whose asker is gone changes nothing
/// but what the node itself must know.
import ChatModel
import ChatProtocol

extension Hub {
    static let storeIsAway = "the store is away for a moment; try again with the same key"
    static let isUncertain =
        "kept, but not confirmed by enough replicas; try again with the same key"

    func answered(_ id: OperationID, _ reply: StoreReply) {
        guard let operation = operations.removeValue(forKey: id) else { return }
        settle(operation, reply)
        if operation.purpose.readsOwnership { operation.site.passedOver.readEnds() }
    }

    func settle(_ operation: Operation, _ reply: StoreReply) {
        if case .fenced = reply { fenced(operation) }
        switch operation.purpose {
        case .append(let session): appendAnswered(session, reply)
        case .openLease, .renewLease, .closeLease, .sweep, .clean, .syncAgents, .attach, .detach,
            .watch, .catchUp, .tickets, .queueSnapshot, .outlook, .reread, .rereadSession,
            .readNotes, .nothing:
            nodeAnswered(operation.purpose, reply, at: operation.site)
        case .attachAgent, .findSessions, .endedSession, .enroll:
            greetingAnswered(operation.purpose, reply, at: operation.site)
        case .startingCustomer, .start, .turnAway, .accept, .decline, .end, .setStatus, .history,
            .leave, .leavingCustomer, .take, .choose, .rate, .customer, .handoverPage, .handOver:
            requestAnswered(operation.purpose, reply, at: operation.site)
        case .offerFile, .linkFile, .claim:
            fileAnswered(operation.purpose, reply, at: operation.site)
        case .pick, .assign, .takeOver, .explain, .agents:
            handAnswered(operation.purpose, reply, at: operation.site)
        case .transfer(let request, let target, let wasHis):
            transferAnswered(request, target, wasHis: wasHis, reply, at: operation.site)
        case .invite, .join, .cancelInvite, .stepOut:
            othersAnswered(operation.purpose, reply, at: operation.site)
        case .look, .note, .notes: besideAnswered(operation.purpose, reply, at: operation.site)
        case .board, .listSessions: boardAnswered(operation.purpose, reply, at: operation.site)
        case .cannedList, .cannedSet, .describe, .setAgent:
            deskAnswered(operation.purpose, reply, at: operation.site)
        case .past, .deletion, .reopening:
            pastAnswered(operation.purpose, reply, at: operation.site)
        }
    }

    private func appendAnswered(_ session: LocalSession, _ reply: StoreReply) {
        if case .appended(let outcomes) = reply { return appended(session, outcomes) }
        let (code, message) = refusal(reply)
        appendFailed(session, code, message)
    }

    /// What a client is told when a step was not done, or nobody knows.
    func refusal(_ reply: StoreReply) -> (ErrorCode, String) {
        switch reply {
        case .refused(.notFound), .refused(.notParticipant): (.notFound, "no such session")
        case .refused(.sessionClosed): (.sessionClosed, "the session is closed")
        case .refused(.noOffer): (.noOffer, "it is not offered to you any more")
        case .refused(.queueFull): (.queueFull, "the queue is full at the moment")
        case .refused(.noRobot): (.noRobot, "the robot is away for a moment")
        case .refused(.closed): (.closed, "nobody is there at this hour")
        case .refused(.noHuman): (.noHuman, "no human answers here at this hour")
        case .refused(.unknownAgent), .refused(.agentUnavailable):
            (.forbidden, "you are no agent of this site")
        case .refused(.keyConflict): (.keyConflict, "the key was used for something else")
        case .refused(.sessionOpen): (.sessionOpen, "the customer has a session that is open")
        case .refused(.notReopenable): (.notReopenable, "it ended too long ago")
        case .refused(.tooManyMessages): (.tooManyMessages, "too many messages wait already")
        case .refused(.noMessage): (.noMessage, "the message is not there to be taken any more")
        case .refused(.noChoice): (.noChoice, "there is nothing to choose at the moment")
        case .refused(.reload): (.unavailable, "the site's rules are changing; try again")
        case .refused(.notActive):
            (.notActive, "nobody talks with its customer, or somebody is asked already")
        case .refused(.isOwner): (.forbidden, "it is yours")
        case .refused(.hasJoined): (.forbidden, "he has come in by now")
        case .refused(.notWaiting): (.notWaiting, "it does not wait for anybody now")
        case .refused(.otherGroup): (.forbidden, "it waits for none of your groups")
        case .refused(.agentFull): (.agentFull, "all of the agent's slots are taken")
        case .refused(.tooManyFiles): (.tooManyFiles, "the session has as many files as it may")
        case .refused(.noSpace): (.tooManyFiles, "the site's files take all the space they may")
        case .refused(.noFile): (.noFile, "no such file of yours here, or not uploaded")
        case .refused(.noWrap): (.forbidden, "it is not being written up")
        case .refused(.tooMany): (.forbidden, "there are too many of these already")
        case .uncertain: (.uncertain, Self.isUncertain)
        case .fenced, .unavailable: (.unavailable, Self.storeIsAway)
        default: (.internalError, "an answer nobody expected")
        }
    }

    // MARK: The node's own

    private func nodeAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.openLease, .lease(let lease)): leaseOpened(lease, at: site)
        case (.openLease, _): leaseFailed(site)
        case (.closeLease, _): leaseClosed(site)
        case (.sweep, .swept(let report)):
            site.isSweeping = false
            swept(report, at: site)
        case (.sweep, _): site.isSweeping = false
        case (.clean, .cleaned(let report)): cleaned(report, at: site)
        case (.attach(let person), .attached(let attached)):
            stepAnswered(person, .attached, at: site)
            take(attached.sessions, of: person, at: site)
        case (.attach(let person), _): stepFailed(person, reply, at: site)
        case (.detach(let person), .done): stepAnswered(person, .detached, at: site)
        case (.detach(let person), _): stepFailed(person, reply, at: site)
        case (.watch(let session), .done): watched(session)
        case (.watch(let session), _): watchFailed(session)
        case (.catchUp(let session), .history(let page)): caughtUp(session, page)
        case (.catchUp(let session), .refused): session.isCatchingUp = false
        case (.catchUp(let session), _): catchUpFailed(session)
        case (.readNotes(let session), .notes(let page)): missedNotesRead(session, page)
        case (.readNotes(let session), _): missedNotesFailed(session, reply)
        case (.tickets(let queueClass), .tickets(let tickets)):
            ticketsRead(queueClass, tickets, at: site)
        case (.tickets(let queueClass), _): ticketsFailed(queueClass, at: site)
        case (.queueSnapshot(let watch), .queue(let queue)): queueRead(watch, queue, at: site)
        case (.queueSnapshot(let watch), _): queueFailed(watch)
        case (.outlook, .queueOutlook(let outlook)): outlookRead(outlook, at: site)
        case (.outlook(let group), _): outlookFailed(group, at: site)
        case (.reread(let person), .sessions(let records)):
            reread(person, records, at: site)
        case (.reread(let person), _): site.toReread.append(person.key)
        case (.rereadSession, .session(let record)):
            if site.passedOver.isNewer(than: record) {
                submit(.session(record.id), at: site, .rereadSession(record.id))
            } else {
                apply(record, change: nil, at: site)
            }
        case (.rereadSession(let session), .unavailable):
            site.repairs.append(.reread(session))
        case (.syncAgents, .unavailable): site.needsSync = true
        default: break
        }
    }

    // MARK: Greetings

    private func greetingAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.attachAgent(let joining, let connection), .attached(let attached)):
            if let person = connection.person { stepAnswered(person, .attached, at: site) }
            joining.agent = attached.agent
            foundSessions(connection, joining, attached.sessions)
        case (.attachAgent(let joining, let connection), _):
            if let person = connection.person { stepFailed(person, reply, at: site) }
            let (code, message) = refusal(reply)
            greetingFailed(connection, joining, code, message)
        case (.findSessions(let joining, let connection), .sessions(let records)):
            foundSessions(connection, joining, records)
        case (.findSessions(let joining, let connection), _):
            let (code, message) = refusal(reply)
            greetingFailed(connection, joining, code, message)
        case (.endedSession(let joining, let connection, let slot, let point), .history(let page)):
            foundEndedSession(connection, joining, slot: slot, point, page)
        case (.endedSession(let joining, let connection, _, _), .refused):
            if connection.joining === joining { joined(connection, joining) }
        case (.endedSession(let joining, let connection, _, _), _):
            let (code, message) = refusal(reply)
            greetingFailed(connection, joining, code, message)
        case (.enroll(let enrollment), .history(let page)):
            pageArrived(enrollment, page)
        case (.enroll(let enrollment), _):
            let (code, _) = refusal(reply)
            enrollmentFailed(enrollment, code)
        default: break
        }
    }

    // MARK: Requests

    private func requestAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.startingCustomer(let starting), .customer(let record)):
            customerRead(starting, record, at: site)
        case (.startingCustomer(let starting), _): startFailed(starting, reply)
        case (.start(let starting), .started(let started)):
            self.started(
                starting.request, started, isAgain: starting.reopens != nil, at: site)
            startedWithRobot(starting, started, at: site)
        case (.start(let starting), .refused(.reload)): placeAgainLater(starting, at: site)
        case (.start(let starting), .refused(.queueFull)): homeWasFull(starting, at: site)
        case (.start(let starting), .refused(.noRobot)): robotWasAway(starting, at: site)
        case (.start(let starting), _): startFailed(starting, reply)
        case (.turnAway(let starting, let why), .sessions(let records)):
            openSessionsRead(starting, why, records, at: site)
        case (.turnAway(let starting, _), _): startFailed(starting, reply)
        case (.accept(let request, let session), .session(let record)):
            accepted(request, session, record, at: site)
        case (.accept(let request, let session), _):
            request.connection.expected.removeAll { $0 == session }
            refuse(request, reply)
            enrollMissing(request.connection)
        case (.setStatus(let request), .agent(let agent)):
            answer(request, ServerFrame.agentOK(id: request.id, agent))
        case (.decline(let request), .session(let record)):
            answer(request, ServerFrame.plainOK(id: request.id))
            let wasAsked = isTakingOver(request, record.id, at: site)
            apply(record, change: wasAsked ? .transferDeclined : .declined, at: site)
        case (.end(let request), .session(let record)):
            ended(request, record, at: site)
        case (.history(let request, let session), .history(let page)):
            historyRead(request, session, page)
        case (.handoverPage(let handing), .history(let page)):
            handoverPageRead(handing, page, at: site)
        case (.handOver(let handing), .started(let started)):
            handedOver(handing, started, at: site)
        case (.handoverPage(let handing), _), (.handOver(let handing), _):
            handoverFailed(handing, reply, at: site)
        case (.leave(let request), .left(let message)), (.choose(let request), .left(let message)):
            answer(request, ServerFrame.leftOK(id: request.id, message))
        case (.choose(let request), .session(let record)):
            answer(request, ServerFrame.plainOK(id: request.id))
            apply(record, change: nil, at: site)
        case (.take(let request, let session), .session(let record)):
            // A repeated request finds the session that was made by the first.
            if record.id != session {
                request.connection.expected.removeAll { $0 == session }
                request.connection.expected.append(record.id)
            }
            accepted(request, record.id, record, at: site)
        case (.take(let request, let session), _):
            request.connection.expected.removeAll { $0 == session }
            refuse(request, reply)
            enrollMissing(request.connection)
        case (.leave(let request), _), (.choose(let request), _): refuse(request, reply)
        case (.rate(let request), .done):
            answer(request, ServerFrame.plainOK(id: request.id))
        case (.customer(let request), .customer(let record)): show(record, to: request)
        case (.leavingCustomer(let leave, let request), .customer(let record)):
            leaveMessage(leave, by: record, request, site)
        case (.leavingCustomer(_, let request), _): refuse(request, reply)
        case (.rate(let request), _), (.customer(let request), _): refuse(request, reply)
        case (.setStatus(let request), _), (.decline(let request), _), (.end(let request), _),
            (.history(let request, _), _):
            refuse(request, reply)
        default: break
        }
    }

    func refuse(_ request: Request, _ reply: StoreReply) {
        let (code, message) = refusal(reply)
        refuse(
            request.id, code, message, to: request.connection,
            retryAfter: code.isRetryable ? 1000 : nil)
    }

    func answer(_ request: Request, _ frame: [UInt8]) {
        guard request.connection.phase != .closed else { return }
        request.connection.errors = 0
        send(frame, to: request.connection)
    }
}
