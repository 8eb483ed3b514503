/// The reception machine: who takes a customer first, and what follows when that fails. Pure, and
/// without knowledge of the moment's robots and queues: it writes down the ways to try as data, and
/// the store takes the first that is free in the same step that makes the session.
///
/// The whole table (ways in order | otherwise):
///
///     mode         open                        closed: robot    leave-message  queue
///     robot-first  robot, then as human-first  robot            -              as open
///     human-first  queue, then as `if_full`    robot            -              as open
///     human-only   queue, then as `if_full`    -                -              as open
///     robot-only   robot                       robot            -              robot
///
///     if_full      ways after the queue        otherwise
///     next         next queue                  leave a message: full
///     robot        robot (not human-only)      leave a message: full
///     leave-message  -                         leave a message: full
///     not said     robot (not human-only)      refused: full
///
/// Closed ends in leaving a message (closed), robot-only in leaving one (no robot). HubCore asks at
/// `session.start`; whether a robot may ever hand over is decided there too and kept with the
/// session; the hour and the queue's length are looked at when it asks.
public import ChatModel

public struct Reception: Hashable, Sendable {
    public var mode: ReceptionMode
    /// Whether a group of the plan is within its hours; true where the plan has no group.
    public var isOpen: Bool
    public var whenClosed: Rule.WhenClosed
    /// Nil: the rule does not say.
    public var whenFull: Rule.WhenFull?

    public init(
        mode: ReceptionMode, isOpen: Bool, whenClosed: Rule.WhenClosed, whenFull: Rule.WhenFull?
    ) {
        self.mode = mode
        self.isOpen = isOpen
        self.whenClosed = whenClosed
        self.whenFull = whenFull
    }

    public init(_ decision: Decision) {
        self.init(
            mode: decision.mode, isOpen: decision.isOpen, whenClosed: decision.rule.whenClosed,
            whenFull: decision.rule.whenFull)
    }

    /// What is tried for a new session.
    public var course: ReceptionCourse {
        if !isOpen, whenClosed == .leaveMessage { return .leavingMessage(.closed) }
        switch mode {
        case .robotOnly:
            return ReceptionCourse([.robot], otherwise: .leaveMessage(.noRobot))
        case .humanOnly where isShut: return .leavingMessage(.closed)
        case .humanFirst where isShut, .robotFirst where isShut:
            return ReceptionCourse([.robot], otherwise: .leaveMessage(.closed))
        case .humanFirst, .humanOnly: return humanCourse
        case .robotFirst:
            let human = humanCourse
            return ReceptionCourse(
                [.robot] + human.ways.filter { $0 != .robot }, otherwise: human.otherwise)
        }
    }

    /// What is tried for a session that a robot has: `isLost` when the robot is gone, else when a
    /// handover is asked for. With nothing that takes it, the robot keeps it (`stay`) or, being
    /// gone, leaves a customer who may leave a message.
    public func afterRobot(isLost: Bool) -> ReceptionCourse {
        if mode == .robotOnly {
            return isLost
                ? ReceptionCourse([.robot], otherwise: .leaveMessage(.noRobot))
                : ReceptionCourse([], otherwise: .stay(.noHuman))
        }
        if isShut || (!isOpen && whenClosed == .leaveMessage) {
            return ReceptionCourse([], otherwise: isLost ? .leaveMessage(.closed) : .stay(.closed))
        }
        let ways = humanCourse.ways.filter { $0 != .robot }
        return ReceptionCourse(ways, otherwise: isLost ? .leaveMessage(.full) : .stay(.full))
    }

    /// Whether the words or the misses of a customer may bring him to a human at all.
    /// At an hour at which humans are there: the hour is looked at when it comes to it.
    public var mayHandOver: Bool {
        var open = self
        open.isOpen = true
        return !open.afterRobot(isLost: false).ways.isEmpty
    }

    /// Closed, and nobody is to wait for the opening.
    private var isShut: Bool { !isOpen && whenClosed != .queue }

    /// From the queue on: what follows when it is full.
    private var humanCourse: ReceptionCourse {
        let robot: [ReceptionWay] = mode == .humanOnly ? [] : [.robot]
        return switch whenFull {
        case .next: ReceptionCourse([.queue, .nextQueue], otherwise: .leaveMessage(.full))
        case .robot: ReceptionCourse([.queue] + robot, otherwise: .leaveMessage(.full))
        case .leaveMessage: ReceptionCourse([.queue], otherwise: .leaveMessage(.full))
        case nil: ReceptionCourse([.queue] + robot, otherwise: .refuse(.full))
        }
    }
}

/// What may take a customer.
public enum ReceptionWay: String, Hashable, Sendable, CaseIterable {
    /// A connected robot with a free place.
    case robot
    /// The queue of the plan's first group, unless it is full.
    case queue
    /// The queue of the plan's next group that is not full.
    case nextQueue = "next-queue"
}

/// Ways in the order in which they are tried, and what is done when none of them takes him.
public struct ReceptionCourse: Hashable, Sendable {
    public var ways: [ReceptionWay]
    public var otherwise: ReceptionEnd

    public init(_ ways: [ReceptionWay], otherwise: ReceptionEnd) {
        self.ways = ways
        self.otherwise = otherwise
    }

    static func leavingMessage(_ cause: ReceptionCause) -> ReceptionCourse {
        ReceptionCourse([], otherwise: .leaveMessage(cause))
    }

    /// What it comes to, given what the moment offers: the same choice the stores make.
    public func outcome(hasRobot: Bool, isFull: Bool, hasRoomNext: Bool) -> ReceptionOutcome {
        for way in ways {
            switch way {
            case .robot where hasRobot, .queue where !isFull, .nextQueue where hasRoomNext:
                return .taken(way)
            case .robot, .queue, .nextQueue: continue
            }
        }
        return .ended(otherwise)
    }
}

public enum ReceptionOutcome: Hashable, Sendable {
    case taken(ReceptionWay)
    case ended(ReceptionEnd)
}

/// What is done with a customer whom nobody takes.
public enum ReceptionEnd: Hashable, Sendable {
    /// He is told the cause and may leave a message.
    case leaveMessage(ReceptionCause)
    /// He is told the cause; the rule says nothing of messages.
    case refuse(ReceptionCause)
    /// He stays with the robot, and whoever asked for a human is told the cause.
    case stay(ReceptionCause)
}

public enum ReceptionCause: String, Hashable, Sendable, CaseIterable {
    case closed, full
    /// The robot is away and nobody else is meant to answer.
    case noRobot = "no_robot"
    /// Robot-only: no human answers here.
    case noHuman = "no_human"
}
