/// A session's life: started, accepted, given back, ended.
import ChatModel
import Routing

extension MemorySite {
    mutating func start(_ start: StartSession) -> StoreReply {
        if let existing = sessionLedTo(by: start) {
            if start.reopensWithin != nil, existing != start.session {
                return .refused(wasLedTo(existing, by: start) ? .keyConflict : .sessionOpen)
            }
            return takeUp(start, existing)
        }
        if let within = start.reopensWithin, let refusal = refusal(of: start, within) {
            return .refused(refusal)
        }
        if let inForce = files.inForce, inForce != start.siteVersion { return .refused(.reload) }
        let home = start.placement.home
        let bot: PersonID?
        switch way(for: start, home: home) {
        case .robot(let found): bot = found
        case .queue: bot = nil
        case .none(let refusal): return .refused(refusal)
        }
        // Its agent is matched when it waits itself: the first in true order is served first.
        let freed = finishWrap(start.session)
        let past = sessions[start.session]
        create(start, home: home, bot: bot)
        if let past { carry(over: past) }
        useTargets(of: start.session)
        if bot == nil { openSteps(of: start.session, newestOpenedAt: siteNow) }
        let kept = start.firstMessage.map { keep($0, in: start.session) }
        remember(start, start.session)
        if past == nil {
            changed(start.session, .started, raisesVersion: false)
        } else {
            say(.reopened, in: start.session)
            changed(start.session, .reopened)
        }
        if bot == nil {
            noteArrival(start.session)
            enterQueues(start.session)
            schedule(limitOf: start.session)
        }
        if let freed { match(agent: freed) }
        if bot == nil { match(session: start.session) }
        var answer = started(start.session, existing: false)
        answer.kept = kept
        return .started(answer)
    }

    /// The first way that is free.
    private mutating func way(for start: StartSession, home: GroupID) -> FreeWay {
        var refusal = StoreRefusal.noRobot
        for way in start.ways {
            switch way {
            case .robot:
                if let bot = leastBot { return .robot(bot) }
            case .queue:
                let (maximum, reopen) = (
                    start.placement.maximumWaiting, start.placement.reopenBelow
                )
                if takesMore(home, maximum: maximum, reopenBelow: reopen) { return .queue }
                refusal = .queueFull
            case .nextQueue: continue
            }
        }
        return .none(refusal)
    }

    /// A queue closes at `maximum` live tickets and opens again below `reopenBelow`.
    mutating func takesMore(_ home: GroupID, maximum: Int?, reopenBelow: Int?) -> Bool {
        var state = homes[home] ?? MemoryHome()
        defer { homes[home] = state.isBlank ? nil : state }
        guard let maximum else {
            state.isFull = false
            return true
        }
        let waiting = classes.filter { $0.key.group == home }.reduce(0) {
            $0 + $1.value.tickets.count
        }
        let limit = state.isFull ? min(reopenBelow ?? maximum, maximum) : maximum
        state.isFull = waiting >= limit
        return !state.isFull
    }

    private mutating func create(_ start: StartSession, home: GroupID, bot: PersonID?) {
        lastArrival += 1
        let person = MemoryPerson(isAgent: false, id: start.customer)
        let record = SessionRecord(
            id: start.session, customer: start.customer, state: bot == nil ? .queued : .bot,
            version: 1, epoch: 1,
            lastSeq: 0, level: start.placement.level, levelSource: start.placement.levelSource,
            group: home, arrival: lastArrival, hasTicket: bot == nil, arrivedAt: siteNow,
            customerConnected: presence[person] != nil, topic: start.topic,
            channel: start.channel, profile: start.profile, bot: bot, botHelps: bot != nil)
        let openings = start.placement.openings
        sessions[start.session] = MemorySession(
            record: record, openings: openings,
            opened: 1,
            headStart: start.placement.headStartMilliseconds,
            offerMilliseconds: start.placement.offerMilliseconds, explanation: start.explanation,
            mayHandOver: start.mayHandOver, replication: replication)
        for exclusion in start.placement.exclusions {
            sessions[start.session]!.excluded[exclusion.agent] =
                exclusion.forMilliseconds.map { siteNow + $0 } ?? Self.forever
        }
        if bot == nil { schedulePause(of: start.session) }
        sessions[start.session]!.startedAt = now
        sessions[start.session]!.handsOverWhenClosed = start.handsOverWhenClosed
        sessions[start.session]!.allowsRobotChoice = start.allowsRobotChoice
        sessions[start.session]!.waitLimit = start.placement.waitLimitMilliseconds
        sessions[start.session]!.closeGone = start.placement.closeGoneMilliseconds
        sessions[start.session]!.idle = start.placement.idle
        sessions[start.session]!.wrapUp = start.placement.wrapUpMilliseconds
        open.insert(start.session)
        unseen[start.customer] = nil
        guard bot == nil else { return }
        let queueClass = QueueClass(group: home, level: start.placement.level)
        classes[queueClass, default: MemoryClass()].tickets.insert(lastArrival)
    }

