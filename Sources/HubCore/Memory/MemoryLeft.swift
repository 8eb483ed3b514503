/// Left messages in the in-memory store: leaving, taking, and the wait limit that leads to one.
import ChatModel

struct MemoryLeft {
    let message: LeftMessageID
    let customer: PersonID
    /// Nil for one that a wait became.
    let key: String?
    var group: GroupID
    let level: Level
    let levelSource: LevelSource
    let headStart: Int64
    /// Counts the site's left messages: equal ones go by it.
    let number: Int
    /// Redis time.
    let at: Int64
    let topic: String?
    let profile: [UInt8]
    let explanation: [UInt8]
    var texts: [MemoryText]
    /// Who took it, and the session it became; nil while it waits.
    var taken: (agent: PersonID, session: SessionID)?
    /// When, by the site's clock.
    var takenAt: Int64?

    /// Where it stands in true order.
    var score: Int64 { at - headStart }
}

/// What somebody wrote, as it will lie in the stream.
struct MemoryText: Hashable {
    let sender: Participant
    let key: String
    let body: [UInt8]
}

extension MemorySite {
    mutating func leaveMessage(_ leave: LeaveMessage) -> StoreReply {
        let text = MemoryText(
            sender: leave.text.sender, key: leave.text.key, body: leave.text.body)
        let customer = text.sender.id
        let known = leftMessages.values.first { $0.customer == customer && $0.key == text.key }
        if let known {
            return known.texts == [text] ? .left(known.message) : .refused(.keyConflict)
        }
        if openSession(ofCustomer: customer) != nil { return .refused(.sessionOpen) }
        if let inForce = files.inForce, inForce != leave.siteVersion { return .refused(.reload) }
        guard takesMessage(of: customer, for: leave.group, leave.limits) else {
            return .refused(.tooManyMessages)
        }
        unseen[customer] = nil
        lastLeft += 1
        keep(
            MemoryLeft(
                message: leave.message, customer: customer, key: text.key, group: leave.group,
                level: leave.level, levelSource: leave.levelSource,
                headStart: leave.headStartMilliseconds, number: lastLeft, at: now,
                topic: leave.topic, profile: leave.profile, explanation: leave.explanation,
                texts: [text]))
        return .left(leave.message)
    }

    private func takesMessage(of customer: PersonID, for group: GroupID, _ limits: LeaveLimits)
        -> Bool
    {
        let waiting = leftMessages.values.filter { $0.taken == nil }
        return waiting.count { $0.customer == customer } < limits.perCustomer
            && waiting.count { $0.group == group } < limits.perGroup
    }

    private mutating func keep(_ left: MemoryLeft) {
        leftMessages[left.message] = left
        tell(.left(left.group))
    }

    mutating func takeMessage(_ take: TakeMessage) -> StoreReply {
        guard let agent = agents[take.agent] else { return .refused(.unknownAgent) }
        guard let left = leftMessages[take.message], agent.groups.contains(left.group) else {
            return .refused(.noMessage)
        }
        if let taken = left.taken {
            guard let record = sessions[taken.session]?.record, taken.agent == agent.id,
                record.state.isOpen,
                record.agent == agent.id
            else { return .refused(.noMessage) }
            return .session(self.record(of: taken.session))
        }
        if openSession(ofCustomer: left.customer) != nil { return .refused(.sessionOpen) }
        guard agent.held.count < agent.capacity else { return .refused(.agentFull) }
        create(take, left)
        leftMessages[left.message]!.taken = (agent.id, take.session)
        leftMessages[left.message]!.takenAt = siteNow
        tell(.left(left.group))
        agents[agent.id]!.held.insert(take.session)
        lastAssignment += 1
        agents[agent.id]!.lastAssignment = lastAssignment
        changed(take.session, .messageTaken, raisesVersion: false)
        return .session(record(of: take.session))
    }

    /// An active session without a ticket; its first messages have the time they were left at.
    private mutating func create(_ take: TakeMessage, _ left: MemoryLeft) {
        lastArrival += 1
        let person = MemoryPerson(isAgent: false, id: left.customer)
        let record = SessionRecord(
            id: take.session, customer: left.customer, state: .active, version: 1, epoch: 1,
            lastSeq: left.texts.count, level: left.level, levelSource: left.levelSource,
            group: left.group, arrival: lastArrival, hasTicket: false, arrivedAt: siteNow,
            agent: take.agent, customerConnected: presence[person] != nil, topic: left.topic,
            profile: left.profile)
        var session = MemorySession(
            record: record, openings: [Placement.Opening(target: .group(left.group, nil))],
            opened: 1, headStart: left.headStart, offerMilliseconds: take.offerMilliseconds,
            explanation: left.explanation, replication: replication)
        for (index, text) in left.texts.enumerated() {
            session.stream.append(
                MessageRecord(
                    seq: index + 1, at: left.at, sender: text.sender, key: text.key,
                    body: text.body))
            session.kept[MemoryKey(sender: text.sender, key: text.key)] = MemoryKept(
                seq: index + 1, at: left.at, epoch: 1, body: text.body)
        }
        session.origin = (left.message, left.texts.count)
        session.wrapUp = take.wrapUpMilliseconds
        session.idle = take.idle
        session.startedAt = now
        sessions[take.session] = session
        open.insert(take.session)
        unseen[left.customer] = nil
    }

