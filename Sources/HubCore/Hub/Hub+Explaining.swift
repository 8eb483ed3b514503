/// `session.explain`: what the store says of a decision, in words a client can draw. Supervisors
/// may ask of every session, agents of those they have, are in, are offered or had; customers
/// never.
import ChatModel
import ChatProtocol

extension Hub {
    func explain(_ session: SessionID, _ request: Request, _ site: LocalSite) {
        submit(.explain(session), at: site, .explain(request))
    }

    func explained(_ request: Request, _ explanation: SessionExplanation, at site: LocalSite) {
        guard let person = request.connection.person, person.key.isAgent else { return }
        guard request.connection.role == .supervisor || explanation.concerns(person.key.id) else {
            return refuse(request, .notFound, "no such session")
        }
        let writer = ExplanationWriter(
            site, showsRatings: request.connection.role == .supervisor, at: now.wallMilliseconds)
        answer(request, ServerFrame.explanationOK(id: request.id, writer.json(explanation)))
    }
}

extension SessionExplanation {
    /// Whether he has it, is in it, is offered it or asked to take it over, or had it.
    fileprivate func concerns(_ agent: PersonID) -> Bool {
        record.agent == agent || record.transfer?.to == agent || record.hasJoined(agent)
            || events.contains { $0.agent == agent && $0.change.beginsServing }
    }
}

/// Writes an explanation as JSON, with the names the site file has.
private struct ExplanationWriter {
    private let site: LocalSite
    /// Whom else a customer rated badly is the supervisors' business.
    private let showsRatings: Bool
    /// Milliseconds since 1970.
    private let time: Int64

    init(_ site: LocalSite, showsRatings: Bool, at time: Int64) {
        self.site = site
        self.showsRatings = showsRatings
        self.time = time
    }

    func json(_ explanation: SessionExplanation) -> [UInt8] {
        var json = JSONWriter(capacity: 2048)
        json.raw("{")
        json.member("session", explanation.record.id)
        json.member("state", explanation.record.state.rawValue)
        json.member("group", explanation.record.group.text)
        json.member("waited_ms", explanation.record.waited)
        let whole = explanation.routing.dropFirst().dropLast()
        let routing = showsRatings ? whole : Placing.withoutRatings(whole)
        if !routing.isEmpty {
            json.raw(",")
            json.raw(routing)
        }
        json.member("head_start_ms", explanation.headStartMilliseconds)
        if let offer = explanation.offerMilliseconds { json.member("offer_ms", offer) }
        list("plan", Array(explanation.openings.enumerated()), &json) { opening, json in
            step(opening.element, isOpen: opening.offset < explanation.opened, &json)
        }
        list("events", explanation.events, &json) { event, json in
            json.member("at", event.at)
            json.member("what", event.change.rawValue)
            if let agent = event.agent { person("agent", agent, &json) }
        }
        if let match = explanation.match { write(match, explanation.openings, &json) }
        if let waiting = explanation.waiting { write(waiting, explanation, &json) }
        json.raw("}")
        return json.bytes
    }

    // MARK: Parts

    private func write(
        _ match: MatchRecord, _ openings: [Placement.Opening], _ json: inout JSONWriter
    ) {
        json.name("match")
        json.raw("{")
        json.member("at", match.at)
        json.member("how", match.how.rawValue)
        person("agent", match.agent, &json)
        if let by = match.by { person("by", by, &json) }
        json.name("tie_break")
        json.raw("{")
        json.member("selection", match.selection.rawValue)
        json.member("held", match.held)
        json.member("capacity", match.capacity)
        json.member("idle_ms", match.idleMilliseconds)
        json.raw("}")
        list("targets", match.targets, &json) { write($0, openings, &$1) }
        json.raw("}")
    }

    private func write(
        _ waiting: WaitingReport, _ explanation: SessionExplanation, _ json: inout JSONWriter
    ) {
        let targets = waiting.targets.map { withThoseNeverSeen($0, explanation.openings) }
        json.name("waiting")
        json.raw("{")
        json.name("why")
        json.raw("[")
        for (index, word) in why(targets, explanation).enumerated() {
            if index > 0 { json.raw(",") }
            json.text(word)
        }
        json.raw("]")
        list("targets", targets, &json) { write($0, explanation.openings, &$1) }
        json.member("ahead", waiting.ahead)
        if let next = waiting.nextStepMilliseconds { json.member("next_step_ms", next) }
        json.raw("}")
    }

