/// A customer's sessions, also those that are over.
import ChatModel
import ChatProtocol

extension MemorySite {
    func customerSessions(_ query: CustomerSessionsQuery) -> StoreReply {
        let found = sessions.values
            .filter { session in
                session.record.customer == query.customer
                    && query.before.map { session.startedAt < $0 } ?? true
            }
            .sorted {
                ($0.startedAt, $0.record.id.description) > ($1.startedAt, $1.record.id.description)
            }
        let page = found.prefix(query.limit).map { session in
            PastSession(
                record: record(of: session.record.id), at: session.startedAt,
                closedAt: session.endedAt.map { $0 + pauses }, agent: session.servedBy,
                score: session.ratedScore)
        }
        return .past(PastPage(sessions: page, more: found.count > query.limit))
    }
}

// MARK: - Deleting

extension MemorySite {
    mutating func deleteMessage(_ delete: DeleteMessage) -> StoreReply {
        let id = delete.session
        guard let index = sessions[id]?.stream.firstIndex(where: { $0.seq == delete.seq }),
            let message = sessions[id]?.stream[index], !message.isSystemLine
        else { return .refused(.notFound) }
        guard !ServerFrame.isDeleted(message.body) else { return .done }
        let mark = ServerFrame.deletedBody(of: message.body)
        sessions[id]!.stream[index] = MessageRecord(
            seq: message.seq, at: message.at, sender: message.sender, key: "", body: mark)
        if let file = ServerFrame.file(in: message.body), sessions[id]!.files[file] != nil {
            sessions[id]!.files[file] = nil
            lostFiles.insert(file)
        }
        for left in [sessions[id]!.origin?.message, sessions[id]!.became].compactMap(\.self) {
            forget(message, in: left, mark)
        }
        if message.sender.role == .customer { forgetQuestions(of: id) }
        let record = sessions[id]!.record
        tell(
            .deleted(
                DeletionNotice(
                    session: id, seq: delete.seq, customer: record.customer, agent: record.agent)))
        return .done
    }

    /// A left message that the session began as, or became.
    private mutating func forget(
        _ message: MessageRecord, in left: LeftMessageID, _ mark: [UInt8]
    ) {
        guard let texts = leftMessages[left]?.texts else { return }
        leftMessages[left]!.texts = texts.map { text in
            text.sender == message.sender && text.key == message.key && text.body == message.body
                ? MemoryText(sender: text.sender, key: "", body: mark) : text
        }
    }

    /// What a robot left to whoever took over repeats the customer's last questions.
    private mutating func forgetQuestions(of id: SessionID) {
        let note = sessions[id]!.record.handover
        guard let range = note.firstRange(of: Array("\"questions\":[".utf8)) else { return }
        let without = Array(note[..<range.upperBound]) + Array("]}".utf8)
        guard note != without else { return }
        sessions[id]!.record.handover = without
        changed(id, .tagged)
    }
}

// MARK: - Opening again

extension MemorySite {
    func wasLedTo(_ id: SessionID, by start: StartSession) -> Bool {
        start.key.map { startKeys[MemoryStartKey(customer: start.customer, key: $0)] == id }
            ?? false
    }

    /// Nil when it may be opened again.
    func refusal(of start: StartSession, _ within: Int64) -> StoreRefusal? {
        guard let past = sessions[start.session], past.record.customer == start.customer else {
            return .notFound
        }
        return siteNow - (past.endedAt ?? 0) > within ? .notReopenable : nil
    }

    /// What was said and written down stays with it; all else is as for a new session.
    mutating func carry(over past: MemorySession) {
        let id = past.record.id
        var session = sessions[id]!
        session.record.version = past.record.version
        session.record.epoch = past.record.epoch
        session.record.lastSeq = past.record.lastSeq
        session.record.lastNote = past.record.lastNote
        session.record.tags = past.record.tags
        session.record.disposition = past.record.disposition
        (session.match, session.events) = (past.match, past.events)
        (session.forks, session.replication) = (past.forks, past.replication)
        (session.stream, session.kept, session.notes) = (past.stream, past.kept, past.notes)
        (session.startKeys, session.origin) = (past.startKeys, past.origin)
        session.requests = past.requests
        (session.ratings, session.rating) = (past.ratings, past.rating)
        session.ratedScore = past.ratedScore
        (session.files, session.startedAt) = (past.files, past.startedAt)
        sessions[id] = session
    }
}
