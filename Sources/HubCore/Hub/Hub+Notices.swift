/// What the store tells: sessions and agents that changed, and what people here are to see of it.
import ChatModel
import ChatProtocol

extension Hub {
    func noticed(_ notice: StoreNotice, at site: LocalSite) {
        switch notice {
        case .message(let session, let epoch, let record, let origin):
            messageNoticed(session, epoch: epoch, record, origin, at: site)
        case .volatile(let event): volatileNoticed(event, at: site)
        case .note(let session, let note, let origin):
            noteNoticed(session, note, origin, at: site)
        case .session(let record, let change):
            for watch in site.groupWatches.values { watch.isDirty = true }
            apply(record, change: change, at: site)
        case .agent(let record): agentNoticed(record, at: site)
        case .departed(let queueClass, let version, let tickets):
            departed(queueClass, version: version, tickets, at: site)
        case .siteApplied: break
        case .looking(let agent): lookOn(agent, at: site)
        case .left(let group): site.groupWatches[group]?.isDirty = true
        case .rated(let rating): rated(rating, at: site)
        case .deleted(let deletion): deleted(deletion, at: site)
        case .missed: missed(at: site)
        }
    }

    private func agentNoticed(_ record: AgentRecord, at site: LocalSite) {
        showPresence(of: record, at: site)
        for group in record.groups { site.outlooks[group]?.dueAt = 0 }
        guard let person = site.people[PersonKey(isAgent: true, id: record.id)] else { return }
        let frame = ServerFrame.agentUpdate(record, name: site.name(of: record.id))
        for connection in person.connections where connection.isReady {
            send(frame, to: connection)
        }
    }

    /// Tells those who talk with an agent that he dropped off or came back.
    private func showPresence(of record: AgentRecord, at site: LocalSite) {
        let isHere = record.reachability == .connected
        guard (site.absentAgents.contains(record.id)) == isHere else { return }
        if isHere {
            site.absentAgents.remove(record.id)
        } else {
            site.absentAgents.insert(record.id)
        }
        for session in site.sortedSessions {
            guard let known = session.record, known.state == .active,
                known.agent == record.id || known.hasJoined(record.id)
            else { continue }
            let frame = ServerFrame.participant(
                session: session.id, Participant(role: .agent, id: record.id),
                name: site.name(of: record.id), isHere ? .back : .lost)
            for member in session.members
            where isShown(member) && !isOne(of: [record.id], member.connection) {
                send(frame, to: member.connection)
            }
        }
    }

    // MARK: Sessions

    /// Takes over a newer state of a session, and shows the people here what they are to see.
    /// `change` is nil when the state was read and not told.
    func apply(_ record: SessionRecord, change: SessionChange?, at site: LocalSite) {
        guard !site.hasEnded(record) else { return }
        let record = site.named(record)
        let known = site.sessions[record.id]
        let customer = site.people[PersonKey(isAgent: false, id: record.customer)]
        let agents = agents(of: record, at: site)
        let bot = robot(of: record, at: site)
        let isSomebodys = customer != nil || !agents.isEmpty || bot != nil
        // One that is over is only his who still writes it up.
        let isTheirs = record.state.isOver ? !agents.isEmpty : isSomebodys
        guard known != nil || isTheirs else {
            return site.passedOver.note(record)
        }
        let session = known ?? localSession(record.id, at: site)
        let old = session.record
        guard record.version > old?.version ?? 0 else { return refresh(session, from: record) }
        if let old, old.isBefore(reopening: record) { openAgain(session) }
        session.record = record
        if let customer { attach(customer, hearing: record, at: site) }
        let before = old.map { self.agents(of: $0, at: site) } ?? []
        let former = before.filter { agent in !agents.contains { $0 === agent } }
        for person in before { person.sessions.remove(record.id) }
        if let old, let robot = robot(of: old, at: site) { robot.sessions.remove(record.id) }
        bot?.sessions.insert(record.id)
        if record.state.isOver {
            customer?.sessions.remove(record.id)
        } else {
            customer?.sessions.insert(record.id)
        }
        for agent in agents { agent.sessions.insert(record.id) }
        report(record, old, change, customer, site)
        show(session, old, change, former: former, agents: agents, customer: customer)
    }

