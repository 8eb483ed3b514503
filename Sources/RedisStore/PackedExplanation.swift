/// What `explain.lua` answers, and the records of matches as `assign` in lib_queue.lua packs them.
import ChatModel
import HubCore

extension PackedReader {
    mutating func readExplanation() throws(MalformedAnswer) -> SessionExplanation {
        let record = try readSession()
        let routing = skipAbsent() ? [] : Array(try readBytes())
        let headStart = try readInteger()
        let offer = skipAbsent() ? nil : try readInteger()
        let opened = try readInt()
        let openings = try readOpenings()
        var events: [SessionEvent] = []
        for _ in 0..<(try readArrayCount()) { events.append(try readEvent()) }
        var match: MatchRecord?
        if !skipAbsent() {
            var packed = PackedReader(try readBytes())
            match = try packed.readMatch()
        }
        return SessionExplanation(
            record: record, routing: routing, headStartMilliseconds: headStart,
            offerMilliseconds: offer, openings: openings, opened: opened, events: events,
            match: match, waiting: skipAbsent() ? nil : try readWaiting())
    }

    private mutating func readOpenings() throws(MalformedAnswer) -> [Placement.Opening] {
        var openings: [Placement.Opening] = []
        for _ in 0..<(try readArrayCount() / 3) {
            let target = try readTarget()
            let milliseconds = try readInteger()
            openings.append(
                Placement.Opening(
                    target: target, durationMilliseconds: milliseconds < 0 ? nil : milliseconds,
                    skipsWhenOffline: try readBool()))
        }
        return openings
    }

    private mutating func readTarget() throws(MalformedAnswer) -> Placement.Target {
        let text = try readText()
        if text.hasPrefix("@"), let agent = PersonID(String(text.dropFirst())) {
            return .agent(agent)
        }
        let parts = text.split(separator: "~", maxSplits: 1)
        guard let group = parts.first.flatMap({ GroupID(String($0)) }) else {
            throw MalformedAnswer(what: "target")
        }
        return .group(group, parts.count > 1 ? Requirement(text: String(parts[1])) : nil)
    }

    /// `<change> <agent> <instant>`, the agent empty without one.
    private mutating func readEvent() throws(MalformedAnswer) -> SessionEvent {
        let parts = try readText().split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let at = Int64(parts[2]) else {
            throw MalformedAnswer(what: "session event")
        }
        let change = SessionChange(kept: String(parts[0]))
        return SessionEvent(at: at, change: change, agent: PersonID(String(parts[1])))
    }

    private mutating func readMatch() throws(MalformedAnswer) -> MatchRecord {
        guard try readArrayCount() == 10 else { throw MalformedAnswer(what: "match") }
        let at = try readInteger()
        let how = SessionChange(kept: try readText())
        let agent = try readPerson()
        let by = skipAbsent() ? nil : try readPerson()
        guard let selection = Selection(rawValue: try readText()) else {
            throw MalformedAnswer(what: "selection")
        }
        let (held, capacity, idle) = (try readInt(), try readInt(), try readInteger())
        let targets = try readReports(chosen: agent)
        return MatchRecord(
            at: at, how: how, agent: agent, by: by, selection: selection, held: held,
            capacity: capacity, idleMilliseconds: idle, targets: targets)
    }

    private mutating func readWaiting() throws(MalformedAnswer) -> WaitingReport {
        guard try readArrayCount() == 4 else { throw MalformedAnswer(what: "waiting") }
        let targets = try readReports(chosen: nil)
        let ahead = try readInt()
        return WaitingReport(
            targets: targets, ahead: ahead,
            nextStepMilliseconds: skipAbsent() ? nil : try readInteger())
    }

    /// Those passed over, then the raw report of `report_of`.
    private mutating func readReports(chosen: PersonID?) throws(MalformedAnswer) -> [TargetReport]
    {
        var passedOver: [PersonID: Standing] = [:]
        for _ in 0..<(try readArrayCount()) {
            let text = try readText()
            let isForGood = text.hasPrefix("!")
            guard let agent = PersonID(isForGood ? String(text.dropFirst()) : text) else {
                throw MalformedAnswer(what: "person")
            }
            passedOver[agent] = isForGood ? .rated : .declined
        }
        var reports: [TargetReport] = []
        for _ in 0..<(try readArrayCount() / 3) {
            let index = try readInt()
            var counts: [Standing: Int] = [:]
            var examined: [TargetReport.Examined] = []
            for _ in 0..<(try readArrayCount() / 2) {
                let (agent, shown) = (try readPerson(), try readShown())
                counts[shown == .requirement ? .free : shown, default: 0] += 1
                let standing = shown == .free ? passedOver[agent] ?? .free : shown
                examined.append(
                    TargetReport.Examined(
                        agent: agent,
                        standing: agent == chosen ? .chosen : standing))
            }
            if !skipAbsent() { counts = try readCounts() }
            reports.append(TargetReport(index: index, counts: counts, examined: examined))
        }
        return reports
    }

    private mutating func readCounts() throws(MalformedAnswer) -> [Standing: Int] {
        let numbers = try readIntegers()
        guard numbers.count <= Self.shown.count else { throw MalformedAnswer(what: "counts") }
        var counts: [Standing: Int] = [:]
        for (standing, count) in zip(Self.shown, numbers) where count > 0 {
            counts[standing] = count
        }
        return counts
    }

    /// What an agent shows, by the numbers of `standing_of`.
    private static let shown: [Standing] = [
        .free, .full, .busy, .away, .droppedOff, .offline,
    ]

    private mutating func readShown() throws(MalformedAnswer) -> Standing {
        let text = try readText()
        if text == "r" { return .requirement }
        guard let number = Int(text), Self.shown.indices.contains(number) else {
            throw MalformedAnswer(what: "standing")
        }
        return Self.shown[number]
    }
}
