/// What a session needs in order to wait: the outcome of Routing, written down as data. Made by
/// `Hub+Placing`, carried out by the stores.
public import ChatModel

public struct Placement: Hashable, Sendable {
    /// Who may take a session. Targets add up: one that has opened stays open.
    public enum Target: Hashable, Sendable {
        /// Anyone of the group who meets the requirement; nil asks nothing.
        case group(GroupID, Requirement?)
        case agent(PersonID)

        public var group: GroupID? {
            if case .group(let group, _) = self { group } else { nil }
        }
    }

    /// One step of the plan.
    public struct Opening: Hashable, Sendable {
        public var target: Target
        /// Milliseconds from this opening until the next one joins it. Nil: it is the last.
        public var durationMilliseconds: Int64?
        /// The next one opens at once when nobody of this target is online and connected as it
        /// opens, or when the last one leaves while it is the newest that is open.
        public var skipsWhenOffline: Bool

        public init(
            target: Target, durationMilliseconds: Int64? = nil, skipsWhenOffline: Bool = true
        ) {
            self.target = target
            self.durationMilliseconds = durationMilliseconds
            self.skipsWhenOffline = skipsWhenOffline
        }
    }

    /// An agent who is passed over for this session.
    public struct Exclusion: Hashable, Sendable {
        public var agent: PersonID
        /// From the start; nil: for the whole session.
        public var forMilliseconds: Int64?

        public init(agent: PersonID, forMilliseconds: Int64?) {
            self.agent = agent
            self.forMilliseconds = forMilliseconds
        }
    }

    public var level: Level
    public var levelSource: LevelSource
    /// What the level is credited with. True order is arrival minus this. With `strict` a number
    /// so large that every level lies before all lower ones.
    public var headStartMilliseconds: Int64
    /// Gives the class and the ticket, from the first moment, whoever may take the session first.
    public var home: GroupID
    /// The first one opens at once. 1...20; every one but the last has a duration.
    public var openings: [Opening]
    /// At most one for each agent.
    public var exclusions: [Exclusion]
    /// Nil: the agent is assigned without asking.
    public var offerMilliseconds: Int64?
    /// The home queue is closed at so many waiting, and opens again below `reopenBelow`. Nil: no
    /// limit.
    public var maximumWaiting: Int?
    public var reopenBelow: Int?
    /// The customer is asked what he wants when he has waited so long. Nil: never.
    public var waitLimitMilliseconds: Int64?
    /// A conversation is closed so long after its customer has gone for good. Nil: never by itself.
    public var closeGoneMilliseconds: Int64?
    /// What happens when its customer is silent though it is for him to answer. Nil: nothing.
    public var idle: IdleLimits?
    /// How long its agent may write the talk up; meanwhile it holds his slot. Nil: not at all.
    public var wrapUpMilliseconds: Int64?

    public init(
        level: Level, levelSource: LevelSource, headStartMilliseconds: Int64, home: GroupID,
        openings: [Opening], exclusions: [Exclusion] = [], offerMilliseconds: Int64?,
        maximumWaiting: Int? = nil, reopenBelow: Int? = nil, waitLimitMilliseconds: Int64? = nil
    ) {
        precondition(!openings.isEmpty, "a placement needs a target")
        precondition(
            openings.dropLast().allSatisfy { $0.durationMilliseconds != nil },
            "only the last opening is without end")
        self.level = level
        self.levelSource = levelSource
        self.headStartMilliseconds = headStartMilliseconds
        self.home = home
        self.openings = openings
        self.exclusions = exclusions
        self.offerMilliseconds = offerMilliseconds
        self.maximumWaiting = maximumWaiting
        self.reopenBelow = reopenBelow
        self.waitLimitMilliseconds = waitLimitMilliseconds
    }
}

/// What happens to a conversation whose last word is the agent's. Counted from that word.
public struct IdleLimits: Hashable, Sendable {
    /// The customer is reminded by a line of the hub's, once. Nil: never.
    public var remindMilliseconds: Int64?
    /// It is closed; later than he is reminded. Nil: never.
    public var closeMilliseconds: Int64?

    /// Nil when there is neither.
    public init?(remindMilliseconds: Int64?, closeMilliseconds: Int64?) {
        if remindMilliseconds == nil, closeMilliseconds == nil { return nil }
        self.remindMilliseconds = remindMilliseconds
        self.closeMilliseconds = closeMilliseconds
    }

    /// When a conversation is looked at first. One of the two is there.
    var first: Int64 { remindMilliseconds ?? closeMilliseconds ?? 0 }
}

extension Sequence<Placement.Target> {
    /// Each group once, in order.
    var groups: [GroupID] {
        compactMap(\.group).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
