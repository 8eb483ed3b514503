/// Messages customers left, as the Store port speaks of them: leaving one, taking one as work, and
/// what a waiting customer chose instead of waiting.
public import ChatModel

/// How many messages may wait to be taken.
public struct LeaveLimits: Hashable, Sendable {
    /// Of one customer. 1...100.
    public var perCustomer: Int
    /// Of one group. 1...100,000.
    public var perGroup: Int

    public init(perCustomer: Int = 5, perGroup: Int = 5_000) {
        self.perCustomer = perCustomer
        self.perGroup = perGroup
    }
}

public struct LeaveMessage: Hashable, Sendable {
    /// Used if it is new; the first one left under the text's key wins over it.
    public var message: LeftMessageID
    /// The version of the site that the rest was decided by.
    public var siteVersion: Int
    /// Whose agents it is work for.
    public var group: GroupID
    public var level: Level
    public var levelSource: LevelSource
    /// What the level is credited with, as in `Placement`: it orders the work.
    public var headStartMilliseconds: Int64
    public var topic: String?
    /// As in `StartSession`.
    public var profile: [UInt8]
    public var explanation: [UInt8]
    /// Becomes number 1 of the session it is taken as. Its sender is the customer; the same key
    /// gives the first result, the same key with another body is a conflict.
    public var text: NewMessage
    public var limits: LeaveLimits

    public init(
        message: LeftMessageID, siteVersion: Int, group: GroupID, level: Level,
        levelSource: LevelSource, headStartMilliseconds: Int64, topic: String?,
        profile: [UInt8], explanation: [UInt8], text: NewMessage, limits: LeaveLimits
    ) {
        self.message = message
        self.siteVersion = siteVersion
        self.group = group
        self.level = level
        self.levelSource = levelSource
        self.headStartMilliseconds = headStartMilliseconds
        self.topic = topic
        self.profile = profile
        self.explanation = explanation
        self.text = text
        self.limits = limits
    }
}

public struct TakeMessage: Hashable, Sendable {
    public var message: LeftMessageID
    public var agent: PersonID
    /// The session to make of it.
    public var session: SessionID
    /// As in `Placement`, for when it should come back to a queue.
    public var offerMilliseconds: Int64?
    /// As in `Placement`.
    public var wrapUpMilliseconds: Int64?
    /// As in `Placement`.
    public var idle: IdleLimits?

    public init(
        message: LeftMessageID, agent: PersonID, session: SessionID, offerMilliseconds: Int64?,
        wrapUpMilliseconds: Int64? = nil
    ) {
        self.message = message
        self.agent = agent
        self.session = session
        self.offerMilliseconds = offerMilliseconds
        self.wrapUpMilliseconds = wrapUpMilliseconds
    }
}

/// What a customer wants whose wait limit has passed.
public struct WaitChoice: Hashable, Sendable {
    public enum Wish: Hashable, Sendable {
        /// Goes on waiting with his place; asked again after another limit.
        case wait
        /// What he wrote, and `text` if there is one, is left as a message; the session is closed.
        case message(LeftMessageID, text: NewMessage?, LeaveLimits)
        /// A robot gets him, the one that helps him already or the one with the fewest. His ticket
        /// goes, as everybody's who stops waiting; his arrival stays: asking for a human brings him
        /// back to where he would be, hidden, with the steps that had opened.
        case robot
    }
    public var session: SessionID
    public var customer: PersonID
    public var wish: Wish

    public init(session: SessionID, customer: PersonID, wish: Wish) {
        self.session = session
        self.customer = customer
        self.wish = wish
    }
}

/// The left messages a group has to answer.
public struct LeftSummary: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var message: LeftMessageID
        public var level: Level
        public var topic: String?
        /// Milliseconds since it was left.
        public var waited: Int64

        public init(message: LeftMessageID, level: Level, topic: String?, waited: Int64) {
            self.message = message
            self.level = level
            self.topic = topic
            self.waited = waited
        }
    }

    public var count: Int
    /// Since the oldest was left; 0 without one.
    public var oldestMilliseconds: Int64
    /// The first ones in true order, at most `headBound`.
    public var head: [Entry]

    public static let headBound = 20

    public init(count: Int = 0, oldestMilliseconds: Int64 = 0, head: [Entry] = []) {
        self.count = count
        self.oldestMilliseconds = oldestMilliseconds
        self.head = head
    }
}