    /// The same state read later: less is left of an offer, and the wait is longer.
    private func refresh(_ session: LocalSession, from record: SessionRecord) {
        guard let old = session.record, old.version == record.version else { return }
        session.record?.waited = max(old.waited, record.waited)
        if let left = old.remaining, let now = record.remaining {
            session.record?.remaining = min(left, now)
        }
        for (place, other) in old.others.enumerated() {
            guard let left = other.remaining, let now = record.other(other.agent)?.remaining
            else { continue }
            session.record?.others[place].remaining = min(left, now)
        }
    }

    /// A customer with a session counts as present through this node, whoever started it.
    private func attach(_ customer: LocalPerson, hearing record: SessionRecord, at site: LocalSite)
    {
        guard !record.state.isOver, customer.connections.contains(where: \.isReady) else { return }
        attach(customer, at: site)
    }

    private func show(
        _ session: LocalSession, _ old: SessionRecord?, _ change: SessionChange?,
        former: [LocalPerson], agents: [LocalPerson], customer: LocalPerson?
    ) {
        guard let record = session.record else { return }
        let wasOver = old?.state == .wrapup || old?.state == .closed
        if record.state == .closed || (record.state == .wrapup && !wasOver) {
            // Who had it before, as far as was told, and not at its end.
            for person in former where person.key.id != record.agent {
                if let old, isAsked(person, in: old) || old.other(person.key.id) != nil { continue }
                showLoss(session, old, change, to: person)
            }
            return end(session, former: former, agents: agents, old)
        }
        for person in former { showLoss(session, old, change, to: person) }
        if record.state == .queued { keepWaiting(session) } else { endWaiting(session) }
        showState(session, old, change, former: former)
        dismissRobots(of: session)
        for agent in agents { ask(agent, record, old) }
        let others = [customer, robot(of: record, at: session.site)].compactMap(\.self)
        for connection in (others + agents).flatMap(\.connections) { enrollMissing(connection) }
        showChoice(session)
        releaseIfIdle(session)
    }

    /// To an agent who is asked to take it, or invited, and was not before.
    private func ask(_ agent: LocalPerson, _ record: SessionRecord, _ old: SessionRecord?) {
        let isOffered =
            isAsked(agent, in: record) && !(old.map { isAsked(agent, in: $0) } ?? false)
        let isNew = isInvited(agent, to: record) && !(old.map { isInvited(agent, to: $0) } ?? false)
        for connection in agent.connections where connection.isReady {
            if isOffered { sendOffer(record, to: connection) }
            if isNew { sendInvite(record, to: connection) }
        }
    }

    /// To those who are in already, if what they may see has changed.
    private func showState(
        _ session: LocalSession, _ old: SessionRecord?, _ change: SessionChange?,
        former: [LocalPerson]
    ) {
        guard let record = session.record, let old else { return }
        show(.left, of: old, notIn: record, session)
        for member in session.members {
            guard isShown(member) else { continue }
            let isAgent = member.connection.person?.key.isAgent == true
            if differs(old, record, isAgent: isAgent) {
                let lost = former.first { $0 === member.connection.person }
                let told = isAgent && isToldToAgents(change) ? change?.rawValue : nil
                sendState(
                    of: session, to: member.connection,
                    reason: lost.map { reasonOfLoss($0, old, change) } ?? told)
                member.enrollment?.shown = record
            }
            if isAgent, old.customerConnected != record.customerConnected {
                send(
                    ServerFrame.participant(
                        session: record.id, Participant(role: .customer, id: record.customer),
                        record.customerConnected ? .back : .lost),
                    to: member.connection)
            }
        }
        show(.joined, of: record, notIn: old, session)
    }