    mutating func started(_ id: SessionID, existing: Bool) -> Started {
        // What this step took away counts in the version that is answered.
        tellDepartures()
        let session = sessions[id]!
        let live = classes[session.home] ?? MemoryClass()
        let smaller = live.tickets.count { $0 < session.record.arrival }
        let home = session.record.group
        let ahead = queue(of: home).count { isBefore($0, id) }
        return Started(
            session: record(of: id), existing: existing,
            position: session.record.hasTicket ? 1 + smaller : nil, classVersion: live.version,
            outlook: Outlook(
                ahead: session.record.state == .queued ? ahead : 0,
                flow: flow(of: home, helpers: session.openings.compactMap(\.target.group))))
    }

    mutating func accept(_ id: SessionID, agent: PersonID) -> StoreReply {
        guard let session = sessions[id] else { return .refused(.notFound) }
        if session.record.transfer?.to == agent {
            completeTransfer(of: id)
            return .session(record(of: id))
        }
        guard session.record.agent == agent else { return .refused(.noOffer) }
        if session.record.state == .active { return .session(record(of: id)) }
        guard session.record.state == .offered else { return .refused(.noOffer) }
        deadlines[.offer(id)] = nil
        sessions[id]!.record.state = .active
        sessions[id]!.record.botHelps = false
        sessions[id]!.record.isChoiceDue = false
        changed(id, .accepted)
        return .session(record(of: id))
    }

    mutating func decline(_ id: SessionID, agent: PersonID, pause: Int64) -> StoreReply {
        guard let session = sessions[id] else { return .refused(.notFound) }
        if session.record.transfer?.to == agent {
            endTransfer(of: id, .transferDeclined)
            return .session(record(of: id))
        }
        guard session.record.state == .offered, session.record.agent == agent else {
            return .refused(.noOffer)
        }
        exclude(agent, from: id, for: pause)
        giveBack([id], change: .declined)
        match(agent: agent)
        return .session(record(of: id))
    }

    mutating func release(_ id: SessionID, agent: PersonID) -> StoreReply {
        guard let session = sessions[id] else { return .refused(.notFound) }
        guard session.record.state != .closed else { return .refused(.sessionClosed) }
        guard session.record.state == .active, session.record.agent == agent else {
            return .refused(.notParticipant)
        }
        exclude(agent, from: id, for: Self.releasePauseMilliseconds)
        giveBack([id], change: .released)
        match(agent: agent)
        return .session(record(of: id))
    }

    mutating func close(_ id: SessionID, by: Participant, reason: String) -> StoreReply {
        guard let session = sessions[id] else { return .refused(.notFound) }
        let isParticipant =
            switch by.role {
            case .customer: session.record.customer == by.id
            case .bot: session.record.bot == by.id && session.record.state == .bot
            default: session.record.agent == by.id
            }
        guard isParticipant else { return .refused(.notParticipant) }
        if session.record.state == .wrapup {
            // For the customer it is over already.
            if by.role != .customer { endWrap(id) }
        } else if session.record.state.isOpen {
            end(id, reason: reason)
        }
        return .session(record(of: id))
    }

