/// People take hold of sessions themselves: `session.pick` and `session.assign`; and who is there
/// to take one.
import ChatModel
import ChatProtocol

extension Hub {
    func pick(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        request.connection.expected.append(session)
        submit(
            .pick(
                session: session, agent: person.key.id,
                anyGroup: request.connection.role == .supervisor),
            at: site, .pick(request, session))
    }

    func assign(_ assign: SessionAssign, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .assign(
                AssignSession(
                    session: assign.session, agent: assign.agent,
                    overCapacity: assign.overCapacity, by: person.key.id)),
            at: site, .assign(request))
    }

    /// It comes to him as a picked one does.
    func takeOver(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        request.connection.expected.append(session)
        submit(
            .takeOver(session: session, agent: person.key.id), at: site,
            .takeOver(request, session))
    }

    /// It looks at every agent of the site: for a person who asks now and then, and no program that
    /// asks all the time.
    func listAgents(_ request: Request, _ site: LocalSite) {
        let wait = request.connection.listings.take(
            burst: 10, perMinute: 30, now: now.monotonicMilliseconds)
        if let wait {
            return refuse(
                request.id, .rateLimited, "agents.list too often", to: request.connection,
                retryAfter: wait)
        }
        submit(.agents(limit: 500), at: site, .agents(request))
    }

    func handAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.pick(let request, let session), .session(let record)):
            accepted(request, session, record, at: site)
        case (.takeOver(let request, let session), .session(let record)):
            accepted(request, session, record, change: .taken, at: site)
        case (.takeOver(let request, let session), _):
            request.connection.expected.removeAll { $0 == session }
            refuse(request, reply)
            enrollMissing(request.connection)
        case (.pick(let request, let session), _):
            request.connection.expected.removeAll { $0 == session }
            if case .refused(.agentUnavailable) = reply {
                refuse(request, .agentUnavailable, "you are offline: set another status first")
            } else {
                refuse(request, reply)
            }
            enrollMissing(request.connection)
        case (.assign(let request), .session(let record)):
            assigned(request, record, at: site)
        case (.assign(let request), .refused(.unknownAgent)):
            refuse(request, .notFound, "no agent of this name has been here")
        case (.assign(let request), .refused(.agentUnavailable)):
            refuse(request, .agentUnavailable, "the agent is offline or not connected")
        case (.explain(let request), .explained(let explanation)):
            explained(request, explanation, at: site)
        case (.agents(let request), .agents(let records)):
            answer(
                request,
                ServerFrame.agentsOK(
                    id: request.id, records.map { ($0, site.name(of: $0.id)) }))
        case (.assign(let request), _), (.explain(let request), _), (.agents(let request), _):
            refuse(request, reply)
        default: break
        }
    }

    private func assigned(_ request: Request, _ record: SessionRecord, at site: LocalSite) {
        show(record, to: request, at: site)
        // The notice of it may still be on its way, and says the same.
        apply(record, change: .handedOver, at: site)
    }
}
