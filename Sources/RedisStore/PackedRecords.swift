/// Records and notices as the scripts pack them (`record`, `tell_session`, `tell_agents` in the
/// library files). Used for answers and for what the site's channel brings.
import ChatModel
import HubCore

extension PackedReader {
    /// See `lib_session.lua`: twenty-four values; the thirteenth are those that hardly change.
    mutating func readSession() throws(MalformedAnswer) -> SessionRecord {
        guard try readArrayCount() == 24 else { throw MalformedAnswer(what: "session") }
        let id = try readSessionID()
        let customer = try readPerson()
        let state = try readState()
        let (version, epoch, lastSeq) = (try readInt(), try readInt(), try readInt())
        let hasTicket = try readBool()
        let agent = skipAbsent() ? nil : try readPerson()
        let remaining = skipAbsent() ? nil : try readInteger()
        let isConnected = try readBool()
        let reason = skipAbsent() ? nil : try readText()
        let waited = try readInteger()
        var fixed = PackedReader(try readBytes())
        let choice = try readInt()
        let bot = skipAbsent() ? nil : try readPerson()
        let botHelps = try readBool()
        let handover = Array(try readBytes())
        let lastNote = try readInt()
        let tags = try readText().split(separator: "\n").map(String.init)
        let disposition = Disposition(
            topic: try readText(), result: try readText(), note: try readText())
        let transfer = skipAbsent() ? nil : try readTransfer()
        let others = skipAbsent() ? [] : try readOthers()
        guard try fixed.readArrayCount() == 11 else { throw MalformedAnswer(what: "session") }
        let level = try fixed.readLevel()
        guard let source = LevelSource(rawValue: try fixed.readText()) else {
            throw MalformedAnswer(what: "level source")
        }
        let group = try fixed.readGroup()
        let (arrival, arrivedAt) = (try fixed.readInt(), try fixed.readInteger())
        let topic = fixed.skipAbsent() ? nil : try fixed.readText()
        let channel = fixed.skipAbsent() ? nil : try fixed.readText()
        let profile = Array(try fixed.readBytes())
        // Level and head start; what is queued by.
        let bucket = String(decoding: try fixed.readBytes(), as: UTF8.self)
        guard let headStart = bucket.split(separator: ":").last.flatMap({ Int64($0) }) else {
            throw MalformedAnswer(what: "bucket")
        }
        // The offer's length is the scripts' own.
        if !fixed.skipAbsent() { _ = try fixed.readInteger() }
        let groups = try fixed.readPlanGroups()
        var record = SessionRecord(
            id: id, customer: customer, state: state, version: version, epoch: epoch,
            lastSeq: lastSeq, level: level, levelSource: source, group: group, arrival: arrival,
            hasTicket: hasTicket, arrivedAt: arrivedAt, waited: waited, agent: agent,
            remaining: remaining, customerConnected: isConnected, topic: topic,
            channel: channel, profile: profile, closeReason: reason, bot: bot, botHelps: botHelps,
            handover: handover, isChoiceDue: choice > 0, transfer: transfer,
            mayChooseRobot: choice == 2, headStartMilliseconds: headStart, planGroups: groups,
            lastNote: lastNote)
        record.tags = tags
        record.disposition = disposition
        record.others = others
        return record
    }

    private mutating func readTransfer() throws(MalformedAnswer) -> PendingTransfer {
        guard try readArrayCount() == 5 else { throw MalformedAnswer(what: "transfer") }
        return PendingTransfer(
            to: try readPerson(), from: try readPerson(),
            note: skipAbsent() ? nil : try readText(), isWarm: try readBool(),
            remaining: try readInteger())
    }

    private mutating func readOthers() throws(MalformedAnswer) -> [SessionOther] {
        var others: [SessionOther] = []
        for _ in 0..<(try readArrayCount()) {
            guard try readArrayCount() == 5 else { throw MalformedAnswer(what: "other agent") }
            others.append(
                SessionOther(
                    agent: try readPerson(), standing: try readText() == "j" ? .joined : .invited,
                    invitedBy: skipAbsent() ? nil : try readPerson(),
                    note: skipAbsent() ? nil : try readText(),
                    remaining: skipAbsent() ? nil : try readInteger()))
        }
        return others
    }