    /// Its agent is lost and its customer is not there: what nobody answered waits again.
    mutating func returnMessage(of id: SessionID) {
        guard let origin = sessions[id]!.origin, sessions[id]!.record.lastSeq == origin.texts,
            let group = leftMessages[origin.message]?.group
        else { return }
        leftMessages[origin.message]!.taken = nil
        leftMessages[origin.message]!.takenAt = nil
        unseen[sessions[id]!.record.customer] = nil
        tell(.left(group))
    }

    /// Who talked and is not there finds the end when he comes back.
    mutating func noteUnseen(_ id: SessionID) {
        let record = sessions[id]!.record
        guard record.state == .active, !record.customerConnected else { return }
        unseen[record.customer] = id
    }

    /// Those of a group that was removed from the site file go to the first one by name, 500 of a
    /// group at a time.
    mutating func moveLeftMessages() {
        guard let siteGroups, let target = siteGroups.min() else { return }
        let waiting = leftMessages.values.filter { $0.taken == nil }
        let removed = Set(waiting.map(\.group)).subtracting(siteGroups)
        for group in removed.sorted() {
            let moved = waiting.filter { $0.group == group }
                .sorted { ($0.score, $0.number) < ($1.score, $1.number) }
            for left in moved.prefix(500) {
                leftMessages[left.message]!.group = target
                tell(.left(group))
                tell(.left(target))
            }
        }
    }

    func leftSummary(of group: GroupID) -> LeftSummary {
        let waiting = leftMessages.values.filter { $0.taken == nil && $0.group == group }
            .sorted { ($0.score, $0.number) < ($1.score, $1.number) }
        return LeftSummary(
            count: waiting.count, oldestMilliseconds: waiting.map { now - $0.at }.max() ?? 0,
            head: waiting.prefix(LeftSummary.headBound).map {
                LeftSummary.Entry(
                    message: $0.message, level: $0.level, topic: $0.topic, waited: now - $0.at)
            })
    }
}

// MARK: - The wait limit

extension MemorySite {
    mutating func schedule(limitOf id: SessionID) {
        guard let limit = sessions[id]!.waitLimit else { return }
        deadlines[.limit(id)] = siteNow + limit
    }

    /// A limit that passed while somebody had the session begins again.
    mutating func awaitLimit(of id: SessionID) {
        guard !sessions[id]!.record.isChoiceDue, deadlines[.limit(id)] == nil else { return }
        schedule(limitOf: id)
    }

    /// Of a session that waits, also while an agent is asked; of others it means nothing.
    mutating func limitPassed(_ id: SessionID) {
        let state = sessions[id]!.record.state
        guard state == .queued || state == .offered else { return }
        sessions[id]!.record.isChoiceDue = true
        changed(id, .choiceDue)
    }

    mutating func choose(_ choice: WaitChoice) -> StoreReply {
        let id = choice.session
        guard let session = sessions[id] else { return .refused(.notFound) }
        guard session.record.customer == choice.customer else { return .refused(.notParticipant) }
        if case .message = choice.wish, let message = session.became { return .left(message) }
        guard session.record.state.isOpen else { return .refused(.sessionClosed) }
        guard session.record.isChoiceDue else { return .refused(.noChoice) }
        switch choice.wish {
        case .wait:
            sessions[id]!.record.isChoiceDue = false
            changed(id, .choiceMade)
            schedule(limitOf: id)
            return .session(record(of: id))
        case .robot: return chooseRobot(id)
        case .message(let message, let text, let limits):
            return leave(message, of: id, adding: text, limits)
        }
    }

    private mutating func leave(
        _ message: LeftMessageID, of id: SessionID, adding text: NewMessage?, _ limits: LeaveLimits
    ) -> StoreReply {
        let session = sessions[id]!
        let record = session.record
        var texts = session.stream.suffix(Self.matchBound).filter { $0.sender.role == .customer }
            .map { MemoryText(sender: $0.sender, key: $0.key, body: $0.body) }
        if let text {
            texts.append(MemoryText(sender: text.sender, key: text.key, body: text.body))
        }
        guard !texts.isEmpty else { return .refused(.noChoice) }
        guard takesMessage(of: record.customer, for: record.group, limits) else {
            return .refused(.tooManyMessages)
        }
        sessions[id]!.became = message
        end(id, reason: "left_message")
        lastLeft += 1
        keep(
            MemoryLeft(
                message: message, customer: record.customer, key: nil, group: record.group,
                level: record.level, levelSource: record.levelSource, headStart: session.headStart,
                number: lastLeft, at: now, topic: record.topic, profile: record.profile,
                explanation: session.explanation, texts: texts))
        return .left(message)
    }
}
