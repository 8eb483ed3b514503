/// The reception machine against the table written out by hand, over every combination.
import ChatModel
import Testing

@testable import Routing

struct ReceptionTests {
    static let fullChoices: [Rule.WhenFull?] = [nil, .next, .robot, .leaveMessage]

    /// Every situation: mode, hours, what the rule says, and what the moment offers.
    static func everySituation(
        _ body: (Reception, _ robot: Bool, _ full: Bool, _ next: Bool) -> Void
    ) {
        for mode in ReceptionMode.allCases {
            for isOpen in [true, false] {
                for whenClosed in Rule.WhenClosed.allCases {
                    for whenFull in fullChoices {
                        let reception = Reception(
                            mode: mode, isOpen: isOpen, whenClosed: whenClosed, whenFull: whenFull)
                        for bits in 0..<8 {
                            body(reception, bits & 1 > 0, bits & 2 > 0, bits & 4 > 0)
                        }
                    }
                }
            }
        }
    }

    /// What DESIGN says, read as a person would, one fallback a line.
    static func expected(
        _ reception: Reception, _ hasRobot: Bool, _ isFull: Bool, _ hasRoomNext: Bool
    )
        -> ReceptionOutcome
    {
        let (mode, closed) = (reception.mode, !reception.isOpen)
        // Closed and a message wanted: nobody answers, whatever the mode.
        if closed, reception.whenClosed == .leaveMessage { return .ended(.leaveMessage(.closed)) }
        if mode == .robotOnly {
            return hasRobot ? .taken(.robot) : .ended(.leaveMessage(.noRobot))
        }
        if closed, reception.whenClosed == .robot {
            let showsRobot = hasRobot && mode != .humanOnly
            return showsRobot ? .taken(.robot) : .ended(.leaveMessage(.closed))
        }
        if mode == .robotFirst, hasRobot { return .taken(.robot) }
        guard isFull else { return .taken(.queue) }
        switch reception.whenFull {
        case .next: return hasRoomNext ? .taken(.nextQueue) : .ended(.leaveMessage(.full))
        case .leaveMessage: return .ended(.leaveMessage(.full))
        case .robot where hasRobot && mode == .humanFirst: return .taken(.robot)
        case .robot: return .ended(.leaveMessage(.full))
        case nil where hasRobot && mode == .humanFirst: return .taken(.robot)
        case nil: return .ended(.refuse(.full))
        }
    }

    @Test func everyStartIsTheTables() {
        var count = 0
        Self.everySituation { reception, robot, full, next in
            count += 1
            let outcome = reception.course.outcome(
                hasRobot: robot, isFull: full, hasRoomNext: next)
            #expect(
                outcome == Self.expected(reception, robot, full, next),
                "\(reception), robot \(robot), full \(full), room next \(next)")
        }
        #expect(count == 4 * 2 * 3 * 4 * 8)
    }

    @Test func humanOnlyNeverShowsARobot() {
        Self.everySituation { reception, _, _, _ in
            guard reception.mode == .humanOnly else { return }
            #expect(!reception.course.ways.contains(.robot))
            #expect(!reception.afterRobot(isLost: true).ways.contains(.robot))
        }
    }

    @Test func robotOnlyNeverQueues() {
        Self.everySituation { reception, _, _, _ in
            guard reception.mode == .robotOnly else { return }
            for course in [
                reception.course, reception.afterRobot(isLost: true),
                reception.afterRobot(isLost: false),
            ] {
                #expect(Set(course.ways).isSubset(of: [.robot]), "\(reception)")
            }
            #expect(!reception.mayHandOver)
        }
    }

    @Test func aLostRobotFallsToTheQueueWhereHumansAreToBeHad() {
        Self.everySituation { reception, robot, full, next in
            let course = reception.afterRobot(isLost: true)
            let outcome = course.outcome(hasRobot: robot, isFull: full, hasRoomNext: next)
            let shut = !reception.isOpen && reception.whenClosed != .queue
            if reception.mode == .robotOnly {
                #expect(outcome == (robot ? .taken(.robot) : .ended(.leaveMessage(.noRobot))))
            } else if shut {
                #expect(outcome == .ended(.leaveMessage(.closed)))
            } else if !full {
                #expect(outcome == .taken(.queue))
            } else if reception.whenFull == .next, next {
                #expect(outcome == .taken(.nextQueue))
            } else {
                #expect(outcome == .ended(.leaveMessage(.full)))
            }
        }
    }

    @Test func aHandoverThatCannotBeLeavesHimWithTheRobot() {
        Self.everySituation { reception, robot, full, next in
            let course = reception.afterRobot(isLost: false)
            let outcome = course.outcome(hasRobot: robot, isFull: full, hasRoomNext: next)
            switch outcome {
            case .taken(let way): #expect(way != .robot, "\(reception)")
            case .ended(.stay(let cause)):
                switch cause {
                case .noHuman: #expect(reception.mode == .robotOnly)
                case .closed: #expect(!reception.isOpen && reception.whenClosed != .queue)
                case .full: #expect(full)
                case .noRobot: Issue.record("a robot is there: \(reception)")
                }
            case .ended(let end): Issue.record("\(reception) ends with \(end)")
            }
        }
    }

    @Test func noWayIsTriedTwice() {
        Self.everySituation { reception, _, _, _ in
            #expect(Set(reception.course.ways).count == reception.course.ways.count)
        }
    }
}
