/// A site's settings as flat lines, each with its path: what two versions are compared by, whatever
/// the order and the comments of their files. Defaults are there like anything else.
import ChatModel
import Routing

struct SiteOutline {
    struct Line {
        let path: String
        let value: String
    }

    private(set) var lines: [Line] = []

    init(_ settings: SiteSettings) {
        add("site", settings.site.text)
        add("timezone", settings.timezone)
        addVip(settings.vip)
        for (name, calendar) in settings.strategy.calendars.sorted(by: { $0.key < $1.key }) {
            addCalendar(calendar, "calendars.\(name)")
        }
        for group in settings.groups { addGroup(group, "groups.\(group.id)") }
        for agent in settings.agents { addAgent(agent, "agents.\(agent.id)") }
        addAssignment(settings)
        addLimits(settings)
        addService(settings.service)
        add("strategy", list(settings.strategy.rules.map(\.name)))
        for rule in settings.strategy.rules { addRule(rule, "strategy.\(rule.name)") }
    }

    mutating func add(_ path: String, _ value: String?) {
        if let value { lines.append(Line(path: path, value: value)) }
    }

    func list(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }

    private func duration(_ milliseconds: Int64) -> String {
        DurationText.text(milliseconds: milliseconds)
    }

    private mutating func addVip(_ vip: VipSettings) {
        add("vip.source", vip.source.rawValue)
        add("vip.attribute", vip.attribute)
        add("vip.default_level", "\(vip.defaultLevel)")
        add("vip.parameter.name", vip.parameter.name)
        add("vip.parameter.trust", vip.parameter.trust.rawValue)
        add("vip.parameter.max", "\(vip.parameter.maximum)")
        switch vip.headStart {
        case .strict: add("vip.head_start", "strict")
        case .perLevel(let milliseconds): add("vip.head_start", duration(milliseconds))
        }
    }

    private mutating func addCalendar(_ calendar: OpeningCalendar, _ path: String) {
        let weekdays = Weekday.allCases.filter(calendar.weekdays.contains).map(\.rawValue)
        add("\(path).weekdays", list(weekdays))
        add("\(path).hours", list(calendar.hours.map(\.description)))
        func days(_ ranges: [ClosedRange<CivilDay>]) -> String {
            list(
                ranges.map { range in
                    range.lowerBound == range.upperBound
                        ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
                })
        }
        add("\(path).holidays", days(calendar.holidays))
        add("\(path).extra", days(calendar.extra))
    }

    private mutating func addGroup(_ group: GroupSettings, _ path: String) {
        add("\(path).name", group.name)
        add("\(path).agents", list(group.agents.map(\.text)))
        add("\(path).max_waiting", group.maximumWaiting.map(String.init))
        add("\(path).reopen_below", group.reopenBelow.map(String.init))
        add("\(path).hours", group.hours)
    }

    private mutating func addAgent(_ agent: AgentProfile, _ path: String) {
        add("\(path).name", agent.name)
        add("\(path).capacity", "\(agent.capacity)")
        for (skill, level) in agent.skills.sorted(by: { $0.key < $1.key }) {
            add("\(path).skills.\(skill)", "\(level)")
        }
        if !agent.languages.isEmpty { add("\(path).languages", list(agent.languages)) }
        for (name, value) in agent.attributes.sorted(by: { $0.key < $1.key }) {
            add("\(path).attributes.\(name)", value.text)
        }
    }

    private mutating func addAssignment(_ settings: SiteSettings) {
        add("accept", settings.accept.rawValue)
        add("offer_timeout", duration(settings.offerTimeoutMilliseconds))
        add("decline_pause", duration(settings.declinePauseMilliseconds))
        add("invite_timeout", duration(settings.inviteTimeoutMilliseconds))
        add("selection", settings.selection.rawValue)
        add("grace.customer", duration(settings.grace.customerMilliseconds))
        add("grace.agent", duration(settings.grace.agentMilliseconds))
        add("wrap_up", duration(settings.wrapUpMilliseconds))
        add("ramp.every", duration(settings.rampMilliseconds))
        add("skip_bad", settings.skipBad.map(Self.text))
    }

    private mutating func addLimits(_ settings: SiteSettings) {
        let limits = settings.limits
        add("origins", list(settings.origins))
        add("limits.bytes_per_second", ByteSizeText.text(bytes: limits.bytesPerSecond))
        add("limits.frames_per_second", "\(limits.framesPerSecond)")
        add("limits.burst", "\(limits.burst)")
        add("limits.message_bytes", ByteSizeText.text(bytes: limits.messageBytes))
        add("limits.connections_per_address", "\(limits.connectionsPerAddress)")
        add("limits.sessions_per_address", "\(limits.sessionsPerAddress)")
        add("limits.failed_hellos_per_address", "\(limits.failedHellosPerAddress)")
        add("limits.trusted_addresses", list(limits.trustedAddresses))
        add("retention.sessions", duration(settings.retention.sessionMilliseconds))
        add("retention.journal", duration(settings.retention.journalMilliseconds))
        add("idle.close_gone_after", duration(settings.idle.closeGoneMilliseconds))
        add("reopen", duration(settings.reopenMilliseconds))
        add("idle.remind_after", settings.idle.remindMilliseconds.map(duration))
        add("idle.close_after", settings.idle.closeMilliseconds.map(duration))
        add("files.max", ByteSizeText.text(bytes: settings.files.maximumBytes))
        add("files.types", settings.files.types.joined(separator: ", "))
        add("files.per_session", String(settings.files.perSession))
        add("files.total", ByteSizeText.text(bytes: settings.files.totalBytes))
        add("service_level.within", settings.board.withinMilliseconds.map(duration))
        add("alerts.waiting", settings.board.waiting.map(String.init))
        add("alerts.longest_wait", settings.board.longestWaitMilliseconds.map(duration))
        add("alerts.abandoned_rate", settings.board.abandonedPercent.map(String.init))
    }

    private mutating func addRule(_ rule: Rule, _ path: String) {
        for (index, condition) in rule.conditions.enumerated() {
            if case .test(let subject, let matcher) = condition {
                add("\(path).\(subject)", matcher.description)
            } else {
                add("\(path).condition \(index + 1)", condition.description)
            }
        }
        add("\(path).reception", rule.mode.rawValue)
        add("\(path).plan", list(rule.plan.steps.map(Self.text)))
        add("\(path).if_closed", rule.whenClosed.rawValue)
        add("\(path).if_full", rule.whenFull?.rawValue)
        add("\(path).wait_limit", rule.waitLimitMilliseconds.map(duration))
        add("\(path).skip_bad", rule.skipBad.map(Self.text))
    }

    static func text(_ step: PlanStep) -> String {
        var text = step.target.text
        if let duration = step.duration {
            text += " for \(DurationText.text(milliseconds: duration))"
        }
        if step.whenOffline == .wait { text += ", wait if offline" }
        let requirements = step.requirements
        let skills = requirements.skills.sorted { $0.key < $1.key }.map { "\($0) >= \($1)" }
        let parts = skills + requirements.languages + requirements.same.map { "same \($0)" }
        return parts.isEmpty ? text : "\(text) with \(parts.joined(separator: " and "))"
    }

    private static func text(_ skipBad: SkipBad) -> String {
        "at or below \(skipBad.atOrBelow) for "
            + "\(DurationText.text(milliseconds: skipBad.milliseconds)), \(skipBad.mode.rawValue)"
    }
}

extension AttributeValue {
    /// As in a site file.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .boolean(let flag): flag ? "true" : "false"
        case .list(let values): "[\(values.map(\.text).joined(separator: ", "))]"
        }
    }
}
