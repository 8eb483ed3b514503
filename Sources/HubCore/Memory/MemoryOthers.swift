/// Agents in a conversation beside its owner: they are invited, join it, and leave it.
import ChatModel

extension MemorySite {
    /// Others a session may have.
    private static let otherBound = 8

    mutating func invite(_ invite: InviteAgent) -> StoreReply {
        let (id, agent) = (invite.session, invite.agent)
        guard let session = sessions[id] else { return .refused(.notFound) }
        let key = MemoryKey(sender: invite.by, key: invite.key)
        if let known = session.requests[key] {
            return known == invite.body ? .session(record(of: id)) : .refused(.keyConflict)
        }
        if let refusal = refusal(of: id, by: invite.by) { return .refused(refusal) }
        guard session.record.state == .active else { return .refused(.notActive) }
        guard agents[agent] != nil else { return .refused(.unknownAgent) }
        guard isHere(agent), agent != session.record.agent else {
            return .refused(.agentUnavailable)
        }
        let isIn = session.record.other(agent) != nil
        guard isIn || !isCrowded(session.record) else {
            return .refused(.tooMany)
        }
        sessions[id]!.requests[key] = invite.body
        if let note = invite.note { _ = addNote(AddNote(session: id, note: note)) }
        if !isIn {
            add(
                SessionOther(
                    agent: agent, standing: .invited, invitedBy: invite.by.id, note: invite.text),
                to: id)
            changed(id, .agentInvited, about: agent)
        }
        return .session(record(of: id))
    }

    mutating func join(_ id: SessionID, by who: Participant) -> StoreReply {
        guard let record = sessions[id]?.record else { return .refused(.notFound) }
        let isOwner = record.agent == who.id && record.state == .active
        if isOwner || record.hasJoined(who.id) { return .session(self.record(of: id)) }
        guard record.isInvited(who.id) || who.role == .supervisor else {
            return .refused(.notParticipant)
        }
        guard record.state.isOpen else { return .refused(.sessionClosed) }
        guard record.state == .active else { return .refused(.notActive) }
        guard let agent = agents[who.id], agent.reachability != .gone else {
            return .refused(.agentUnavailable)
        }
        guard record.isInvited(who.id) || !isCrowded(record) else {
            return .refused(.tooMany)
        }
        say(.agentJoined, about: who.id, in: id)
        add(SessionOther(agent: who.id, standing: .joined), to: id)
        changed(id, .agentJoined, about: who.id)
        return .session(self.record(of: id))
    }

    mutating func stepOut(_ id: SessionID, agent: PersonID) -> StoreReply {
        guard let record = sessions[id]?.record else { return .refused(.notFound) }
        if record.agent == agent, record.state.isOpen { return .refused(.isOwner) }
        guard record.other(agent) != nil else { return .refused(.notParticipant) }
        leave(id, agent)
        return .session(self.record(of: id))
    }

    /// Whether nobody else may come in; the giver of a warm transfer will.
    func isCrowded(_ record: SessionRecord) -> Bool {
        let coming = record.transfer?.isWarm == true ? 1 : 0
        return record.others.count + coming >= Self.otherBound
    }

    private mutating func leave(_ id: SessionID, _ agent: PersonID) {
        guard let other = sessions[id]!.record.other(agent) else { return }
        if other.standing == .joined { say(.agentLeft, about: agent, in: id) }
        drop(agent, from: id)
        changed(id, .agentLeft, about: agent)
    }

    /// He is one of the others from now on, whatever he was among them before.
    mutating func add(_ other: SessionOther, to id: SessionID) {
        let others = sessions[id]!.record.others
        if let place = others.firstIndex(where: { $0.agent == other.agent }) {
            sessions[id]!.record.others[place] = other
        } else {
            sessions[id]!.record.others.append(other)
        }
    }

    mutating func drop(_ agent: PersonID, from id: SessionID) {
        sessions[id]!.record.others.removeAll { $0.agent == agent }
    }

    /// Where he is beside the owner, by arrival.
    func joined(by agent: PersonID) -> [SessionID] {
        open.filter { sessions[$0]!.record.other(agent) != nil }.sorted {
            sessions[$0]!.record.arrival < sessions[$1]!.record.arrival
        }
    }

    mutating func leaveAll(_ agent: PersonID) {
        for id in joined(by: agent) { leave(id, agent) }
    }
}
