/// Reads a whole site file; the parts have decoders of their own. Each part is read even when
/// another is wrong, so that everything is told at once.
import ChatModel
import Routing

struct SiteDecoder {
    let log: ProblemLog

    /// Nil only after a report.
    func decode(_ root: Section) -> SiteSettings? {
        let site = site(root)
        let (timezone, zone) = zone(root)
        let vip = root.value("vip").map(VipDecoder().decode) ?? VipSettings()
        let calendars = root.value("calendars").map(CalendarDecoder().decode) ?? []
        let calendarNames = calendars.map(\.name)
        let (groups, members) = groups(root, calendarNames)
        let agents = agents(root, groups, members)
        let rules = rules(root, calendarNames, groups)
        var settings = Parts()
        readAssignment(root, &settings)
        readLimits(root, &settings)
        let robot = root.value("robot").flatMap { RobotDecoder().decode($0) }
        let service = ServiceDecoder(groups: groups.map(\.id)).decode(root)
        refuseKeys(root)
        let examples = root.value("examples").map { entry in
            let decoder = ExampleDecoder(
                rules: rules.map(\.name), zone: zone, needsTime: !calendars.isEmpty)
            return decoder.decode(entry)
        }
        root.finish()
        SiteCheck(log: log).warn(root, rules, groups, calendarNames)
        SiteCheck(log: log).warnOfUnmetRequirements(root, rules, agents)
        guard !log.hasErrors, let site else { return nil }
        var groupHours: [GroupID: String] = [:]
        for group in groups { groupHours[group.id] = group.hours }
        let strategy: Strategy
        do {
            strategy = try Strategy(
                rules: rules, vip: vip, calendars: Dictionary(calendars) { first, _ in first },
                groupHours: groupHours, zone: zone)
        } catch {
            log.error("not a strategy: \(error)", at: root.place(ofKey: "strategy"))
            return nil
        }
        run(examples ?? [], with: strategy)
        var made = SiteSettings(
            site: site, timezone: timezone, strategy: strategy, groups: groups, agents: agents,
            accept: settings.accept, offerTimeoutMilliseconds: settings.offerTimeout,
            declinePauseMilliseconds: settings.declinePause, selection: settings.selection,
            grace: settings.grace, wrapUpMilliseconds: settings.wrapUp,
            skipBad: settings.skipBad, origins: settings.origins, limits: settings.limits,
            retention: settings.retention, robot: robot)
        made.idle = settings.idle
        made.reopenMilliseconds = settings.reopen
        made.files = settings.files
        made.board = settings.board
        made.rampMilliseconds = settings.ramp
        made.inviteTimeoutMilliseconds = settings.inviteTimeout
        made.service = service
        return made
    }

    /// What stands on its own in the file.
    private struct Parts {
        var accept = AcceptMode.offer
        var offerTimeout: Int64 = 20_000
        var declinePause: Int64 = 30_000
        var inviteTimeout: Int64 = 300_000
        var selection = SelectionSetting.leastLoaded
        var grace = GraceSettings()
        var wrapUp: Int64 = 0
        var ramp: Int64 = 30_000
        var skipBad: SkipBad?
        var origins: [String] = []
        var limits = LimitSettings()
        var retention = RetentionSettings()
        var idle = IdleSettings()
        var reopen: Int64 = 600_000
        var files = FileSettings()
        var board = BoardSettings()
    }

    private func site(_ root: Section) -> SiteID? {
        let allowed = "1...40 of a-z 0-9 -, beginning with a letter or digit"
        guard let entry = root.value("site") else {
            if !root.contains("site") { root.missing("site", allowed: allowed) }
            return nil
        }
        guard let text = entry.scalar?.text, let site = SiteID(text) else {
            entry.error("not a name for a site", allowed: allowed)
            return nil
        }
        return site
    }

    private func zone(_ root: Section) -> (name: String, rules: ZoneRules) {
        guard let entry = root.value("timezone"), let name = entry.text() else {
            return ("UTC", .utc)
        }
        guard let rules = ZoneCatalog.rules(of: name) else {
            entry.error(
                "unknown time zone `\(Entry.shortened(name))`",
                allowed: "a name such as Asia/Shanghai, Europe/Berlin or UTC",
                suggestion: ZoneCatalog.nearest(to: name))
            return ("UTC", .utc)
        }
        return (name, rules)
    }

    private func groups(
        _ root: Section, _ calendars: [String]
    ) -> (groups: [GroupSettings], members: [GroupDecoder.Member]) {
        guard let entry = root.value("groups") else {
            if !root.contains("groups") { root.missing("groups", allowed: "at least one group") }
            return ([], [])
        }
        return GroupDecoder(calendars: calendars).decode(entry)
    }

