/// Everything one site file says, decoded and checked. Made by `SiteFile`, turned by HubServer into
/// what its machines and the store need. Every value has a default but `site`, `groups` and
/// `strategy`.
public import ChatModel
public import Routing

public struct SiteSettings: Hashable, Sendable {
    public var site: SiteID
    /// IANA name; `strategy.zone` holds its rules.
    public var timezone: String
    /// Rules, `vip`, calendars and group hours.
    public var strategy: Strategy
    /// In the order of the file.
    public var groups: [GroupSettings]
    /// Every agent under `agents` or in a group, with his groups filled in; first those under
    /// `agents` in the order of the file, then the rest.
    public var agents: [AgentProfile]
    public var accept: AcceptMode
    /// 1 s...10 min. Missing an offer makes an agent `away`.
    public var offerTimeoutMilliseconds: Int64
    /// How long an agent who declined is passed over for that session. 0...1 h.
    public var declinePauseMilliseconds: Int64
    /// An invitation into a conversation that is not answered ends after so long. 1 s...1 h.
    public var inviteTimeoutMilliseconds: Int64 = 300_000
    public var selection: SelectionSetting
    public var grace: GraceSettings
    /// 0 means none: closing frees the slot at once.
    public var wrapUpMilliseconds: Int64
    /// Rules may say otherwise; nil: nobody is left out.
    public var skipBad: SkipBad?
    /// Web origins whose pages may connect. Nil or empty: only the hub's own.
    public var origins: [String]
    public var limits: LimitSettings
    public var retention: RetentionSettings
    /// Nil: the site says nothing of robots.
    public var robot: RobotSettings?
    public var idle = IdleSettings()
    /// How long after its end a customer may open his conversation again. 0...7 days; 0: not at
    /// all.
    public var reopenMilliseconds: Int64 = 600_000
    public var files = FileSettings()
    public var board = BoardSettings()
    /// Agents who come in slowly get one slot more each time. 1 s...1 h.
    public var rampMilliseconds: Int64 = 30_000
    /// What people are shown and asked.
    public var service = ServiceSettings()

    public init(
        site: SiteID, timezone: String = "UTC", strategy: Strategy, groups: [GroupSettings],
        agents: [AgentProfile] = [], accept: AcceptMode = .offer,
        offerTimeoutMilliseconds: Int64 = 20_000, declinePauseMilliseconds: Int64 = 30_000,
        selection: SelectionSetting = .leastLoaded, grace: GraceSettings = GraceSettings(),
        wrapUpMilliseconds: Int64 = 0, skipBad: SkipBad? = nil, origins: [String] = [],
        limits: LimitSettings = LimitSettings(), retention: RetentionSettings = RetentionSettings(),
        robot: RobotSettings? = nil
    ) {
        self.site = site
        self.timezone = timezone
        self.strategy = strategy
        self.groups = groups
        self.agents = agents
        self.accept = accept
        self.offerTimeoutMilliseconds = offerTimeoutMilliseconds
        self.declinePauseMilliseconds = declinePauseMilliseconds
        self.selection = selection
        self.grace = grace
        self.wrapUpMilliseconds = wrapUpMilliseconds
        self.skipBad = skipBad
        self.origins = origins
        self.limits = limits
        self.retention = retention
        self.robot = robot
    }

    public var vip: VipSettings { strategy.vip }

