/// Conversations go to colleagues and to groups.
import ChatModel

extension MemorySite {
    mutating func transfer(_ transfer: TransferSession) -> StoreReply {
        let id = transfer.session
        guard let session = sessions[id] else { return .refused(.notFound) }
        let key = MemoryKey(sender: transfer.by, key: transfer.key)
        if let known = session.requests[key] {
            return known == transfer.body ? .session(record(of: id)) : .refused(.keyConflict)
        }
        if let refusal = refusal(of: id, by: transfer.by) { return .refused(refusal) }
        guard session.record.state == .active, session.record.transfer == nil else {
            return .refused(.notActive)
        }
        if case .agent(let agent) = transfer.target,
            let refusal = refusal(toAsk: agent, for: session, isWarm: transfer.isWarm)
        {
            return .refused(refusal)
        }
        if case .group(let group) = transfer.target {
            if shut.contains(group) { return .refused(.closed) }
            let (maximum, reopen) = (transfer.maximumWaiting, transfer.reopenBelow)
            guard takesMore(group, maximum: maximum, reopenBelow: reopen) else {
                return .refused(.queueFull)
            }
        }
        sessions[id]!.requests[key] = transfer.body
        if let note = transfer.note { _ = addNote(AddNote(session: id, note: note)) }
        switch transfer.target {
        case .group(let group): send(id, to: group)
        case .agent(let agent): ask(agent, to: id, transfer)
        }
        return .session(record(of: id))
    }

    mutating func cancelTransfer(_ id: SessionID, by: Participant) -> StoreReply {
        guard sessions[id] != nil else { return .refused(.notFound) }
        if let refusal = refusal(of: id, by: by) { return .refused(refusal) }
        endTransfer(of: id, .transferCancelled)
        return .session(record(of: id))
    }

    func refusal(of id: SessionID, by: Participant) -> StoreRefusal? {
        let record = sessions[id]!.record
        guard by.role == .supervisor || record.agent == by.id else { return .notParticipant }
        return record.state.isOpen ? nil : .sessionClosed
    }

    private func refusal(toAsk id: PersonID, for session: MemorySession, isWarm: Bool)
        -> StoreRefusal?
    {
        guard let agent = agents[id] else { return .unknownAgent }
        guard isHere(id), id != session.record.agent else { return .agentUnavailable }
        if agent.held.count >= agent.capacity { return .agentFull }
        let needsRoom = isWarm && !session.record.hasJoined(id)
        return needsRoom && isCrowded(session.record) ? .tooMany : nil
    }

    /// Where sessions are given out without asking, so is this.
    private mutating func ask(_ agent: PersonID, to id: SessionID, _ transfer: TransferSession) {
        guard let milliseconds = sessions[id]!.offerMilliseconds else {
            return give(id, to: agent, isWarm: transfer.isWarm)
        }
        sessions[id]!.record.transfer = PendingTransfer(
            to: agent, from: sessions[id]!.record.agent!, note: transfer.text,
            isWarm: transfer.isWarm, remaining: milliseconds)
        agents[agent]!.held.insert(id)
        deadlines[.transfer(id)] = siteNow + milliseconds
        changed(id, .transferAsked)
    }

    /// He who is asked takes it: the step ends like every other that gives a session to somebody.
    mutating func completeTransfer(of id: SessionID) {
        let transfer = sessions[id]!.record.transfer!
        sessions[id]!.record.transfer = nil
        deadlines[.transfer(id)] = nil
        agents[transfer.to]!.held.remove(id)
        give(id, to: transfer.to, isWarm: transfer.isWarm)
    }

    /// He owns it instead of its owner, who stays in it when the transfer is a warm one.
    private mutating func give(_ id: SessionID, to agent: PersonID, isWarm: Bool) {
        if isWarm, let giver = sessions[id]!.record.agent {
            add(SessionOther(agent: giver, standing: .joined), to: id)
        }
        handOver(id, to: agent, .transferred)
    }

    /// Nobody is asked any more. Returns who was; he has a free slot.
    mutating func dropTransfer(of id: SessionID) -> PersonID? {
        guard let agent = sessions[id]!.record.transfer?.to else { return nil }
        sessions[id]!.record.transfer = nil
        deadlines[.transfer(id)] = nil
        agents[agent]!.held.remove(id)
        agents[agent]!.freeSince = siteNow
        return agent
    }

    mutating func endTransfer(of id: SessionID, _ change: SessionChange) {
        guard let agent = dropTransfer(of: id) else { return }
        changed(id, change)
        match(agent: agent)
    }

    /// What he is asked to take over, by arrival.
    func asked(_ agent: PersonID) -> [SessionID] {
        heldSessions(of: agent).filter { sessions[$0]!.record.agent != agent }
    }

    private mutating func send(_ id: SessionID, to group: GroupID) {
        let giver = sessions[id]!.record.agent!
        exclude(giver, from: id, for: Self.releasePauseMilliseconds)
        retarget(id, to: group)
        giveBack([id], change: .sentToGroup)
        match(agent: giver)
    }
}
