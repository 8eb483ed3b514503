/// One rule of a strategy: its conditions, and what is to happen when they hold.
public import ChatModel

public struct Rule: Hashable, Sendable {
    public enum WhenClosed: String, Hashable, Sendable, CaseIterable {
        case robot
        case leaveMessage = "leave-message"
        case queue
    }

    public enum WhenFull: String, Hashable, Sendable, CaseIterable {
        /// The next group of the plan.
        case next
        case robot
        case leaveMessage = "leave-message"
    }

    /// Unique in its strategy.
    public var name: String
    /// All must hold. Empty: the rule takes everybody.
    public var conditions: [Condition]
    public var mode: ReceptionMode
    public var plan: Plan
    public var whenClosed: WhenClosed
    /// Nil: nobody said; a session that finds its home full is refused.
    public var whenFull: WhenFull?
    /// Milliseconds after which a waiting customer is given a choice; nil: never.
    public var waitLimitMilliseconds: Int64?
    /// Overrides the site's; nil: as the site.
    public var skipBad: SkipBad?

    public init(
        name: String, conditions: [Condition] = [], mode: ReceptionMode = .humanFirst,
        plan: Plan, whenClosed: WhenClosed? = nil, whenFull: WhenFull? = nil,
        waitLimitMilliseconds: Int64? = nil, skipBad: SkipBad? = nil
    ) {
        self.name = name
        self.conditions = conditions
        self.mode = mode
        self.plan = plan
        self.whenClosed = whenClosed ?? Self.whenClosed(in: mode)
        self.whenFull = whenFull
        self.waitLimitMilliseconds = waitLimitMilliseconds
        self.skipBad = skipBad
    }

    /// What holds where a rule does not say `if_closed`.
    public static func whenClosed(in mode: ReceptionMode) -> WhenClosed {
        mode == .humanOnly ? .leaveMessage : .robot
    }
}

/// Leaving out agents whom this customer rated badly.
public struct SkipBad: Hashable, Sendable {
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// Only after a while (20 s) rather than never.
        case soft
        case hard
    }

    /// 1...5: this score and worse ones are bad.
    public var atOrBelow: Int
    /// How long a rating counts.
    public var milliseconds: Int64
    public var mode: Mode

    public init(atOrBelow: Int = 2, milliseconds: Int64 = 2_592_000_000, mode: Mode = .soft) {
        self.atOrBelow = atOrBelow
        self.milliseconds = milliseconds
        self.mode = mode
    }
}
