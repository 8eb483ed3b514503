/// An agent's own desk: canned replies, the site's and those he keeps for himself.
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

    func deskAnswered(_ purpose: Purpose, _ reply: StoreReply, at site: LocalSite) {
        switch (purpose, reply) {
        case (.cannedList(let request), .canned(let own)):
            answer(
                request,
                ServerFrame.cannedOK(id: request.id, replies(for: request, own: own, at: site)))
        case (.cannedSet(let request), .done):
            answer(request, ServerFrame.plainOK(id: request.id))
        case (.cannedList(let request), _), (.cannedSet(let request), _):
            refuse(request, reply)
        default: break
        }
    }

    /// His own come first: they are what he looks for by his own words.
    private func replies(for request: Request, own: [OwnReply], at site: LocalSite)
        -> [CannedEntry]
    {
        let isSupervisor = request.connection.role == .supervisor
        let groups = request.connection.person.flatMap { site.rules.agents[$0.key.id]?.groups } ?? []
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
