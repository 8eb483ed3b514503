/// What is remembered of starts, and what is forgotten of sessions that ended long ago.
import ChatModel

extension MemorySite {
    /// The session this start's key has led to before, open or closed; else the customer's open
    /// one.
    func sessionLedTo(by start: StartSession) -> SessionID? {
        if let key = start.key,
            let known = startKeys[MemoryStartKey(customer: start.customer, key: key)]
        {
            return known
        }
        return openSession(ofCustomer: start.customer)
    }

    mutating func remember(_ start: StartSession, _ id: SessionID) {
        guard let key = start.key else { return }
        let name = MemoryStartKey(customer: start.customer, key: key)
        guard startKeys[name] == nil else { return }
        startKeys[name] = id
        sessions[id]!.startKeys.append(key)
        guard sessions[id]!.startKeys.count > Self.startKeyBound else { return }
        let oldest = sessions[id]!.startKeys.removeFirst()
        startKeys[MemoryStartKey(customer: start.customer, key: oldest)] = nil
    }

    /// Keys of starts that a session remembers.
    private static let startKeyBound = 200

    /// A session that is there takes the message up like any other.
    mutating func takeUp(_ start: StartSession, _ id: SessionID) -> StoreReply {
        remember(start, id)
        var kept: AppendOutcome?
        if let message = start.firstMessage {
            renewEpoch(id)
            kept = keep(message, in: id)
        }
        var answer = started(id, existing: true)
        answer.kept = kept
        return .started(answer)
    }

    /// The longest closed first. There is no journal here.
    mutating func clean(_ cleaning: Cleaning) -> StoreReply {
        let limit = cleaning.limit
        lostFiles.subtract(cleaning.gone)
        let bound = siteNow - cleaning.retention.sessionMilliseconds
        let due = sessions.values.filter { $0.closedAt.map { $0 <= bound } ?? false }
            .sorted {
                ($0.closedAt!, $0.record.id.description) < ($1.closedAt!, $1.record.id.description)
            }
        for session in due.prefix(limit) { forget(session) }
        let leftBound = siteNow - cleaning.retention.leftMilliseconds
        let taken = leftMessages.values.filter { $0.takenAt.map { $0 <= leftBound } ?? false }
            .sorted {
                ($0.takenAt!, $0.message.description) < ($1.takenAt!, $1.message.description)
            }
        for left in taken.prefix(limit) { leftMessages[left.message] = nil }
        let moreFiles = forgetUnsentFiles(
            olderThan: cleaning.retention.unsentFileMilliseconds, limit: limit)
        minutes = minutes.filter { $0.value.minute > minute - 60 }
        return .cleaned(
            CleanReport(
                sessions: min(due.count, limit),
                more: due.count > limit || taken.count > limit || moreFiles,
                files: Array(lostFiles.sorted().prefix(Cleaning.fileBound))))
    }

    private mutating func forget(_ session: MemorySession) {
        let (id, customer) = (session.record.id, session.record.customer)
        for key in session.startKeys {
            startKeys[MemoryStartKey(customer: customer, key: key)] = nil
        }
        if unseen[customer] == id { unseen[customer] = nil }
        lostFiles.formUnion(session.files.keys)
        sessions[id] = nil
    }
}
