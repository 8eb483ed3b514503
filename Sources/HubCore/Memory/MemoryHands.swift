/// People take hold of sessions themselves: agents pick, supervisors assign.
import ChatModel

extension MemorySite {
    mutating func pick(_ id: SessionID, agent: PersonID, anyGroup: Bool) -> StoreReply {
        if let refusal = refusal(of: id, to: agent) { return .refused(refusal) }
        if let mine = takeOwn(id, agent) { return mine }
        let session = sessions[id]!
        guard session.isMatchable else { return .refused(.notWaiting) }
        guard isHere(agent) else { return .refused(.agentUnavailable) }
        let groups = session.openGroups.union([session.record.group])
        guard anyGroup || !groups.isDisjoint(with: agents[agent]!.groups) else {
            return .refused(.otherGroup)
        }
        guard hasRoom(agent) else { return .refused(.agentFull) }
        handOver(id, to: agent, .picked)
        return .session(record(of: id))
    }

    mutating func assign(_ assign: AssignSession) -> StoreReply {
        let (id, agent) = (assign.session, assign.agent)
        if let refusal = refusal(of: id, to: agent) { return .refused(refusal) }
        guard isHere(agent) else { return .refused(.agentUnavailable) }
        if let his = takeOwn(id, agent) { return his }
        let session = sessions[id]!
        let isWithAnother = [.offered, .active].contains(session.record.state)
        guard session.isMatchable || isWithAnother else { return .refused(.notWaiting) }
        guard assign.overCapacity || hasRoom(agent) else { return .refused(.agentFull) }
        handOver(id, to: agent, .handedOver, by: assign.by)
        return .session(record(of: id))
    }

    /// He decides himself, so neither his status nor his capacity is an obstacle.
    mutating func takeOver(_ id: SessionID, agent: PersonID) -> StoreReply {
        if let refusal = refusal(of: id, to: agent) { return .refused(refusal) }
        if let his = takeOwn(id, agent) { return his }
        guard [.queued, .offered, .active].contains(sessions[id]!.record.state) else {
            return .refused(.notWaiting)
        }
        handOver(id, to: agent, .taken, by: agent)
        return .session(record(of: id))
    }

    private func refusal(of id: SessionID, to agent: PersonID) -> StoreRefusal? {
        guard let session = sessions[id] else { return .notFound }
        guard session.record.state.isOpen else { return .sessionClosed }
        return agents[agent] == nil ? .unknownAgent : nil
    }

    /// One he owns is answered as it is; one he is offered is accepted.
    private mutating func takeOwn(_ id: SessionID, _ agent: PersonID) -> StoreReply? {
        let record = sessions[id]!.record
        let isHis = record.agent == agent && [.offered, .active].contains(record.state)
        return isHis ? accept(id, agent: agent) : nil
    }

    func isHere(_ agent: PersonID) -> Bool {
        agents[agent]!.reachability == .connected && agents[agent]!.status != .offline
    }

    private func hasRoom(_ agent: PersonID) -> Bool {
        agents[agent]!.held.count < agents[agent]!.capacity
    }

    /// He owns it at once. Whoever had it, or was asked, has a free slot afterwards. Who talked
    /// with another is told by a line. Its former owner's invitations end: he answers for it no
    /// longer.
    mutating func handOver(
        _ id: SessionID, to agent: PersonID, _ change: SessionChange, by: PersonID? = nil
    ) {
        let asked = dropTransfer(of: id)
        dropInvited(from: id)
        let former = sessions[id]!.record.state.isHeld ? sessions[id]!.record.agent : nil
        unhold(id)
        deadlines[.offer(id)] = nil
        if sessions[id]!.record.state == .active { say(.transferred, about: agent, in: id) }
        deciding = by
        assign(id, to: agent, change)
        deciding = nil
        if let former { match(agent: former) }
        if let asked { match(agent: asked) }
    }
}