    /// Whether somebody sees a difference between two states.
    func differs(_ old: SessionRecord, _ new: SessionRecord, isAgent: Bool) -> Bool {
        guard isAgent else { return visible(old) != visible(new) }
        return old.state != new.state || old.agent != new.agent || old.tags != new.tags
            || old.disposition != new.disposition || old.transfer?.to != new.transfer?.to
            || old.standings != new.standings
            || new.remaining ?? 0 > (old.remaining ?? .max)
    }

    /// A connection whose answer is still to come learns the state by it.
    func isShown(_ member: Member) -> Bool {
        guard let enrollment = member.enrollment else { return true }
        if case .events = enrollment.mode { return true }
        return false
    }

    /// What a customer sees of a session's state: that an agent is being asked is none of it.
    private func visible(_ record: SessionRecord) -> VisibleState {
        let state: SessionState =
            record.state == .offered
            ? .queued : record.state == .wrapup ? .closed : record.state
        return VisibleState(
            state: state, agent: state == .queued ? nil : record.agent,
            joined: record.joined.map(\.agent))
    }

    /// To an agent who was asked or had it: it is not his any more.
    private func showLoss(
        _ session: LocalSession, _ old: SessionRecord?, _ change: SessionChange?,
        to person: LocalPerson
    ) {
        guard var record = presentRecord(session) else { return }
        // Wherever it is by now, it left him by the queue; with whom it is is not his business.
        if record.state.isOpen { record.state = .queued }
        let frame = ServerFrame.offerGone(record, reason: reasonOfLoss(person, old, change))
        for connection in person.connections where connection.isReady {
            connection.expected.removeAll { $0 == session.id }
            // Who looks on as well is told by the state, and goes on looking on.
            let isWatching = record.state.isOpen && connection.watched.contains(session.id)
            if isWatching, session.memberIndex(of: connection) != nil { continue }
            send(frame, to: connection)
            if let index = session.memberIndex(of: connection) {
                let member = session.members.remove(at: index)
                connection.leave(session.id)
                // What he sent meanwhile is still to be answered.
                if let enrollment = member.enrollment { relaySends(of: enrollment) }
            }
        }
    }

    func sendOffer(_ record: SessionRecord, to connection: Connection) {
        send(ServerFrame.offer(record, waitedMilliseconds: record.waited), to: connection)
    }

    // MARK: The end

    /// Its last messages are delivered first; then everybody here is told, and it is forgotten, or
    /// its agent writes it up while its customer may begin another.
    private func end(
        _ session: LocalSession, former: [LocalPerson], agents: [LocalPerson],
        _ old: SessionRecord?
    ) {
        endWaiting(session)
        if let old, var record = presentRecord(session) {
            // Only its owner writes it up.
            record.state = .closed
            for person in former where isAsked(person, in: old) || isInvited(person, to: old) {
                let reason = reasonOfLoss(person, old, nil)
                let frame = ServerFrame.offerGone(
                    record, reason: reason == "left" ? reason : record.closeReason ?? "closed")
                for connection in person.connections where connection.isReady {
                    send(frame, to: connection)
                }
            }
        }
        session.isEnding = true
        // Who was not told yet that the talk is over has seen it going on.
        session.beforeEnd = session.beforeEnd ?? old
        endIfDelivered(session)
        for connection in agents.flatMap(\.connections) { enrollMissing(connection) }
    }

