/// Several agents in one conversation: they are invited, come in, and leave. Its owner answers for
/// it, and he alone gives it away.
import ChatModel
import ChatProtocol

extension Hub {
    /// Requests by which several people work on one session.
    func together(_ frame: ClientFrame, _ request: Request, _ site: LocalSite) {
        switch frame {
        case .sessionInvite(let invite): self.invite(invite, request, site)
        case .sessionInviteCancel(let cancel): cancelInvite(cancel, request, site)
        case .sessionJoin(let reference): join(reference.session, request, site)
        case .sessionTransfer(let transfer): self.transfer(transfer, request, site)
        case .sessionTransferCancel(let reference):
            cancelTransfer(reference.session, request, site)
        case .sessionTake(let reference): takeOver(reference.session, request, site)
        case .sessionWatch(let reference): beginWatching(reference.session, request, site)
        case .sessionUnwatch(let reference): endWatching(reference.session, request, site)
        case .sessionNote(let note): addNote(note, kind: "note", request, site)
        case .sessionWhisper(let note): addNote(note, kind: "whisper", request, site)
        case .sessionNotes(let query): readNotes(query, request, site)
        default: preconditionFailure("a frame of another file")
        }
    }

    func invite(_ invite: SessionInvite, _ request: Request, _ site: LocalSite) {
        guard let by = request.connection.participant else { return }
        guard let lease = site.lease else { return refuse(request, .unavailable) }
        submit(
            .invite(
                InviteAgent(
                    session: invite.session, agent: invite.agent, by: by, key: invite.key,
                    body: Array("invite \(invite.agent)\n\(invite.note ?? "")".utf8),
                    timeoutMilliseconds: site.rules.inviteMilliseconds, text: invite.note,
                    note: note(invite.note, "invite " + invite.key, request, lease))),
            at: site, .invite(request))
    }

    /// It comes to him as an accepted one does, and stays its owner's.
    func join(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        guard let who = request.connection.participant else { return }
        request.connection.expected.append(session)
        submit(.join(session: session, by: who), at: site, .join(request, session))
    }

    private func cancelInvite(
        _ cancel: SessionInviteCancel, _ request: Request, _ site: LocalSite
    ) {
        guard let by = request.connection.participant else { return }
        submit(
            .cancelInvite(session: cancel.session, agent: cancel.agent, by: by), at: site,
            .cancelInvite(request))
    }

    /// He leaves it, or declines an invitation: behind what he has said, like an end.
    func stepOut(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        guard let by = request.connection.participant else { return }
        var end = PendingEnd(by: by, reason: "left", request: request)
        end.isStepOut = true
        take(end, of: session, site)
    }

    func othersAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.invite(let request), .session(let record)):
            show(record, to: request, wasHis: false, at: site)
            apply(record, change: .agentInvited, at: site)
        case (.invite(let request), .refused(.unknownAgent)):
            refuse(request, .notFound, "no agent of this name has been here")
        case (.invite(let request), .refused(.agentUnavailable)):
            refuse(request, .agentUnavailable, "the agent is offline, not connected, or its owner")
        case (.join(let request, let session), .session(let record)):
            accepted(request, session, record, change: .agentJoined, at: site)
        case (.join(let request, let session), _):
            request.connection.expected.removeAll { $0 == session }
            refuse(request, reply)
            enrollMissing(request.connection)
        case (.cancelInvite(let request), .session(let record)):
            answer(request, ServerFrame.plainOK(id: request.id))
            apply(record, change: .inviteCancelled, at: site)
        case (.stepOut(let request), .session(let record)):
            answer(request, ServerFrame.plainOK(id: request.id))
            apply(record, change: .agentLeft, at: site)
        case (.stepOut(let request), .refused(.isOwner)):
            refuse(request, .forbidden, "it is yours: give it away or end it")
        case (.invite(let request), _), (.cancelInvite(let request), _),
            (.stepOut(let request), _):
            refuse(request, reply)
        default: break
        }
    }

    // MARK: Who is told

    func isInvited(_ person: LocalPerson, to record: SessionRecord) -> Bool {
        person.key.isAgent && !person.key.isBot && record.isInvited(person.key.id)
    }

    /// A customer or a robot may be named like an agent and is not the same.
    func hasJoined(_ person: LocalPerson, _ record: SessionRecord) -> Bool {
        person.key.isAgent && !person.key.isBot && record.hasJoined(person.key.id)
    }

    func sendInvite(_ record: SessionRecord, to connection: Connection) {
        guard let site = connection.site, let id = connection.person?.key.id,
            let other = record.other(id)
        else { return }
        send(
            ServerFrame.invite(record, other, fromName: site.name(of: other.invitedBy)),
            to: connection)
    }

    /// To the members, while it goes on: who is beside the owner by one state and not by the other.
    /// Owners they know by the state itself. Who leaves is told before it, who comes in behind it:
    /// so the state shown last names him.
    func show(
        _ change: ParticipantChange, of here: SessionRecord, notIn there: SessionRecord,
        _ session: LocalSession
    ) {
        guard session.record?.state == .active else { return }
        for other in here.joined where !there.hasJoined(other.agent) && there.agent != other.agent {
            let frame = ServerFrame.participant(
                session: session.id, Participant(role: .agent, id: other.agent), name: other.name,
                change)
            for member in session.members
            where isShown(member) && !isOne(of: [other.agent], member.connection) {
                send(frame, to: member.connection)
            }
        }
    }

    /// Whether the connection is one of these agents'.
    func isOne(of agents: Set<PersonID>, _ connection: Connection) -> Bool {
        guard let key = connection.person?.key, key.isAgent, !key.isBot else { return false }
        return agents.contains(key.id)
    }

    /// It has ended: whoever was in it beside its owner is out.
    func sayLeft(_ session: LocalSession, to connection: Connection) {
        guard var record = presentRecord(session) else { return }
        record.state = .closed
        send(ServerFrame.offerGone(record, reason: "left"), to: connection)
    }

    /// Why a session is not his any more.
    func reasonOfLoss(
        _ person: LocalPerson, _ old: SessionRecord?, _ change: SessionChange?
    ) -> String {
        let id = person.key.id
        if let old, old.other(id) != nil, old.agent != id, old.transfer?.to != id {
            let isItsEnd = change == .inviteCancelled || change == .inviteExpired
            guard let change, isItsEnd, old.isInvited(id) else { return "left" }
            return change.rawValue
        }
        return change?.rawValue ?? "changed"
    }
}

extension LocalSite {
    /// With the names of those who are in it beside its owner.
    func named(_ record: SessionRecord) -> SessionRecord {
        guard !record.others.isEmpty else { return record }
        var record = record
        for index in record.others.indices {
            record.others[index].name = name(of: record.others[index].agent)
        }
        return record
    }
}
