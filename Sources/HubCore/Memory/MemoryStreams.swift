/// Streams: numbering, keys, epochs and reading back.
import ChatModel
import ChatProtocol

extension MemorySite {
    mutating func append(_ append: Append) -> StoreReply {
        guard sessions[append.session] != nil else {
            return .appended(append.messages.map { _ in .gone })
        }
        renewEpoch(append.session)
        return .appended(append.messages.map { keep($0, in: append.session) })
    }

    mutating func keep(_ message: NewMessage, in id: SessionID) -> AppendOutcome {
        let key = MemoryKey(sender: message.sender, key: message.key)
        if let first = sessions[id]!.kept[key] {
            // Its text was deleted: it is not said again.
            let present = sessions[id]!.stream.first { $0.seq == first.seq }
            if let present, ServerFrame.isDeleted(present.body) { return .gone }
            guard first.body == message.body else { return .keyConflict }
            return .kept(seq: first.seq, at: first.at, epoch: first.epoch, isRepeat: true)
        }
        guard !sessions[id]!.record.state.isOver else { return .sessionClosed }
        guard mayWrite(message.sender, in: id) else {
            let isItsOwn = sessions[id]!.record.bot == message.sender.id
            return message.sender.role == .bot && isItsOwn ? .noFloor : .notParticipant
        }
        let (seq, epoch) = (sessions[id]!.record.lastSeq + 1, sessions[id]!.record.epoch)
        let record = MessageRecord(
            seq: seq, at: now, sender: message.sender, key: message.key, body: message.body)
        sessions[id]!.record.lastSeq = seq
        sessions[id]!.stream.append(record)
        sessions[id]!.kept[key] = MemoryKept(seq: seq, at: now, epoch: epoch, body: message.body)
        told.append(
            MemoryTold(
                watching: id,
                notice: .message(id, epoch: epoch, record, origin: message.origin)))
        return .kept(seq: seq, at: now, epoch: epoch, isRepeat: false)
    }

    /// The customer while it is open, its agent while he owns it and who joined him; not one who is
    /// only asked. Its robot until then, as long as it may help.
    func mayWrite(_ sender: Participant, in id: SessionID) -> Bool {
        let record = sessions[id]!.record
        if sender.role == .customer { return record.customer == sender.id }
        if sender.role == .bot { return record.bot == sender.id && record.botHelps }
        return record.state == .active
            && (record.agent == sender.id || record.hasJoined(sender.id))
    }

    mutating func history(_ query: HistoryQuery) -> StoreReply {
        guard sessions[query.session] != nil else { return .refused(.notFound) }
        renewEpoch(query.session)
        let session = sessions[query.session]!
        let (page, more): (ArraySlice<MessageRecord>, Bool)
        switch query.direction {
        case .after(let seq):
            let rest = session.stream.drop { $0.seq <= seq }
            (page, more) = (rest.prefix(query.limit), rest.count > query.limit)
        case .before(let seq):
            let rest = session.stream.prefix { $0.seq < seq }
            (page, more) = (rest.suffix(query.limit), rest.count > query.limit)
        }
        return .history(
            HistoryPage(
                messages: Array(page), lastSeq: session.record.lastSeq, more: more,
                epoch: session.record.epoch, forks: session.forks,
                session: record(of: query.session)))
    }

    /// A stream written under another primary may have lost its end: a new epoch begins, and the
    /// place where the old one forked is kept. Called before a stream is read or written.
    mutating func renewEpoch(_ id: SessionID) {
        guard sessions[id]!.replication != replication else { return }
        let record = sessions[id]!.record
        sessions[id]!.replication = replication
        sessions[id]!.forks.append(HistoryPage.Fork(epoch: record.epoch, seq: record.lastSeq))
        sessions[id]!.record.epoch += 1
    }
}