    private func agents(
        _ root: Section, _ groups: [GroupSettings], _ members: [GroupDecoder.Member]
    ) -> [AgentProfile] {
        let described = root.value("agents").map(AgentDecoder().decode) ?? []
        var profiles = described.map(\.profile)
        var known = Set(profiles.map(\.id))
        for member in members where known.insert(member.agent).inserted {
            profiles.append(AgentProfile(id: member.agent))
            log.warning(
                "`\(member.agent)` is not under `agents`: defaults apply", at: member.place)
        }
        var groupsByAgent: [PersonID: [GroupID]] = [:]
        for group in groups {
            for agent in group.agents { groupsByAgent[agent, default: []].append(group.id) }
        }
        for (profile, place) in described where groupsByAgent[profile.id] == nil {
            log.warning("agent `\(profile.id)` is in no group: he gets no work", at: place)
        }
        for index in profiles.indices {
            profiles[index].groups = groupsByAgent[profiles[index].id] ?? []
        }
        return profiles
    }

    private func rules(
        _ root: Section, _ calendars: [String], _ groups: [GroupSettings]
    ) -> [Rule] {
        guard let entry = root.value("strategy") else {
            if !root.contains("strategy") {
                root.missing("strategy", allowed: "at least a rule for everybody")
            }
            return []
        }
        let decoder = RuleDecoder(
            calendars: calendars, groups: groups.map(\.id))
        return decoder.decode(entry)
    }

    private func readAssignment(_ root: Section, _ parts: inout Parts) {
        parts.accept = root.value("accept")?.choice(AcceptMode.self) ?? parts.accept
        parts.offerTimeout =
            root.value("offer_timeout")?.duration(in: 1000...600_000) ?? parts.offerTimeout
        parts.declinePause =
            root.value("decline_pause")?.duration(in: 0...3_600_000) ?? parts.declinePause
        parts.inviteTimeout =
            root.value("invite_timeout")?.duration(in: 1000...3_600_000) ?? parts.inviteTimeout
        if let entry = root.value("selection") {
            parts.selection = entry.choice(SelectionSetting.self) ?? parts.selection
        }
        if let section = root.value("grace")?.section() {
            let range: ClosedRange<Int64> = 1000...3_600_000
            parts.grace.customerMilliseconds =
                section.value("customer")?.duration(in: range) ?? parts.grace.customerMilliseconds
            parts.grace.agentMilliseconds =
                section.value("agent")?.duration(in: range) ?? parts.grace.agentMilliseconds
            section.finish()
        }
        if let entry = root.value("wrap_up"), let wrapUp = entry.duration(in: 0...3_600_000) {
            parts.wrapUp = wrapUp
        }
        if let section = root.value("ramp")?.section() {
            parts.ramp = section.value("every")?.duration(in: 1000...3_600_000) ?? parts.ramp
            section.finish()
        }
        if let entry = root.value("skip_bad") {
            parts.skipBad = SkipBadDecoder().decode(entry)
        }
    }

    private func readLimits(_ root: Section, _ parts: inout Parts) {
        let decoder = LimitDecoder()
        if let entry = root.value("origins") { parts.origins = decoder.origins(entry) }
        if let entry = root.value("limits") { parts.limits = decoder.limits(entry) }
        if let entry = root.value("retention") {
            parts.retention = decoder.retention(entry)
        }
        if let entry = root.value("idle") { parts.idle = decoder.idle(entry) }
        parts.reopen = root.value("reopen")?.duration(in: 0...604_800_000) ?? parts.reopen
        if let entry = root.value("files") { parts.files = FileSettingsDecoder().decode(entry) }
        BoardDecoder().read(root, &parts.board)
    }

    /// A site file is shown, compared and kept in many versions: no place for a secret.
    private func refuseKeys(_ root: Section) {
        for key in ["keys", "key", "secret", "signing_key"] where root.contains(key) {
            _ = root.value(key)
            log.error(
                "signing keys do not stand in a site file", at: root.place(ofKey: key),
                allowed: "the environment (CHATHUB_KEY_<SITE>), or nothing: the data folder")
        }
    }

    private func run(
        _ examples: [(example: RoutingExample, place: Place)], with strategy: Strategy
    ) {
        for (example, place) in examples {
            for failure in example.failures(with: strategy) {
                log.error("example `\(example.name)` fails: \(failure)", at: place)
            }
        }
    }
}
