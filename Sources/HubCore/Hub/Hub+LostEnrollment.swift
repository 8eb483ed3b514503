/// A session that left an agent while its first page was on its way to him: the page may hold what
/// was said to his successor, so he gets none of it.
import ChatModel
import ChatProtocol

extension Hub {
    /// Whether the page was read when the session was not the agent's any more, or not yet again.
    func isAnothers(_ page: HistoryPage, _ connection: Connection) -> Bool {
        guard let person = connection.person, person.key.isAgent, page.session.state.isOpen else {
            return false
        }
        return !mayHear(connection, page.session)
    }

    func leaveUnread(_ enrollment: Enrollment) {
        let (session, connection) = (enrollment.session, enrollment.connection)
        if let record = session.record, mayHear(connection, record) {
            // His again by now: what was said meanwhile is his to read.
            return readPage(enrollment)
        }
        for mode in [enrollment.mode] + enrollment.others {
            guard let request = mode.request else { continue }
            connection.expected.removeAll { $0 == session.id }
            refuse(request, .noOffer, "it is not yours any more", to: connection)
        }
        if case .events = enrollment.mode { sayGone(session, to: connection) }
        remove(connection, from: session)
        relaySends(of: enrollment)
        if case .hello(let joining, _) = enrollment.mode {
            joining.enrollments.removeAll { $0 === enrollment }
            joined(connection, joining)
        }
    }

    /// With whom it is by now is not his business.
    func sayGone(_ session: LocalSession, to connection: Connection) {
        guard var record = presentRecord(session) else { return }
        if record.state.isOpen { record.state = .queued }
        send(ServerFrame.offerGone(record, reason: "changed"), to: connection)
    }
}
