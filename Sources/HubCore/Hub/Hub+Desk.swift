/// An agent's own desk: his status, what he writes down of his sessions, and canned replies, the
/// site's and those he keeps for himself.
import ChatModel
import ChatProtocol

extension Hub {
    func listCanned(_ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(.readCanned(agent: person.key.id), at: site, .cannedList(request))
    }

    func setCanned(_ change: CannedSet, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        let body = change.text.map { ServerFrame.cannedBody(title: change.title, text: $0) }
        submit(
            .setCanned(
                SetCanned(agent: person.key.id, shortcut: change.shortcut, body: body)),
            at: site, .cannedSet(request))
    }

    func setStatus(_ change: StatusSet, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .setStatus(
                SetStatus(
                    agent: person.key.id, status: change.status, reason: change.reason ?? "",
                    ramp: change.ramp, rampEveryMilliseconds: site.rules.rampMilliseconds)),
            at: site, .setStatus(request))
    }

    /// A supervisor sets another's status; he hears of it like of any change of his.
    func setAgent(_ change: AgentSet, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .setStatus(
                SetStatus(
                    agent: change.agent, status: change.status, reason: change.reason ?? "",
                    by: person.key.id)),
            at: site, .setAgent(request))
    }

    func wrap(_ wrap: SessionWrap, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        submit(
            .describe(
                DescribeSession(
                    session: wrap.session, agent: person.key.id, topic: wrap.topic,
                    result: wrap.result, tags: wrap.tags, note: wrap.note,
                    act: wrap.isDone ? .done : wrap.isExtended ? .extend : nil,
                    extensionMilliseconds: site.rules.wrapUpMilliseconds)),
            at: site, .describe(request))
    }

    /// Supervisors tag every session.
    func tag(_ tag: SessionTag, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        let agent = request.connection.role == .supervisor ? nil : person.key.id
        submit(
            .describe(DescribeSession(session: tag.session, agent: agent, tags: tag.tags)),
            at: site, .describe(request))
    }

    func deskAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.cannedList(let request), .canned(let own)):
            answer(
                request,
                ServerFrame.cannedOK(id: request.id, replies(for: request, own: own, at: site)))
        case (.cannedSet(let request), .done):
            answer(request, ServerFrame.plainOK(id: request.id))
        case (.describe(let request), .session(let record)):
            described(request, record, at: site)
        case (.setAgent(let request), .agent(let agent)):
            answer(request, ServerFrame.agentOK(id: request.id, agent))
        case (.setAgent(let request), .refused(.unknownAgent)):
            refuse(request, .notFound, "no agent of this name has been here")
        case (.cannedList(let request), _), (.cannedSet(let request), _),
            (.describe(let request), _), (.setAgent(let request), _):
            refuse(request, reply)
        default: break
        }
    }

    private func described(_ request: Request, _ record: SessionRecord, at site: LocalSite) {
        show(record, to: request, at: site)
        // The notice of it may still be on its way, and says the same.
        apply(record, change: record.state == .closed ? nil : .tagged, at: site)
    }

    /// His own come first: they are what he looks for by his own words.
    private func replies(for request: Request, own: [OwnReply], at site: LocalSite)
        -> [CannedEntry]
    {
        let isSupervisor = request.connection.role == .supervisor
        let groups =
            request.connection.person.flatMap { site.rules.agents[$0.key.id]?.groups } ?? []
        let others = site.rules.service.canned.compactMap { reply -> CannedEntry? in
            let body = ServerFrame.cannedBody(title: reply.title, text: reply.text)
            guard !reply.groups.isEmpty else {
                return CannedEntry(shortcut: reply.shortcut, scope: .site, body: body)
            }
            return reply.groups.first { isSupervisor || groups.contains($0) }.map {
                CannedEntry(shortcut: reply.shortcut, scope: .group($0), body: body)
            }
        }
        return own.map { CannedEntry(shortcut: $0.shortcut, scope: .agent, body: $0.body) }
            + others
    }
}
