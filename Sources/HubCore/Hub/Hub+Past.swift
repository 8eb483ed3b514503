/// Conversations of the past: which ones a customer had, and who may read them.
import ChatModel
import ChatProtocol

extension Hub {
    func listPast(_ query: CustomerSessions, _ request: Request, _ site: LocalSite) {
        guard mayKnow(query.customer, request.connection, site) else {
            return refuse(request, .notFound, "no customer of yours")
        }
        submit(
            .customerSessions(
                CustomerSessionsQuery(
                    customer: query.customer, before: query.before, limit: query.limit)),
            at: site, .past(request))
    }

    func pastAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.past(let request), .past(let page)):
            let sessions = page.sessions.map { past in
                var past = past
                past.agentName = site.name(of: past.agent)
                return past
            }
            answer(
                request,
                ServerFrame.customerSessionsOK(id: request.id, sessions, more: page.more))
        case (.deletion(let request), .done):
            // A file that went with it is deleted with the next cleaning: now.
            site.cleanAt = 0
            answer(request, ServerFrame.plainOK(id: request.id))
        case (.deletion(let request), .refused(.notFound)):
            refuse(request, .notFound, "no such message of anybody")
        case (.reopening(let reopen, let request), .session(let record)):
            reopeningRead(reopen, request, record, at: site)
        case (.past(let request), _), (.deletion(let request), _), (.reopening(_, let request), _):
            refuse(request, reply)
        default: break
        }
    }

    /// Who serves a customer reads what was said with him before, whoever served him then.
    func mayReadPast(_ connection: Connection, _ record: SessionRecord) -> Bool {
        guard record.state.isOver, connection.role == .agent, let site = connection.site else {
            return false
        }
        return mayKnow(record.customer, connection, site)
    }
}

// MARK: - Deleting a message

extension Hub {
    func deleteMessage(_ delete: MessageDelete, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .deleteMessage(
                DeleteMessage(session: delete.session, seq: delete.seq, by: person.key.id)),
            at: site, .deletion(request))
    }

    /// Whoever is in the session is told, behind what he is still to read of it; so are its
    /// customer and its agent when it is over.
    func deleted(_ deletion: DeletionNotice, at site: LocalSite) {
        let frame = ServerFrame.messageDeleted(session: deletion.session, seq: deletion.seq)
        let session = site.sessions[deletion.session]
        session?.erase(deletion.seq)
        for member in session?.members ?? [] {
            if let enrollment = member.enrollment {
                enrollment.notes.append(frame)
            } else {
                send(frame, to: member.connection)
            }
        }
        let customer = PersonKey(isAgent: false, id: deletion.customer)
        let agent = deletion.agent.map { PersonKey(isAgent: true, id: $0) }
        for key in [customer, agent].compactMap(\.self) {
            for connection in site.people[key]?.connections ?? []
            where connection.isReady && session?.memberIndex(of: connection) == nil {
                send(frame, to: connection)
            }
        }
    }
}

extension LocalSession {
    /// What has come and was not told yet is told without its text.
    fileprivate func erase(_ seq: Int) {
        for index in early.indices { early[index].erase(seq) }
        for index in forked.indices { forked[index].erase(seq) }
        for member in members {
            guard let held = member.enrollment?.held.indices else { continue }
            for index in held { member.enrollment?.held[index].erase(seq) }
        }
    }
}

extension Arrival {
    fileprivate mutating func erase(_ seq: Int) {
        guard record.seq == seq, !record.isSystemLine else { return }
        record = MessageRecord(
            seq: seq, at: record.at, sender: record.sender, key: record.key,
            body: ServerFrame.deletedBody(of: record.body))
    }
}
