/// What a new session needs, from what the site's strategy says: policy becomes data here.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    /// By the rules, and by what the site knows of him; all of that is trusted.
    func place(_ starting: Starting, at site: LocalSite) -> Placed {
        let (start, connection) = (starting.start, starting.request.connection)
        guard let who = connection.participant else { return .nowhere }
        let facts = facts(start, connection, starting.customer)
        let decision = site.rules.strategy.decide(facts, at: now.wallMilliseconds)
        let reception = Reception(decision)
        let (plan, closed): (Plan, Set<GroupID>)
        switch admit(decision, starting, site) {
        case .plan(let part, let groups): (plan, closed) = (part, groups)
        case .turnedAway(let why): return .turnedAway(why)
        }
        guard
            var placing = placement(
                decision, plan, closed: closed, site.rules, facts: facts,
                customer: starting.customer)
        else { return .nowhere }
        if let past = starting.reopens { tryLastAgent(of: past, site.rules, &placing) }
        for case .parameterCapped(_, let asked, let used) in decision.finding.reasons {
            effects.append(.report(.levelCapped(site.id, asked: asked, used: used)))
        }
        let message = start.text.map { text in
            NewMessage(
                sender: who, key: start.key ?? Self.keylessKey(of: text),
                body: ServerFrame.messageBody(from: who, name: connection.name, text: text),
                origin: ConnectionReference(
                    incarnation: site.lease?.incarnation ?? 0, connection: connection.number))
        }
        var asked = StartSession(
            session: SessionID(high: random.next(), low: random.next()), customer: who.id,
            siteVersion: site.rules.version, placement: placing.placement, topic: start.topic,
            channel: start.channel, profile: profile(facts, connection, starting.customer),
            explanation: explanation(decision, placing, version: site.rules.version),
            firstMessage: message, ways: ways(reception, starting),
            mayHandOver: reception.mayHandOver)
        asked.handsOverWhenClosed = decision.rule.whenClosed == .queue
        asked.allowsRobotChoice = decision.mode != .humanOnly
        asked.key = start.key
        if let past = starting.reopens {
            asked.session = past.id
            asked.reopensWithin = site.rules.reopenMilliseconds
        }
        return .session(asked)
    }

    /// Without a key the same words are the same message (FNV-1a over them): whoever starts twice
    /// by accident says nothing twice, and other words are not lost.
    private static func keylessKey(of text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return "start-" + String(hash, radix: 36)
    }

    /// A token is newer than what was imported; neither gives way to what the page says.
    func facts(
        _ start: SessionStart, _ connection: Connection, _ customer: CustomerRecord?
    ) -> Facts {
        let visit = connection.visit
        var attributes = Attributes(
            customer?.attributes.mapValues { Attribute(value: $0, origin: .trusted) } ?? [:])
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

    /// For agents' eyes: who he is, what is known of him and who said so, where he came from.
    func profile(
        _ facts: Facts, _ connection: Connection, _ customer: CustomerRecord?,
        name: String? = nil, contact: String? = nil
    ) -> [UInt8] {
        let known = customer?.attributes ?? [:]
        let shown = customer?.shownAttributes(atMost: 50, bytes: 4_096).shown ?? [:]
        let attributes = facts.attributes.byName.filter { name, attribute in
            shown[name] != nil || known[name] != attribute.value
        }
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.optional("name", connection.name ?? name)
        json.optional("contact", contact)
        json.member("anonymous", connection.person?.key.id.isAnonymous ?? true)
        json.optional("locale", connection.visit?.locale)
        json.name("attributes")
        json.attributes(attributes.mapValues(\.value))
        json.name("trusted")
        json.raw("[")
        let trusted = attributes.filter { $0.value.origin == .trusted }.keys.sorted()
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

    /// `placing`: nil where nobody is placed.
    func explanation(_ decision: Decision, _ placing: Placing? = nil, version: Int) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.member("rule", decision.rule.name)
        json.member("rule_index", decision.ruleIndex)
        json.member("version", version)
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
        json.raw("]")
        placing?.write(to: &json)
        json.raw("}")
        return json.bytes
    }
}
