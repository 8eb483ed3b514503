/// From a site file's settings to what the hub's machines act on.
import ChatModel
import ChatProtocol
import HubConfig
import HubCore
import Routing

extension SiteRules {
    init(_ settings: SiteSettings, version: Int, durability: NodeSettings.Durability) {
        self.init(
            site: settings.site, version: version, strategy: settings.strategy,
            groups: settings.groups.map {
                GroupRules(
                    id: $0.id, name: $0.name, maximumWaiting: $0.maximumWaiting,
                    reopenBelow: $0.reopenBelow)
            },
            agents: Dictionary(uniqueKeysWithValues: settings.agents.map { ($0.id, $0) }),
            selection: Selection(settings.selection),
            offerMilliseconds: settings.accept == .auto ? nil : settings.offerTimeoutMilliseconds,
            declinePauseMilliseconds: settings.declinePauseMilliseconds,
            graces: Graces(
                customerMilliseconds: settings.grace.customerMilliseconds,
                agentMilliseconds: settings.grace.agentMilliseconds),
            origins: settings.origins, limits: SiteLimits(settings.limits),
            durability: durability.rawValue, robot: settings.robot?.rules ?? RobotRules(),
            skipBad: settings.skipBad)
        retention = Retention(
            sessionMilliseconds: settings.retention.sessionMilliseconds,
            journalMilliseconds: settings.retention.journalMilliseconds)
        closeGoneMilliseconds = settings.idle.closeGoneMilliseconds
        idle = IdleLimits(
            remindMilliseconds: settings.idle.remindMilliseconds,
            closeMilliseconds: settings.idle.closeMilliseconds)
        reopenMilliseconds = settings.reopenMilliseconds
        files = FileRules(settings.files)
        board = BoardRules(
            withinMilliseconds: settings.board.withinMilliseconds,
            waiting: settings.board.waiting,
            longestWaitMilliseconds: settings.board.longestWaitMilliseconds,
            abandonedPercent: settings.board.abandonedPercent)
        service = settings.service
        wrapUpMilliseconds = settings.wrapUpMilliseconds
        rampMilliseconds = settings.rampMilliseconds
        inviteMilliseconds = settings.inviteTimeoutMilliseconds
    }
}

extension FileRules {
    /// Nil: no files are taken.
    init?(_ settings: FileSettings) {
        guard settings.maximumBytes > 0, !settings.types.isEmpty else { return nil }
        self.init(
            terms: FileTerms(maximumBytes: settings.maximumBytes, types: settings.types),
            limits: FileLimits(
                perSession: settings.perSession, totalBytes: settings.totalBytes))
    }
}

extension Selection {
    init(_ setting: SelectionSetting) {
        self =
            switch setting {
            case .leastLoaded: .leastLoaded
            case .longestIdle: .longestIdle
            case .roundRobin: .roundRobin
            case .proficiency: .proficiency
            }
    }
}

extension SiteLimits {
    init(_ settings: LimitSettings) {
        self.init(
            framesPerSecond: settings.framesPerSecond, frameBurst: settings.burst,
            bytesPerSecond: settings.bytesPerSecond, messageBytes: settings.messageBytes,
            connectionsPerAddress: settings.connectionsPerAddress,
            sessionsPerAddress: settings.sessionsPerAddress,
            failedHellosPerAddress: settings.failedHellosPerAddress,
            trustedAddresses: Set(settings.trustedAddresses))
    }
}