    /// Of the openings, three values each.
    private mutating func readPlanGroups() throws(MalformedAnswer) -> [GroupID] {
        var groups: [GroupID] = []
        for _ in 0..<(try readArrayCount() / 3) {
            let target = try readBytes()
            _ = try readInteger()
            _ = try readBool()
            guard target.first != UInt8(ascii: "@") else { continue }
            let name = target.prefix { $0 != UInt8(ascii: "~") }
            guard let group = GroupID(String(decoding: name, as: UTF8.self)) else {
                throw MalformedAnswer(what: "target")
            }
            if !groups.contains(group) { groups.append(group) }
        }
        return groups
    }

    mutating func readAgent() throws(MalformedAnswer) -> AgentRecord {
        guard try readArrayCount() == 10 else { throw MalformedAnswer(what: "agent") }
        let id = try readPerson()
        guard let status = AgentStatus(rawValue: try readText()),
            let reachability = Reachability(rawValue: try readText())
        else { throw MalformedAnswer(what: "agent state") }
        let (capacity, held) = (try readInt(), try readInt())
        let groups = try readText().split(separator: ",").compactMap { GroupID(String($0)) }
        var record = AgentRecord(
            id: id, status: status, reachability: reachability, capacity: capacity, held: held,
            groups: groups)
        let reason = try readText()
        record.reason = reason.isEmpty ? nil : reason
        record.sinceMilliseconds = try readInteger()
        record.ramp = skipAbsent() ? nil : try readInt()
        record.setBy = skipAbsent() ? nil : try readPerson()
        return record
    }

    mutating func readNotice() throws(MalformedAnswer) -> StoreNotice {
        let count = try readArrayCount()
        let kind = try readText()
        switch (kind, count) {
        case ("s", 3):
            let change = SessionChange(kept: try readText())
            return .session(try readSession(), change: change)
        case ("a", 2):
            return .agent(try readAgent())
        case ("d", 5):
            let queueClass = QueueClass(group: try readGroup(), level: try readLevel())
            return .departed(queueClass, version: try readInt(), tickets: try readIntegers())
        case ("g", 2):
            return .looking(agent: try readPerson())
        case ("f", 2):
            return .siteApplied(version: try readInt())
        case ("l", 2):
            return .left(try readGroup())
        case ("r", 5):
            let (session, customer) = (try readSessionID(), try readPerson())
            let agent = skipAbsent() ? nil : try readPerson()
            return .rated(
                RatingNotice(
                    session: session, customer: customer, agent: agent,
                    body: Array(try readBytes())))
        case ("x", 5):
            let (session, seq) = (try readSessionID(), try readInt())
            let customer = try readPerson()
            return .deleted(
                DeletionNotice(
                    session: session, seq: seq, customer: customer,
                    agent: skipAbsent() ? nil : try readPerson()))
        default:
            throw MalformedAnswer(what: "notice \(kind)")
        }
    }

    mutating func readIntegers() throws(MalformedAnswer) -> [Int] {
        var values: [Int] = []
        for _ in 0..<(try readArrayCount()) { values.append(try readInt()) }
        return values
    }

    mutating func readSessions() throws(MalformedAnswer) -> [SessionRecord] {
        var records: [SessionRecord] = []
        for _ in 0..<(try readArrayCount()) { records.append(try readSession()) }
        return records
    }

    mutating func readSessionID() throws(MalformedAnswer) -> SessionID {
        guard let id = SessionID(utf8: try readBytes()) else {
            throw MalformedAnswer(what: "session identifier")
        }
        return id
    }

    mutating func readLeftMessageID() throws(MalformedAnswer) -> LeftMessageID {
        guard let id = LeftMessageID(try readText()) else {
            throw MalformedAnswer(what: "left message")
        }
        return id
    }

    mutating func readPerson() throws(MalformedAnswer) -> PersonID {
        guard let id = PersonID(try readText()) else { throw MalformedAnswer(what: "person") }
        return id
    }

    mutating func readGroup() throws(MalformedAnswer) -> GroupID {
        guard let id = GroupID(try readText()) else { throw MalformedAnswer(what: "group") }
        return id
    }

    mutating func readLevel() throws(MalformedAnswer) -> Level {
        guard let level = Level(try readInt()) else { throw MalformedAnswer(what: "level") }
        return level
    }

    mutating func readState() throws(MalformedAnswer) -> SessionState {
        switch try readText() {
        case "q": return .queued
        case "o": return .offered
        case "a": return .active
        case "w": return .wrapup
        case "c": return .closed
        case "b": return .bot
        default: throw MalformedAnswer(what: "session state")
        }
    }
}
