/// What the hub must know of a site: the part of a site file its machines act on. Made by
/// `HubServer` from `HubConfig`'s settings.
public import ChatModel
public import ChatProtocol
public import Routing

public struct SiteRules: Sendable {
    public var site: SiteID
    /// Rises with each version in force.
    public var version: Int
    public var strategy: Strategy
    public var groups: [GroupRules]
    public var agents: [PersonID: AgentProfile] {
        didSet { qualities = Self.qualities(of: agents) }
    }
    /// All that some agent has.
    private(set) var qualities: Set<String>
    public var selection: Selection
    /// Nil: agents are assigned without asking.
    public var offerMilliseconds: Int64?
    public var declinePauseMilliseconds: Int64
    /// An invitation that is not answered ends after so long.
    public var inviteMilliseconds: Int64 = 300_000
    public var graces: Graces
    /// Allowed origins; empty means only the hub's own.
    public var origins: [String]
    public var limits: SiteLimits
    public var retention = Retention()
    /// See `Placement.closeGoneMilliseconds`.
    public var closeGoneMilliseconds: Int64?
    /// How long after its end a customer may open a conversation again; 0: not at all.
    public var reopenMilliseconds: Int64 = 0
    /// See `Placement.idle`.
    public var idle: IdleLimits?
    public var board = BoardRules()
    /// Milliseconds since 1970 come with the hub's events; local times of the site are Routing's.
    public var durability: String
    public var robot: RobotRules
    /// Rules may say otherwise; nil: nobody is left out for his ratings.
    public var skipBad: SkipBad?
    /// Nil: none are taken.
    public var files: FileRules?
    /// What people are shown and asked.
    public var service = ServiceSettings()
    /// How long an agent may write up a talk that has ended; 0: not at all.
    public var wrapUpMilliseconds: Int64 = 0
    /// One slot more each time, for agents who come in slowly.
    public var rampMilliseconds: Int64 = 30_000
    /// As placements want it.
    public var wrapUp: Int64? { wrapUpMilliseconds > 0 ? wrapUpMilliseconds : nil }

    public init(
        site: SiteID, version: Int, strategy: Strategy, groups: [GroupRules],
        agents: [PersonID: AgentProfile], selection: Selection, offerMilliseconds: Int64?,
        declinePauseMilliseconds: Int64, graces: Graces, origins: [String], limits: SiteLimits,
        durability: String, robot: RobotRules = RobotRules(), skipBad: SkipBad? = nil
    ) {
        self.site = site
        self.version = version
        self.strategy = strategy
        self.groups = groups
        self.agents = agents
        qualities = Self.qualities(of: agents)
        self.selection = selection
        self.offerMilliseconds = offerMilliseconds
        self.declinePauseMilliseconds = declinePauseMilliseconds
        self.graces = graces
        self.origins = origins
        self.limits = limits
        self.durability = durability
        self.robot = robot
        self.skipBad = skipBad
    }
}

extension SiteRules {
    private static func qualities(of agents: [PersonID: AgentProfile]) -> Set<String> {
        Set(agents.values.flatMap(\.qualities.keys))
    }
}

/// What a site takes as files, and how many.
public struct FileRules: Hashable, Sendable {
    public var terms: FileTerms
    public var limits: FileLimits

    public init(terms: FileTerms, limits: FileLimits) {
        self.terms = terms
        self.limits = limits
    }
}

public struct GroupRules: Hashable, Sendable {
    public var id: GroupID
    public var name: String
    public var maximumWaiting: Int?
    public var reopenBelow: Int?

    public init(id: GroupID, name: String, maximumWaiting: Int?, reopenBelow: Int?) {
        self.id = id
        self.name = name
        self.maximumWaiting = maximumWaiting
        self.reopenBelow = reopenBelow
    }
}

/// Limits a site sets on its connections (DESIGN section 8).
public struct SiteLimits: Hashable, Sendable {
    public var framesPerSecond: Int
    public var frameBurst: Int
    /// Bytes of lines a connection may send a second on average, four times as many at once.
    public var bytesPerSecond: Int
    public var messageBytes: Int
    public var connectionsPerAddress: Int
    /// New sessions an address may start in a minute.
    public var sessionsPerAddress: Int
    /// Failed hellos an address may have in a minute.
    public var failedHellosPerAddress: Int
    /// Addresses the limits per address do not apply to.
    public var trustedAddresses: Set<String>
    /// Left messages that may wait.
    public var leave = LeaveLimits()

    public init(
        framesPerSecond: Int = 500, frameBurst: Int = 1000,
        bytesPerSecond: Int = 1_048_576, messageBytes: Int = 8192,
        connectionsPerAddress: Int = 200, sessionsPerAddress: Int = 30,
        failedHellosPerAddress: Int = 20, trustedAddresses: Set<String> = ["127.0.0.1", "::1"]
    ) {
        self.framesPerSecond = framesPerSecond
        self.frameBurst = frameBurst
        self.bytesPerSecond = bytesPerSecond
        self.messageBytes = messageBytes
        self.connectionsPerAddress = connectionsPerAddress
        self.sessionsPerAddress = sessionsPerAddress
        self.failedHellosPerAddress = failedHellosPerAddress
        self.trustedAddresses = trustedAddresses
    }
}