    func endIfDelivered(_ session: LocalSession) {
        guard let record = session.record, record.state.isOver, session.isEnding else { return }
        guard let cursor = session.cursor ?? (session.members.isEmpty ? .max : nil) else { return }
        if cursor < record.lastSeq {
            if !session.isCatchingUp { catchUp(session) }
            return
        }
        let before = session.beforeEnd
        let wasServed = before?.state == .active
        session.isEnding = false
        session.beforeEnd = nil
        if record.state == .closed { session.site.noteEnd(record) }
        // Those whose page is still on its way are told, and leave, when they have read it.
        let wereJoined = Set(before?.joined.map(\.agent) ?? []).subtracting(
            [record.agent].compactMap(\.self))
        for member in session.members where member.enrollment == nil {
            if isOne(of: wereJoined, member.connection) {
                sayLeft(session, to: member.connection)
            } else {
                sendState(of: session, to: member.connection)
            }
            if wasServed { askHowItWas(session.id, member.connection) }
        }
        // Who writes it up stays, and who looks on.
        let isClosed = record.state == .closed
        for member in session.members.filter({ $0.enrollment == nil }) {
            let connection = member.connection
            let isAgent = connection.person?.key.isAgent == true
            guard isClosed || !isAgent || isOne(of: wereJoined, connection) else { continue }
            connection.leave(session.id)
            session.members.removeAll { $0.connection === connection }
        }
        releaseIfIdle(session)
    }

    private func report(
        _ record: SessionRecord, _ old: SessionRecord?, _ change: SessionChange?,
        _ customer: LocalPerson?, _ site: LocalSite
    ) {
        guard let customer, !customer.connections.isEmpty else { return }
        switch change {
        case .accepted, .assigned, .picked:
            effects.append(
                .report(
                    .waited(
                        site.id, record.group, record.level, milliseconds: record.waited)))
        case .closed where old?.state == .wrapup: break
        case .closed, .wrapup:
            effects.append(
                .report(.sessionClosed(site.id, reason: record.closeReason ?? "unknown")))
        default: break
        }
    }

    // MARK: Missed

    /// The subscription was away: whatever matters here is read again.
    func missed(at site: LocalSite) {
        for session in site.sortedSessions {
            readMissedNotes(session)
            if session.cursor != nil {
                catchUp(session)
            } else if session.members.isEmpty {
                submit(.session(session.id), at: site, .rereadSession(session.id))
            } else {
                // Its first page may have been read before what was missed.
                session.catchUpAgain = true
            }
        }
        for queueClass in site.sortedClasses { readTickets(queueClass, at: site) }
        for watch in site.groupWatches.values { watch.isDirty = true }
        let people = site.sortedPeople
        site.toReread =
            people.filter(\.wantsAttachment).map(\.key)
            + people.filter { !$0.wantsAttachment }.map(\.key)
        rereadSome(site)
    }

    /// A bounded number at a time; the rest with the next ticks.
    func rereadSome(_ site: LocalSite) {
        let some = site.toReread.prefix(500)
        site.toReread.removeFirst(some.count)
        for key in some {
            guard let person = site.people[key], !person.connections.isEmpty else { continue }
            submit(.sessions(person.participant), at: site, .reread(person))
        }
    }

    /// What was read of a person, unless something newer was told meanwhile: then it is read again.
    func take(_ records: [SessionRecord], of person: LocalPerson, at site: LocalSite) {
        guard !records.contains(where: site.passedOver.isNewer) else {
            return submit(.sessions(person.participant), at: site, .reread(person))
        }
        note(records, of: person, at: site)
    }

    /// What the store says he has. A session that was known here before he came back is not new,
    /// and is his all the same.
    func note(_ records: [SessionRecord], of person: LocalPerson, at site: LocalSite) {
        for record in records {
            apply(record, change: nil, at: site)
            guard let known = site.sessions[record.id]?.record,
                isParticipant(person, of: known) || isAsked(person, in: known)
                    || isInvited(person, to: known),
                person.key.isAgent ? known.state.isOpen : !known.state.isOver
            else { continue }
            person.sessions.insert(record.id)
        }
    }

    func reread(_ person: LocalPerson, _ records: [SessionRecord], at site: LocalSite) {
        take(records, of: person, at: site)
        // What he had and has no more is read by itself: it says why.
        let present = Set(records.map(\.id))
        for id in person.sessions.sorted() where !present.contains(id) {
            submit(.session(id), at: site, .rereadSession(id))
        }
    }
}

private struct VisibleState: Hashable {
    let state: SessionState
    let agent: PersonID?
    let joined: [PersonID]
}
