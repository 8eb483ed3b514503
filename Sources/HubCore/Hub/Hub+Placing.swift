/// What a new session needs, from what the site's strategy says: policy becomes data here.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    /// Nil when the rule names no group.
    func place(_ start: SessionStart, _ connection: Connection, _ site: LocalSite)
        -> StartSession?
    {
        guard let who = connection.participant else { return nil }
        let facts = facts(start, connection)
        let decision = site.rules.strategy.decide(facts, at: now.wallMilliseconds)
        let reception = Reception(decision)
        guard let placement = placement(decision, site.rules) else { return nil }
        for case .parameterCapped(_, let asked, let used) in decision.finding.reasons {
            effects.append(.report(.levelCapped(site.id, asked: asked, used: used)))
        }
        let message = start.text.map { text in
            NewMessage(
                sender: who, key: start.key ?? "session.start",
                body: ServerFrame.messageBody(from: who, name: connection.name, text: text),
                origin: ConnectionReference(
                    incarnation: site.lease?.incarnation ?? 0, connection: connection.number))
        }
        return StartSession(
            session: SessionID(high: random.next(), low: random.next()), customer: who.id,
            siteVersion: site.rules.version, placement: placement, topic: start.topic, channel: start.channel,
            profile: profile(facts, connection), explanation: explanation(decision),
            firstMessage: message, ways: reception.course.ways,
            mayHandOver: reception.mayHandOver)
    }

    private func facts(_ start: SessionStart, _ connection: Connection) -> Facts {
        let visit = connection.visit
        var attributes = Attributes()
        for (name, value) in visit?.trusted ?? [:] {
            attributes.set(name, to: value, origin: .trusted)
        }
        for (name, value) in visit?.claims ?? [:] { attributes.set(name, to: value, origin: .page) }
        for (name, value) in start.attributes { attributes.set(name, to: value, origin: .page) }
        var signed: SignedLevel?
        if visit?.hasLevelToken == true {
            signed =
                visit?.parameterLevel.map { .verified($0) }
                ?? .refused(reason: "not signed by this site, expired, or another customer's")
        }
        return Facts(
            customer: visit?.hasToken == true ? connection.person?.key.id : nil,
            attributes: attributes, parameters: visit?.page?.parameters ?? [:],
            signedLevel: signed, topic: start.topic, channel: start.channel,
            url: visit?.page?.url, referrer: visit?.page?.referrer, device: visit?.page?.device,
            text: start.text)
    }

    /// Group steps become openings; each opens when the steps before it have had their time.
    private func placement(_ decision: Decision, _ rules: SiteRules) -> Placement? {
        var openings: [Placement.Opening] = []
        var after: Int64 = 0
        for step in decision.plan.steps {
            if case .group(let group) = step.target, openings.count < 20 {
                openings.append(
                    Placement.Opening(group: group, afterMilliseconds: openings.isEmpty ? 0 : after)
                )
                after += step.duration ?? 0
            }
        }
        if openings.isEmpty, decision.mode == .robotOnly, let first = rules.groups.first {
            // Nobody ever waits there: the group only names where figures of the session belong.
            openings = [Placement.Opening(group: first.id, afterMilliseconds: 0)]
        }
        guard let home = openings.first?.group else { return nil }
        let group = rules.groups.first { $0.id == home }
        return Placement(
            level: decision.level, levelSource: decision.levelSource,
            headStartMilliseconds: decision.headStartMilliseconds, openings: openings,
            offerMilliseconds: rules.offerMilliseconds, maximumWaiting: group?.maximumWaiting,
            reopenBelow: group?.reopenBelow)
    }

    /// For agents' eyes: who he is, what is known of him and who said so, where he came from.
    private func profile(_ facts: Facts, _ connection: Connection) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.optional("name", connection.name)
        json.member("anonymous", connection.person?.key.id.isAnonymous ?? true)
        json.optional("locale", connection.visit?.locale)
        json.name("attributes")
        json.attributes(facts.attributes.byName.mapValues(\.value))
        json.name("trusted")
        json.raw("[")
        let trusted = facts.attributes.byName.filter { $0.value.origin == .trusted }.keys.sorted()
        for (index, name) in trusted.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(name)
        }
        json.raw("]")
        if let page = connection.visit?.page {
            json.name("page")
            json.raw("{")
            json.optional("url", page.url)
            json.optional("referrer", page.referrer)
            json.optional("title", page.title)
            json.optional("device", page.device)
            json.raw("}")
        }
        json.raw("}")
        return json.bytes
    }

    private func explanation(_ decision: Decision) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.member("rule", decision.rule.name)
        json.member("rule_index", decision.ruleIndex)
        json.member("mode", decision.mode.rawValue)
        json.member("level", decision.level.value)
        json.member("level_source", decision.levelSource.rawValue)
        json.name("level_reasons")
        json.raw("[")
        for (index, reason) in decision.finding.reasons.enumerated() {
            if index > 0 { json.raw(",") }
            json.text(reason.description)
        }
        json.raw("]")
        json.name("walk")
        json.raw("[")
        // A strategy may have ten thousand rules; the first that failed are enough to follow it.
        for (index, step) in decision.walk.prefix(50).enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("[")
            json.integer(Int64(step.rule))
            json.raw(",")
            json.integer(Int64(step.failedCondition ?? -1))
            json.raw("]")
        }
        json.raw("]}")
        return json.bytes
    }
}
