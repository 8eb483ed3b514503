/// Conversations go to colleagues and to groups: `session.transfer` and its taking back. Who is
/// asked answers as to an offer.
import ChatModel
import ChatProtocol

extension Hub {
    /// Behind what he has said, like an end.
    func transfer(_ transfer: SessionTransfer, _ request: Request, _ site: LocalSite) {
        guard let by = request.connection.participant else { return }
        var end = PendingEnd(by: by, reason: "", request: request)
        end.transfer = transfer
        take(end, of: transfer.session, site)
    }

    func beginTransfer(_ transfer: SessionTransfer, _ request: Request, _ site: LocalSite) {
        guard let by = request.connection.participant else { return }
        guard let lease = site.lease else { return refuse(request, .unavailable) }
        let (target, name): (TransferSession.Target, String)
        var rules: GroupRules?
        switch transfer.to {
        case .agent(let agent): (target, name) = (.agent(agent), "agent " + agent.text)
        case .group(let group):
            rules = site.rules.groups.first { $0.id == group }
            if rules == nil { return refuse(request, .unknownGroup, "no such group") }
            (target, name) = (.group(group), "group " + group.text)
        }
        let wasHis = site.sessions[transfer.session]?.record?.agent == by.id
        let kind = transfer.isWarm ? "warm " : ""
        var step = TransferSession(
            session: transfer.session, target: target, by: by, key: transfer.key,
            body: Array((kind + name + "\n" + (transfer.note ?? "")).utf8),
            isWarm: transfer.isWarm, text: transfer.note,
            note: note(transfer.note, "transfer " + transfer.key, request, lease))
        step.maximumWaiting = rules?.maximumWaiting
        step.reopenBelow = rules?.reopenBelow
        submit(.transfer(step), at: site, .transfer(request, target, wasHis: wasHis))
    }

    /// Words for a colleague, as a note.
    func note(_ text: String?, _ key: String, _ request: Request, _ lease: Lease) -> NewMessage? {
        guard let text, let by = request.connection.participant else { return nil }
        return NewMessage(
            sender: by, key: key,
            body: ServerFrame.messageBody(
                from: by, name: request.connection.name, kind: "note", text: text),
            origin: ConnectionReference(
                incarnation: lease.incarnation, connection: request.connection.number))
    }

    func cancelTransfer(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        guard let by = request.connection.participant else { return }
        submit(
            .cancelTransfer(session: session, by: by), at: site,
            .transfer(request, nil, wasHis: true))
    }

    /// `target`: where it was to go; nil when it was taken back.
    func transferAnswered(
        _ request: Request, _ target: TransferSession.Target?, wasHis: Bool, _ reply: StoreReply,
        at site: LocalSite
    ) {
        switch reply {
        case .session(let record):
            show(record, to: request, wasHis: wasHis, at: site)
            let asker = request.connection.person?.key.id
            apply(record, change: change(record, target, asker), at: site)
        case .refused(.unknownAgent):
            refuse(request, .notFound, "no agent of this name has been here")
        case .refused(.agentUnavailable):
            refuse(request, .agentUnavailable, "the agent is offline, not connected, or its owner")
        default: refuse(request, reply)
        }
    }

    /// The session as it is now. One who sends again what he asked when it was his, and has nothing
    /// to do with it any more, learns only that it was done.
    func show(_ record: SessionRecord, to request: Request, wasHis: Bool, at site: LocalSite) {
        guard let person = request.connection.person else { return }
        let isHis = wasHis || isParticipant(person, of: record)
        if isHis || request.connection.role == .supervisor {
            return show(record, to: request, at: site)
        }
        answer(request, ServerFrame.formerSessionOK(id: request.id, record))
    }

    /// What its people are told when the answer is faster than the notice.
    /// Sent to a group, it may be somebody else's at once.
    private func change(
        _ record: SessionRecord, _ target: TransferSession.Target?, _ asker: PersonID?
    ) -> SessionChange? {
        switch target {
        case nil: .transferCancelled
        case .group: record.agent == asker ? nil : .sentToGroup
        case .agent(let agent): record.agent == agent ? .transferred : nil
        }
    }

    /// Whether he was asked to take it over, as far as this node was told.
    func isTakingOver(_ request: Request, _ id: SessionID, at site: LocalSite) -> Bool {
        guard let asked = site.sessions[id]?.record?.transfer?.to else { return false }
        return asked == request.connection.person?.key.id
    }

    // MARK: Who has to do with a session

    /// The agents whom it is with, or who are asked to take it, or are in it beside its owner.
    func agents(of record: SessionRecord, at site: LocalSite) -> [LocalPerson] {
        var people: [LocalPerson] = []
        let ids = [record.state.isHeld ? record.agent : nil, record.transfer?.to]
        for id in ids.compactMap(\.self) + record.others.map(\.agent) {
            guard let person = site.people[PersonKey(isAgent: true, id: id)],
                !people.contains(where: { $0 === person })
            else { continue }
            people.append(person)
        }
        return people
    }

    /// What its agents are told with its state: what became of a transfer, who came and left, and
    /// what is written of it.
    func isToldToAgents(_ change: SessionChange?) -> Bool {
        switch change {
        case .transferDeclined, .transferExpired, .transferCancelled, .agentInvited, .agentJoined,
            .agentLeft, .inviteCancelled, .inviteExpired, .tagged, .wrapExtended:
            true
        default: false
        }
    }
}