    /// The environment variable that may carry the site's signing key. A site file never does.
    public var keyVariable: String {
        "CHATHUB_KEY_" + String(site.text.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}

public enum AcceptMode: String, Hashable, Sendable, CaseIterable {
    /// The agent has the session at once.
    case auto
    /// He is asked, for `offer_timeout`.
    case offer
}

/// How an agent is chosen inside a group (DESIGN section 6).
public enum SelectionSetting: String, Hashable, Sendable, CaseIterable {
    case leastLoaded = "least-loaded"
    case longestIdle = "longest-idle"
    case roundRobin = "round-robin"
    case proficiency
}

public struct GroupSettings: Hashable, Sendable {
    public var id: GroupID
    /// Shown to people. Defaults to the identifier.
    public var name: String
    public var agents: [PersonID]
    /// The queue closes at so many waiting; nil: no limit. 1...1,000,000.
    public var maximumWaiting: Int?
    /// A closed queue opens again below this; never nil with a `maximumWaiting`, and at most that.
    public var reopenBelow: Int?
    /// A calendar; nil: always open.
    public var hours: String?

    public init(
        id: GroupID, name: String? = nil, agents: [PersonID] = [], maximumWaiting: Int? = nil,
        reopenBelow: Int? = nil, hours: String? = nil
    ) {
        self.id = id
        self.name = name ?? id.text
        self.agents = agents
        self.maximumWaiting = maximumWaiting
        self.reopenBelow = reopenBelow
        self.hours = hours
    }
}

/// How long a person who lost his last connection keeps his sessions and his place.
public struct GraceSettings: Hashable, Sendable {
    public var customerMilliseconds: Int64
    public var agentMilliseconds: Int64

    public init(customerMilliseconds: Int64 = 60_000, agentMilliseconds: Int64 = 30_000) {
        self.customerMilliseconds = customerMilliseconds
        self.agentMilliseconds = agentMilliseconds
    }
}

/// What a connection or an address may ask of a site (DESIGN section 8).
public struct LimitSettings: Hashable, Sendable {
    public var framesPerSecond: Int
    /// Frames that may come at once before the rate counts.
    public var burst: Int
    /// Bytes a connection may send a second on average, four times as many at once.
    public var bytesPerSecond: Int
    /// A message's text, in bytes of UTF-8.
    public var messageBytes: Int
    public var connectionsPerAddress: Int
    /// New sessions an address may start in a minute.
    public var sessionsPerAddress: Int
    /// Failed hellos an address may have in a minute.
    public var failedHellosPerAddress: Int
    /// Numeric addresses the limits per address do not apply to.
    public var trustedAddresses: [String]

    public init(
        framesPerSecond: Int = 500, burst: Int = 1000, bytesPerSecond: Int = 1_048_576,
        messageBytes: Int = 8192,
        connectionsPerAddress: Int = 200, sessionsPerAddress: Int = 30,
        failedHellosPerAddress: Int = 20, trustedAddresses: [String] = ["127.0.0.1", "::1"]
    ) {
        self.framesPerSecond = framesPerSecond
        self.burst = burst
        self.bytesPerSecond = bytesPerSecond
        self.messageBytes = messageBytes
        self.connectionsPerAddress = connectionsPerAddress
        self.sessionsPerAddress = sessionsPerAddress
        self.failedHellosPerAddress = failedHellosPerAddress
        self.trustedAddresses = trustedAddresses
    }
}

/// What happens to conversations in which nothing happens.
public struct IdleSettings: Hashable, Sendable {
    /// A conversation is closed when its customer has not come back so long after his grace; he
    /// holds one of the agent's slots meanwhile.
    public var closeGoneMilliseconds: Int64 = 600_000
    /// A customer who says nothing though the agent's word is the last is reminded after so long,
    /// and the conversation is closed. 1 s...1 day, the second longer than the first; nil: never.
    public var remindMilliseconds: Int64?
    public var closeMilliseconds: Int64?

    public init() {}
}

/// What may be sent as files, and how much of it.
public struct FileSettings: Hashable, Sendable {
    /// Bytes of one file; 0: none are taken. At most 1 GiB.
    public var maximumBytes = 10 << 20
    /// What contents are taken, out of `knownTypes`.
    public var types = knownTypes
    /// Files one session may have. 1...10,000.
    public var perSession = 50
    /// Bytes of all the site's files together.
    public var totalBytes = 20 << 30

    /// What a content can show itself to be.
    public static let knownTypes = [
        "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf",
        "application/zip", "text/plain",
    ]

    public init() {}
}

/// How long things are kept after they ended.
public struct RetentionSettings: Hashable, Sendable {
    /// Closed sessions, deleted whole.
    public var sessionMilliseconds: Int64
    public var journalMilliseconds: Int64

    public init(
        sessionMilliseconds: Int64 = 7_776_000_000, journalMilliseconds: Int64 = 2_592_000_000
    ) {
        self.sessionMilliseconds = sessionMilliseconds
        self.journalMilliseconds = journalMilliseconds
    }
}

extension SiteSettings {
    /// The identifiers of all agents, in their order.
    public var agentNames: [String] { agents.map(\.id.text) }
}
