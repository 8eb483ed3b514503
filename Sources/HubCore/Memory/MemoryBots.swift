/// Robots: which are there, what they have, how a session comes to one and leaves it. A robot is in
/// no group and is not matched; a session is given to the one with the fewest.
import ChatModel

extension MemorySite {
    // MARK: Presence

    mutating func attachBot(_ id: PersonID, capacity: Int) {
        deadlines[.botGrace(id)] = nil
        botCapacities[id] = capacity
    }

    /// What the robot has, by arrival.
    func sessions(ofBot id: PersonID) -> [SessionID] {
        open.filter { sessions[$0]!.record.bot == id && sessions[$0]!.record.botHelps }
            .sorted { sessions[$0]!.record.arrival < sessions[$1]!.record.arrival }
    }

    /// The connected robot with a free place that has the fewest sessions; equal ones by
    /// identifier.
    var leastBot: PersonID? {
        presence.keys.filter(\.isBot).map { (count: sessions(ofBot: $0.id).count, id: $0.id) }
            .filter { $0.count < botCapacities[$0.id]! }
            .min { ($0.count, $0.id) < ($1.count, $1.id) }?.id
    }

    /// It does not come back: what it talked about alone falls to the queue, or to another robot,
    /// or ends; who waits with its help goes on waiting. So many in a step; while there are more it
    /// stays due.
    mutating func botGone(_ id: PersonID) {
        var waiting: [SessionID] = []
        botCapacities[id] = nil
        let all = sessions(ofBot: id)
        if all.count > Self.botBatch { deadlines[.botGrace(id)] = siteNow }
        for session in all.prefix(Self.botBatch) {
            guard sessions[session]!.record.state == .bot else {
                sessions[session]!.record.botHelps = false
                changed(session, .botLost)
                continue
            }
            if sessions[session]!.mayHandOver {
                enterWait(session, .botLost, note: Array(Self.lostNote.utf8), keepsBot: false)
                waiting.append(session)
            } else if let other = leastBot {
                sessions[session]!.record.bot = other
                changed(session, .botLost)
            } else {
                end(session, reason: "no_robot")
            }
        }
        for id in waiting.sorted(by: isBefore) { match(session: id) }
    }

    private static let botBatch = 100

    /// What is left by a robot that could not say anything any more.
    static let lostNote = #"{"reason":"bot_lost"}"#

    // MARK: Handover

    mutating func handOver(_ handover: Handover) -> StoreReply {
        let id = handover.session
        guard let session = sessions[id] else { return .refused(.notFound) }
        let isParticipant =
            handover.by.role == .customer
            ? session.record.customer == handover.by.id
            : session.record.botHelps && session.record.bot == handover.by.id
        guard isParticipant else { return .refused(.notParticipant) }
        guard session.record.state.isOpen else { return .refused(.sessionClosed) }
        guard session.record.state == .bot else { return .started(started(id, existing: true)) }
        guard session.mayHandOver else { return .refused(.noHuman) }
        guard session.handsOverWhenClosed || !isShut(session) else { return .refused(.closed) }
        let (maximum, reopen) = (handover.maximumWaiting, handover.reopenBelow)
        guard takesMore(session.record.group, maximum: maximum, reopenBelow: reopen) else {
            return .refused(.queueFull)
        }
        if let words = handover.lastWords, !isShut(session) {
            renewEpoch(id)
            _ = keep(words, in: id)
        }
        enterWait(id, .toHumans, note: handover.note, keepsBot: handover.keepsBot)
        match(session: id)
        return .started(started(id, existing: false))
    }

    /// The robot that a waiting customer may have: the one that helps him, or the least busy one.
    func robot(for session: MemorySession) -> PersonID? {
        guard session.allowsRobotChoice else { return nil }
        return session.record.botHelps ? session.record.bot : leastBot
    }

    /// From the queue to a robot: his ticket goes, his arrival stays.
    mutating func chooseRobot(_ id: SessionID) -> StoreReply {
        guard sessions[id]!.record.state == .queued, sessions[id]!.allowsRobotChoice else {
            return .refused(.noChoice)
        }
        guard let robot = robot(for: sessions[id]!) else { return .refused(.noRobot) }
        noteLeft(id)
        leaveQueues(id)
        leaveClass(id)
        deadlines[.step(id)] = nil
        sessions[id]!.hasWaited = true
        sessions[id]!.record.isChoiceDue = false
        sessions[id]!.record.state = .bot
        sessions[id]!.record.bot = robot
        sessions[id]!.record.botHelps = true
        changed(id, .robotChosen)
        return .session(record(of: id))
    }

    /// Back to where he waited before: nobody's number counts him, and the step he had come to
    /// takes its time anew.
    private mutating func waitOn(_ id: SessionID, _ change: SessionChange, note: [UInt8]) {
        sessions[id]!.record.state = .queued
        sessions[id]!.record.handover = note
        openSteps(of: id, newestOpenedAt: siteNow)
        awaitLimit(of: id)
        changed(id, change)
        enterQueues(id)
    }

    /// From the robot to the queue, with the arrival and the ticket of this moment.
    private mutating func enterWait(
        _ id: SessionID, _ change: SessionChange, note: [UInt8], keepsBot: Bool
    ) {
        if !keepsBot { sessions[id]!.record.botHelps = false }
        if sessions[id]!.hasWaited { return waitOn(id, change, note: note) }
        // Exclusions with an end count from the beginning of the wait.
        let delay = siteNow - sessions[id]!.record.arrivedAt
        sessions[id]!.excluded = sessions[id]!.excluded.mapValues {
            $0 < Self.forever ? $0 + delay : $0
        }
        schedulePause(of: id)
        lastArrival += 1
        sessions[id]!.record.state = .queued
        sessions[id]!.record.arrival = lastArrival
        sessions[id]!.record.arrivedAt = siteNow
        sessions[id]!.record.hasTicket = true
        sessions[id]!.record.handover = note
        classes[sessions[id]!.home, default: MemoryClass()].tickets.insert(lastArrival)
        openSteps(of: id, newestOpenedAt: siteNow)
        schedule(limitOf: id)
        changed(id, change)
        noteArrival(id)
        enterQueues(id)
    }
}
