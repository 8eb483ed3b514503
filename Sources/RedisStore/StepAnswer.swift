/// What a script answered, as the port's replies.
import ChatModel
import HubCore

enum StepAnswer {
    /// The reply to a request. Throws when the answer is not what its script's header says.
    static func reply(to request: StoreRequest, _ bytes: [UInt8]) throws(MalformedAnswer)
        -> StoreReply
    {
        try withReader(bytes) { (reader) throws(MalformedAnswer) in
            let count = try reader.readArrayCount()
            switch try reader.readText() {
            case "ok": return try read(request, count - 1, &reader)
            case "fenced": return .fenced
            case "refused":
                let name = try reader.readText()
                guard let refusal = StoreRefusal(rawValue: name) else {
                    throw MalformedAnswer(what: "refusal \(name)")
                }
                return .refused(refusal)
            case let word: throw MalformedAnswer(what: "answer \(word)")
            }
        }
    }

    static func withReader<Value>(
        _ bytes: [UInt8], _ body: (inout PackedReader) throws(MalformedAnswer) -> Value
    ) throws(MalformedAnswer) -> Value {
        let result = bytes.withUnsafeBytes { buffer -> Result<Value, MalformedAnswer> in
            var reader = PackedReader(buffer)
            do throws(MalformedAnswer) {
                return .success(try body(&reader))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func read(
        _ request: StoreRequest, _ count: Int, _ reader: inout PackedReader
    ) throws(MalformedAnswer) -> StoreReply {
        switch request {
        case .openLease: return .lease(Lease(incarnation: try reader.readInteger()))
        case .attach:
            let sessions = try reader.readSessions()
            let agent = reader.skipAbsent() ? nil : try reader.readAgent()
            return .attached(Attached(sessions: sessions, agent: agent))
        case .sessions: return .sessions(try reader.readSessions())
        case .setStatus: return .agent(try reader.readAgent())
        case .start, .handOver: return .started(try reader.readStarted())
        case .accept, .decline, .release, .close, .session, .pick, .assign, .takeOver,
            .takeMessage, .describe, .transfer, .cancelTransfer, .invite, .join,
            .cancelInvite, .stepOut:
            return .session(try reader.readSession())
        case .explain: return .explained(try reader.readExplanation())
        case .agents:
            var agents: [AgentRecord] = []
            for _ in 0..<(try reader.readArrayCount()) { agents.append(try reader.readAgent()) }
            return .agents(agents)
        case .leaveMessage: return .left(try reader.readLeftMessageID())
        case .choose(let choice):
            guard case .message = choice.wish else { return .session(try reader.readSession()) }
            return .left(try reader.readLeftMessageID())
        case .history: return .history(try reader.readHistory())
        case .addNote:
            return .noted(number: try reader.readInt(), at: try reader.readInteger())
        case .notes: return .notes(try reader.readNotes())
        case .queueSnapshot(let group): return .queue(try reader.readSnapshot(of: group))
        case .tickets(let queueClass):
            return .tickets(
                ClassTickets(
                    queueClass: queueClass, version: try reader.readInt(),
                    tickets: try reader.readIntegers()))
        case .queueOutlook(let group, _):
            return .queueOutlook(try reader.readOutlook(of: group))
        case .sweep: return .swept(try reader.readSweep())
        case .clean: return .cleaned(try reader.readCleaned())
        case .offerFile, .fileKept, .claimFile, .file: return .file(try reader.readFile())
        case .siteVersions: return .versions(try reader.readVersions())
        case .readCustomer, .readFacts, .changeCustomer: return .customer(try reader.readCustomer())
        case .changeCustomers: return .customersChanged(created: try reader.readInt())
        case .listCustomers:
            var page: [CustomerRecord] = []
            for _ in 0..<(try reader.readArrayCount()) { page.append(try reader.readCustomer()) }
            return .customers(page)
        case .board(let query): return .board(try reader.readBoard(query))
        case .listSessions: return .sessionList(try reader.readSessionList())
        case .loadSite, .loadVersion, .applySite, .rollbackSite:
            if count == 0 { return .site(nil) }
            return .site(
                StoredSite(
                    version: try reader.readInt(), digest: try reader.readText(),
                    text: try reader.readText()))
        case .customerSessions: return .past(try reader.readPast())
        case .readCanned: return .canned(try reader.readOwnReplies())
        case .renewLease, .closeLease, .detach, .syncAgents, .setHours, .publishVolatile, .watch,
            .unwatch, .append, .rate, .lookOn, .setCanned, .deleteMessage:
            return .done
        }
    }
}

extension PackedReader {
    fileprivate mutating func readStarted() throws(MalformedAnswer) -> Started {
        let session = try readSession()
        let isExisting = try readBool()
        let position = skipAbsent() ? nil : try readInt()
        let version = try readInt()
        let outlook = Outlook(ahead: try readInt(), flow: try readFlow())
        return Started(
            session: session, existing: isExisting, position: position, classVersion: version,
            outlook: outlook, kept: skipAbsent() ? nil : try readOutcome())
    }

    /// `{refusal}` or `{seq, at, epoch, known already}`.
    private mutating func readOutcome() throws(MalformedAnswer) -> AppendOutcome {
        guard try readArrayCount() == 1 else {
            return .kept(
                seq: try readInt(), at: try readInteger(), epoch: try readInt(),
                isRepeat: try readBool())
        }
        switch try readText() {
        case "key_conflict": return .keyConflict
        case "gone": return .gone
        case "session_closed": return .sessionClosed
        case let other: throw MalformedAnswer(what: "outcome \(other)")
        }
    }

    private mutating func readFlow() throws(MalformedAnswer) -> QueueFlow {
        guard try readArrayCount() == 4 else { throw MalformedAnswer(what: "flow") }
        let (agents, helpers, now) = (try readInt(), try readInt(), try readInteger())
        // As lib_flow keeps it: the last assignment and three means, then two for each level.
        let kept = try readBytes()
        guard kept.count == 26 * 8 else { throw MalformedAnswer(what: "flow") }
        let number = { (index: Int) in
            Int64(kept.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
        }
        var flow = QueueFlow(
            agents: agents, helpers: helpers, workMilliseconds: number(1),
            waitedMilliseconds: number(2), leftMillionths: number(3))
        for level in 0...10 {
            let (mean, last) = (number(4 + 2 * level), number(5 + 2 * level))
            flow.arrivalMilliseconds.append(mean == 0 ? 0 : max(mean, now - last))
        }
        return flow
    }

    fileprivate mutating func readOutlook(of group: GroupID) throws(MalformedAnswer)
        -> QueueOutlook
    {
        let (flow, waiting) = (try readFlow(), try readInt())
        var samples: [QueueOutlook.Sample] = []
        for _ in 0..<(try readArrayCount() / 2) {
            samples.append(
                QueueOutlook.Sample(order: try readInteger(), ahead: try readInt()))
        }
        return QueueOutlook(group: group, flow: flow, waiting: waiting, samples: samples)
    }

    fileprivate mutating func readHistory() throws(MalformedAnswer) -> HistoryPage {
        var messages: [MessageRecord] = []
        var senders = Senders()
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 3 else { throw MalformedAnswer(what: "message") }
            let (seq, at) = (try readInt(), try readInteger())
            var reader = MessageReader(try readBytes())
            guard let message = reader.readMessage(seq: seq, at: at, senders: &senders) else {
                throw MalformedAnswer(what: "message")
            }
            messages.append(message)
        }
        let more = try readBool()
        let numbers = try readIntegers()
        let forks = stride(from: 0, to: numbers.count - 1, by: 2).map {
            HistoryPage.Fork(epoch: numbers[$0], seq: numbers[$0 + 1])
        }
        let session = try readSession()
        return HistoryPage(
            messages: messages, lastSeq: session.lastSeq, more: more, epoch: session.epoch,
            forks: forks, session: session)
    }

    fileprivate mutating func readNotes() throws(MalformedAnswer) -> NotePage {
        var notes: [NoteRecord] = []
        var senders = Senders()
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 4 else { throw MalformedAnswer(what: "note") }
            let (number, at, after) = (try readInt(), try readInteger(), try readInt())
            var reader = MessageReader(try readBytes())
            guard let note = reader.readMessage(seq: number, at: at, senders: &senders) else {
                throw MalformedAnswer(what: "note")
            }
            notes.append(NoteRecord(note, afterSeq: after))
        }
        return NotePage(notes: notes, more: try readBool(), session: try readSession())
    }

    fileprivate mutating func readSnapshot(of group: GroupID) throws(MalformedAnswer)
        -> QueueSnapshot
    {
        var levels: [Level: Int] = [:]
        for _ in 0..<(try readArrayCount() / 2) {
            let level = try readLevel()
            levels[level] = try readInt()
        }
        let longest = try readInteger()
        var head: [QueueSnapshot.Entry] = []
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 4 else { throw MalformedAnswer(what: "queue entry") }
            let (session, level) = (try readSessionID(), try readLevel())
            let topic = skipAbsent() ? nil : try readText()
            head.append(
                QueueSnapshot.Entry(
                    session: session, level: level, topic: topic, waited: try readInteger()))
        }
        return QueueSnapshot(
            group: group, levels: levels, longestWaitMilliseconds: longest, head: head,
            agentsOnline: try readInt(), left: try readLeftSummary())
    }

    private mutating func readLeftSummary() throws(MalformedAnswer) -> LeftSummary {
        var summary = LeftSummary(count: try readInt(), oldestMilliseconds: try readInteger())
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 4 else { throw MalformedAnswer(what: "left message") }
            let (message, level) = (try readLeftMessageID(), try readLevel())
            let topic = skipAbsent() ? nil : try readText()
            summary.head.append(
                LeftSummary.Entry(
                    message: message, level: level, topic: topic, waited: try readInteger()))
        }
        return summary
    }

    fileprivate mutating func readVersions() throws(MalformedAnswer) -> SiteVersions {
        let inForce = try readInt()
        var notes: [VersionNote] = []
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 7 else { throw MalformedAnswer(what: "version") }
            let (number, digest, at) = (try readInt(), try readText(), try readInteger())
            let (source, author) = (try readText(), try readText())
            notes.append(
                VersionNote(
                    number: number, digest: digest, source: source, author: author, at: at,
                    previous: try readInt(), bytes: try readInt()))
        }
        return SiteVersions(inForce: inForce, notes: notes)
    }

    fileprivate mutating func readSweep() throws(MalformedAnswer) -> SweepReport {
        SweepReport(
            offersExpired: try readInt(), gracesEnded: try readInt(), stepsOpened: try readInt(),
            nodesEnded: try readInt(), lateMatches: try readInt(), more: try readBool(),
            nextDeadline: skipAbsent() ? nil : try readInteger())
    }
}