    /// The store knows agents from their first connection on; the site file names the others.
    private func withThoseNeverSeen(_ report: TargetReport, _ openings: [Placement.Opening])
        -> TargetReport
    {
        guard let group = openings[report.index].target.group else { return report }
        let listed = site.rules.agents.values.count { $0.groups.contains(group) }
        var report = report
        let unseen = listed - report.counts.values.reduce(0, +)
        if unseen > 0 { report.counts[.offline, default: 0] += unseen }
        return report
    }

    /// Most telling first. Nobody is there; or what those who are there are passed over for.
    private func why(_ all: [TargetReport], _ explanation: SessionExplanation) -> [String] {
        if !explanation.record.customerConnected { return ["customer_away"] }
        let targets = all.filter { !isShut(explanation.openings[$0.index].target) }
        let outOfHours = targets.count < all.count ? ["out_of_hours"] : []
        if targets.isEmpty { return outOfHours }
        let examined = targets.flatMap(\.examined).map { shown($0.standing) }
        let present = targets.flatMap { $0.counts.filter { $0.value > 0 }.keys }
        let words = Standing.allCases.filter { standing in
            switch standing {
            case .declined, .rated, .requirement: examined.contains(standing)
            case .full, .busy, .away, .droppedOff: present.contains(standing)
            case .chosen, .free, .offline: false
            }
        }
        return (words.isEmpty ? ["nobody_online"] : words.map(\.rawValue)) + outOfHours
    }

    private func isShut(_ target: Placement.Target) -> Bool {
        target.group.map { site.isShut($0, at: time) } ?? false
    }

    private func write(
        _ report: TargetReport, _ openings: [Placement.Opening], _ json: inout JSONWriter
    ) {
        target(openings[report.index].target, &json)
        json.counts("counts", report.counts)
        list("examined", report.examined, &json) { one, json in
            person("agent", one.agent, &json)
            json.member("standing", shown(one.standing).rawValue)
        }
    }

    private func step(
        _ opening: Placement.Opening, isOpen: Bool, _ json: inout JSONWriter
    ) {
        target(opening.target, &json)
        if let duration = opening.durationMilliseconds { json.member("for_ms", duration) }
        json.member("if_offline", opening.skipsWhenOffline ? "skip" : "wait")
        json.member("open", isOpen)
    }

    private func target(_ target: Placement.Target, _ json: inout JSONWriter) {
        switch target {
        case .group(let group, let requirement):
            json.member("group", group.text)
            let name = site.rules.groups.first { $0.id == group }?.name
            json.member("name", name ?? group.text)
            if let requirement { write(requirement, &json) }
        case .agent(let agent):
            json.member("agent", agent.text)
            json.member("name", site.name(of: agent) ?? agent.text)
        }
    }

    private func shown(_ standing: Standing) -> Standing {
        standing == .rated && !showsRatings ? .declined : standing
    }

    /// Each clause in words; one that nobody can meet says so.
    private func write(_ requirement: Requirement, _ json: inout JSONWriter) {
        json.name("requirement")
        json.raw("[")
        for (index, clause) in requirement.clauses.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(Self.words(clause))
        }
        json.raw("]")
    }

    private static func words(_ clause: Requirement.Clause) -> String {
        guard !clause.anyOf.isEmpty else { return "an attribute the customer does not have" }
        let kinds = ["s:": "skill ", "l:": "language ", "a:": ""]
        let names = clause.anyOf.map { (kinds[String($0.prefix(2))] ?? "") + $0.dropFirst(2) }
        return names.joined(separator: " or ") + (clause.least > 1 ? " from \(clause.least)" : "")
    }

    private func person(_ name: StaticString, _ id: PersonID, _ json: inout JSONWriter) {
        json.name(name)
        json.raw("{")
        json.member("id", id.text)
        json.member("name", site.name(of: id) ?? id.text)
        json.raw("}")
    }

    /// A list of objects.
    private func list<Element>(
        _ name: StaticString, _ elements: [Element], _ json: inout JSONWriter,
        _ write: (Element, inout JSONWriter) -> Void
    ) {
        json.name(name)
        json.raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{")
            write(element, &json)
            json.raw("}")
        }
        json.raw("]")
    }
}
