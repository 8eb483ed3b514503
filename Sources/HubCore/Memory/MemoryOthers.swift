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
        guard isIn || !isCrowded(session.record, countingInvited: true) else {
            return .refused(.tooMany)
        }
        sessions[id]!.requests[key] = invite.body
        if let note = invite.note { _ = addNote(AddNote(session: id, note: note)) }
        if !isIn {
            add(
                SessionOther(
                    agent: agent, standing: .invited, invitedBy: invite.by.id, note: invite.text),
                to: id)
            deadlines[.join(id, agent)] = siteNow + invite.timeoutMilliseconds
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
        if isCrowded(record) { return .refused(.tooMany) }
        say(.agentJoined, about: who.id, in: id)
        add(SessionOther(agent: who.id, standing: .joined), to: id)
        changed(id, .agentJoined, about: who.id)
        return .session(self.record(of: id))
    }

    /// Its owner may take it back, a supervisor, and whoever invited him.
    mutating func cancelInvite(_ id: SessionID, of agent: PersonID, by: Participant) -> StoreReply {
        guard let record = sessions[id]?.record else { return .refused(.notFound) }
        if record.other(agent)?.invitedBy != by.id, let refusal = refusal(of: id, by: by) {
            return .refused(refusal)
        }
        if record.hasJoined(agent) { return .refused(.hasJoined) }
        endInvitation(id, of: agent, .inviteCancelled)
        return .session(self.record(of: id))
    }

    /// He is invited no longer; nothing for one who is not.
    mutating func endInvitation(_ id: SessionID, of agent: PersonID, _ change: SessionChange) {
        guard sessions[id]!.record.isInvited(agent) else { return }
        drop(agent, from: id)
        changed(id, change, about: agent)
    }

    mutating func stepOut(_ id: SessionID, agent: PersonID) -> StoreReply {
        guard let record = sessions[id]?.record else { return .refused(.notFound) }
        if record.agent == agent, record.state.isOpen { return .refused(.isOwner) }
        guard record.other(agent) != nil else { return .refused(.notParticipant) }
        leave(id, agent)
        return .session(self.record(of: id))
    }

    /// Whether nobody else may come in, or may be asked to: then everybody counts who is asked
    /// already. The giver of a warm transfer will be in it.
    func isCrowded(_ record: SessionRecord, countingInvited: Bool = false) -> Bool {
        let coming = record.transfer?.isWarm == true ? 1 : 0
        let others = countingInvited ? record.others : record.joined
        return others.count + coming >= Self.otherBound
    }

    private mutating func leave(_ id: SessionID, _ agent: PersonID) {
        guard let other = sessions[id]!.record.other(agent) else { return }
        if other.standing == .joined { say(.agentLeft, about: agent, in: id) }
        drop(agent, from: id)
        changed(id, .agentLeft, about: agent)
    }

    /// He is one of the others from now on, whatever he was among them before.
    mutating func add(_ other: SessionOther, to id: SessionID) {
        deadlines[.join(id, other.agent)] = nil
        let others = sessions[id]!.record.others
        if let place = others.firstIndex(where: { $0.agent == other.agent }) {
            sessions[id]!.record.others[place] = other
        } else {
            sessions[id]!.record.others.append(other)
        }
    }

    mutating func drop(_ agent: PersonID, from id: SessionID) {
        deadlines[.join(id, agent)] = nil
        sessions[id]!.record.others.removeAll { $0.agent == agent }
    }

    mutating func dropOthers(from id: SessionID) {
        for other in sessions[id]!.record.others { drop(other.agent, from: id) }
    }

    /// Who has not come in yet is asked no longer.
    mutating func dropInvited(from id: SessionID) {
        for other in sessions[id]!.record.others where other.standing == .invited {
            drop(other.agent, from: id)
        }
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
