/// Reading again what may have been missed: holes, reconnects, and streams that forked.
import ChatModel
import ChatProtocol

extension Hub {
    /// Reads what follows the cursor. One page at a time; asked again meanwhile, once more after.
    func catchUp(_ session: LocalSession) {
        // The first page that is under way may have been read before what is to be caught up with.
        guard let cursor = session.cursor, !session.isCatchingUp else {
            session.catchUpAgain = true
            return
        }
        session.isCatchingUp = true
        session.catchUpAgain = false
        submit(
            .history(HistoryQuery(session: session.id, direction: .after(cursor), limit: 200)),
            at: session.site, .catchUp(session))
    }

    func caughtUp(_ session: LocalSession, _ page: HistoryPage) {
        session.isCatchingUp = false
        guard session.site.sessions[session.id] === session else { return }
        apply(page.session, change: nil, at: session.site)
        learnNotes(upTo: page.session.lastNote, session)
        if page.epoch > session.epoch {
            let before = session.cursor
            enterEpoch(of: page, session)
            // The page was asked for from a place the fork has moved.
            if session.cursor != before { return catchUp(session) }
        }
        var forked = session.forked
        session.forked = []
        for record in page.messages {
            if let index = forked.firstIndex(where: { isSame($0.record, record) }) {
                arrive(forked.remove(at: index), session)
            } else {
                arrive(arrival(of: record, session), session)
            }
        }
        for arrival in forked {
            if arrival.epoch > session.epoch {
                // Of an epoch that began behind this page.
                session.forked.append(arrival)
                session.catchUpAgain = true
            } else if arrival.record.seq <= session.cursor ?? 0 {
                acknowledge(arrival, session)
            } else {
                arrive(arrival, session)
            }
        }
        if page.more { session.catchUpAgain = true }
        advance(session)
    }

    func catchUpFailed(_ session: LocalSession) {
        session.isCatchingUp = false
        guard session.site.sessions[session.id] === session else { return }
        session.site.repairs.append(.catchUp(session))
    }

    /// Another primary began a new epoch: what was delivered above the fork never was.
    func enterEpoch(of page: HistoryPage, _ session: LocalSession) {
        let fork = page.forks.filter { $0.epoch >= session.epoch }.map(\.seq).min()
        session.epoch = page.epoch
        // What they had read above the fork never was.
        session.readMarks = [:]
        session.early.removeAll { $0.acknowledgement == nil && !$0.isAwaitingAnswer }
        if let fork, let cursor = session.cursor, fork < cursor {
            session.cursor = fork
            for index in session.members.indices {
                session.members[index].after = min(session.members[index].after, fork)
            }
        }
        // That of an ended session comes behind its last message.
        guard session.record?.state != .closed else { return }
        for member in session.members where member.enrollment == nil {
            sendState(of: session, to: member.connection)
        }
    }

    /// A message of a newer epoch: where it forked must be known first.
    func enterUnknownEpoch(_ arrival: Arrival, _ session: LocalSession) {
        if let index = session.forked.firstIndex(where: { isSame($0.record, arrival.record) }) {
            session.forked[index].merge(arrival)
        } else {
            session.forked.append(arrival)
        }
        catchUp(session)
    }

    private func arrival(of record: MessageRecord, _ session: LocalSession) -> Arrival {
        var arrival = Arrival(record: record)
        if let pending = session.pending(for: record) {
            arrival.origin = pending.connection
            arrival.isAwaitingAnswer = true
        }
        return arrival
    }

    func isSame(_ left: MessageRecord, _ right: MessageRecord) -> Bool {
        left.seq == right.seq && left.key == right.key && left.sender == right.sender
    }
}
