/// What an agent keeps for himself.
import ChatModel

extension MemorySite {
    func ownReplies(of agent: PersonID) -> [OwnReply] {
        (canned[agent] ?? [:]).map { OwnReply(shortcut: $0.key, body: $0.value) }
            .sorted { $0.shortcut < $1.shortcut }
    }

    mutating func setCanned(_ change: SetCanned) -> StoreReply {
        var replies = canned[change.agent] ?? [:]
        replies[change.shortcut] = change.body
        let bytes = replies.values.reduce(0) { $0 + $1.count }
        let isMore = change.body != nil
        guard !isMore || (replies.count <= change.countBound && bytes <= change.byteBound) else {
            return .refused(.tooMany)
        }
        canned[change.agent] = replies.isEmpty ? nil : replies
        return .done
    }
}

// MARK: - Status

extension MemorySite {
    mutating func setStatus(_ change: SetStatus) -> StoreReply {
        guard let agent = agents[change.agent] else { return .refused(.unknownAgent) }
        if agent.status != change.status || agent.reason != change.reason {
            agents[change.agent]!.since = siteNow
        }
        agents[change.agent]!.reason = change.reason
        agents[change.agent]!.setBy = change.setBy
        beginRamp(change)
        setPresence(of: change.agent) { $0.status = change.status }
        if change.status == .offline {
            for session in asked(change.agent) { endTransfer(of: session, .transferDeclined) }
            let offers = heldSessions(of: change.agent)
                .filter { sessions[$0]!.record.state == .offered }
            giveBack(offers, change: .released)
        }
        match(agent: change.agent)
        return .agent(shown(agents[change.agent]!))
    }

    private mutating func beginRamp(_ change: SetStatus) {
        let agent = agents[change.agent]!
        let limit = change.ramp.map { agent.held.count + $0 }
        agents[change.agent]!.ramp = nil
        deadlines[.ramp(change.agent)] = nil
        guard let limit, change.status == .online, limit < agent.capacity else { return }
        agents[change.agent]!.ramp = limit
        agents[change.agent]!.rampEvery = change.rampEveryMilliseconds
        deadlines[.ramp(change.agent)] = siteNow + change.rampEveryMilliseconds
    }

    /// One more, until it is all he may hold.
    mutating func rampOn(_ id: PersonID) {
        guard let ramp = agents[id]!.ramp else { return }
        let isFull = ramp + 1 >= agents[id]!.capacity
        agents[id]!.ramp = isFull ? nil : ramp + 1
        if !isFull { deadlines[.ramp(id)] = siteNow + agents[id]!.rampEvery }
        match(agent: id)
    }

    /// As he is told at this moment.
    func shown(_ agent: MemoryAgent) -> AgentRecord {
        var record = agent.record
        record.sinceMilliseconds = max(0, siteNow - agent.since)
        return record
    }
}

// MARK: - Writing up

extension MemorySite {
    mutating func describe(_ described: DescribeSession) -> StoreReply {
        let id = described.session
        guard let session = sessions[id] else { return .refused(.notFound) }
        let record = session.record
        if let agent = described.agent {
            let isHis = record.agent == agent && (record.state == .active || record.state.isOver)
            let isTags =
                described.topic == nil && described.result == nil && described.note == nil
                && described.act == nil
            guard isHis || (isTags && record.hasJoined(agent)) else {
                return .refused(.notParticipant)
            }
        }
        if let closedAt = session.closedAt, siteNow - closedAt > described.withinMilliseconds {
            return .refused(.sessionClosed)
        }
        if described.act != nil, record.state != .wrapup {
            let isRepeat = described.act == .done && record.state == .closed
            guard isRepeat else { return .refused(.noWrap) }
        }
        if described.act == .extend, session.extensions >= described.extensionBound {
            return .refused(.tooMany)
        }
        write(described)
        if record.state == .wrapup { carryOut(described) }
        return .session(self.record(of: id))
    }

    private mutating func write(_ described: DescribeSession) {
        let id = described.session
        let (tags, disposition) = (sessions[id]!.record.tags, sessions[id]!.record.disposition)
        sessions[id]!.record.tags = described.tags ?? tags
        sessions[id]!.record.disposition = Disposition(
            topic: described.topic ?? disposition.topic,
            result: described.result ?? disposition.result,
            note: described.note ?? disposition.note)
        let record = sessions[id]!.record
        if record.tags != tags || record.disposition != disposition { changed(id, .tagged) }
    }

    private mutating func carryOut(_ described: DescribeSession) {
        let id = described.session
        switch described.act {
        case .done: endWrap(id)
        case .extend:
            sessions[id]!.extensions += 1
            deadlines[.wrap(id)]! += described.extensionMilliseconds
            changed(id, .wrapExtended)
        case nil: break
        }
    }

    /// It is written up, or the time for it has passed: the slot is free.
    mutating func endWrap(_ id: SessionID) {
        if let agent = finishWrap(id) { match(agent: agent) }
    }

    /// The same, with its agent still to be matched; nil when it is not being written up.
    mutating func finishWrap(_ id: SessionID) -> PersonID? {
        guard sessions[id]?.record.state == .wrapup, let agent = sessions[id]!.record.agent else {
            return nil
        }
        unhold(id)
        deadlines[.wrap(id)] = nil
        sessions[id]!.record.state = .closed
        sessions[id]!.closedAt = siteNow
        changed(id, .closed)
        return agent
    }
}