    /// Ends a talk, from any state it can be in. Its agent stays written in the record; his slot is
    /// free, unless he may write the talk up. `atOnce`: he may not, because he is gone himself.
    mutating func end(_ id: SessionID, reason: String, atOnce: Bool = false) {
        let agent = sessions[id]!.record.agent
        let asked = dropTransfer(of: id)
        dropOthers(from: id)
        let wrapUp =
            sessions[id]!.record.state == .active && !atOnce ? sessions[id]!.wrapUp : nil
        noteUnseen(id)
        sessions[id]!.gaveUp =
            [.queued, .offered].contains(sessions[id]!.record.state)
            && reason != "left_message" && sessions[id]!.servedBy == nil
        if wrapUp == nil { unhold(id) }
        leaveQueues(id)
        noteLeft(id)
        leaveClass(id)
        sessions[id]!.record.state = wrapUp == nil ? .closed : .wrapup
        sessions[id]!.record.closeReason = reason
        sessions[id]!.record.botHelps = false
        sessions[id]!.closedAt = wrapUp == nil ? siteNow : nil
        sessions[id]!.endedAt = siteNow
        sessions[id]!.excluded = [:]
        open.remove(id)
        leaveTargets(of: id)
        sessions[id]!.record.isChoiceDue = false
        for deadline in [
            MemoryDeadline.offer(id), .step(id), .pause(id), .limit(id), .gone(id), .idle(id),
        ] {
            deadlines[deadline] = nil
        }
        deadlines[.customerGrace(sessions[id]!.record.customer)] = nil
        deadlines[.wrap(id)] = wrapUp.map { siteNow + $0 }
        changed(id, wrapUp == nil ? .closed : .wrapup)
        if let agent, wrapUp == nil { match(agent: agent) }
        if let asked { match(agent: asked) }
    }

    /// Held sessions go back to their queues, hidden, with their arrival. All of them are in
    /// before the first is matched, so that the first in true order is served first. One whose
    /// customer has gone for good is ended instead.
    mutating func giveBack(_ ids: [SessionID], change: SessionChange) {
        var (waiting, asked): ([SessionID], [PersonID]) = ([], [])
        for id in ids {
            let record = sessions[id]!.record
            guard record.customerConnected || deadlines[.customerGrace(record.customer)] != nil
            else {
                end(id, reason: "gone", atOnce: true)
                returnMessage(of: id)
                continue
            }
            if let agent = dropTransfer(of: id) { asked.append(agent) }
            dropOthers(from: id)
            unhold(id)
            deadlines[.offer(id)] = nil
            sessions[id]!.record.state = .queued
            sessions[id]!.record.agent = nil
            awaitLimit(of: id)
            changed(id, change, left: record.agent)
            enterQueues(id)
            waiting.append(id)
        }
        for id in waiting.sorted(by: isBefore) { match(session: id) }
        for agent in asked { match(agent: agent) }
    }

    mutating func unhold(_ id: SessionID) {
        guard sessions[id]!.record.state.isHeld, let agent = sessions[id]!.record.agent else {
            return
        }
        agents[agent]!.held.remove(id)
        agents[agent]!.freeSince = siteNow
    }

    mutating func exclude(_ agent: PersonID, from id: SessionID, for milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        let known = sessions[id]!.excluded[agent] ?? 0
        sessions[id]!.excluded[agent] = max(known, siteNow + milliseconds)
        schedulePause(of: id)
    }

    /// When the first exclusion ends; those for good end never.
    mutating func schedulePause(of id: SessionID) {
        deadlines[.pause(id)] = sessions[id]!.excluded.values.filter { $0 < Self.forever }.min()
    }

    /// Every notice of a session carries a new version; its first one carries version 1.
    /// `left`: the agent it was taken from. `about`: whom it is about, if not its agent.
    mutating func changed(
        _ id: SessionID, _ change: SessionChange, raisesVersion: Bool = true, left: PersonID? = nil,
        about: PersonID? = nil
    ) {
        if raisesVersion {
            sessions[id]!.record.version += 1
            remember(change, of: id, about ?? sessions[id]!.record.agent ?? left)
        }
        countMinute(id, change)
        if change.beginsServing {
            noteServing(id)
            awaitSilence(id)
        }
        tell(.session(record(of: id), change: change))
    }

    func record(of id: SessionID) -> SessionRecord {
        var record = sessions[id]!.record
        record.waited = max(0, siteNow - record.arrivedAt)
        record.transfer?.remaining = deadlines[.transfer(id)].map { max(0, $0 - siteNow) } ?? 0
        for (place, other) in record.others.enumerated() where other.standing == .invited {
            let end = deadlines[.join(id, other.agent)] ?? siteNow
            record.others[place].remaining = max(0, end - siteNow)
        }
        let due = deadlines[.offer(id)] ?? deadlines[.wrap(id)]
        record.remaining = due.map { max(0, $0 - siteNow) }
        record.headStartMilliseconds = sessions[id]!.headStart
        record.planGroups = sessions[id]!.openings.map(\.target).groups
        record.mayChooseRobot = record.isChoiceDue && robot(for: sessions[id]!) != nil
        return record
    }
}

/// What takes a new session.
private enum FreeWay {
    case robot(PersonID)
    case queue
    case none(StoreRefusal)
}
