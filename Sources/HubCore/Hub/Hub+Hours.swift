/// Starts that meet closed doors: out of hours, or full. What the rule says of it is decided here;
/// whether a queue is full is the store's to know, so a plan is tried group by group.
import ChatModel
import ChatProtocol
import Routing

/// What routing makes of a start.
enum Placed {
    case session(StartSession)
    case turnedAway(TurnedAway)
    /// The rule names no group.
    case nowhere
}

/// Why a customer is let into no queue.
enum TurnedAway: Hashable {
    /// `opensAt`: milliseconds since 1970; nil when no opening is known.
    case closed(opensAt: Int64?)
    case full
    /// Only a robot answers there, and none is to be had.
    case noRobot
}

extension Hub {
    enum Admission {
        /// What of the plan may be used. `closed`: its groups that are out of hours; the first
        /// other one is home.
        case plan(Plan, closed: Set<GroupID> = [])
        case turnedAway(TurnedAway)
    }

    /// Whether he is let in, is decided here once: who waits goes on waiting when a group closes,
    /// and is matched when it opens again.
    func admit(_ decision: Decision, _ starting: Starting, _ site: LocalSite) -> Admission {
        // The open session he seems to have is answered whatever the hour.
        if starting.isForOpenSession { return .plan(decision.plan) }
        let (strategy, reception) = (site.rules.strategy, Reception(decision))
        starting.otherwise = .noRobot
        if decision.mode == .robotOnly, decision.isOpen { return .plan(decision.plan) }
        let closed = strategy.closedGroups(of: decision.plan, at: now.wallMilliseconds)
        if !decision.isOpen, decision.rule.whenClosed != .queue {
            let opensAt = strategy.nextOpening(of: decision.plan, from: now.wallMilliseconds)
            let closed = TurnedAway.closed(opensAt: opensAt)
            guard reception.course.ways.contains(.robot) else { return .turnedAway(closed) }
            // `robot` without a robot: he may leave a message.
            starting.otherwise = closed
            return .plan(decision.plan)
        }
        guard let plan = decision.plan.leavingOut(starting.fullGroups),
            let home = decision.isOpen ? plan.home(besides: closed) : plan.home
        else { return decision.plan.home == nil ? .plan(decision.plan) : .turnedAway(.full) }
        starting.home = home
        starting.goesToNext = decision.rule.whenFull == .next
        return .plan(plan, closed: closed)
    }

    /// Who may take him; the door of an open session is not a robot's to keep.
    func ways(_ reception: Reception, _ starting: Starting) -> [ReceptionWay] {
        let ways = reception.course.ways
        // Who talked with a person is not led back to a robot while people are there.
        if starting.reopens?.agent != nil, reception.isOpen, ways.contains(.queue) {
            return [.queue] + ways.filter { $0 != .queue }
        }
        return starting.isForOpenSession || ways.isEmpty ? [.queue] : ways
    }

    /// No robot took him, and there was nobody else to ask.
    func robotWasAway(_ starting: Starting, at site: LocalSite) {
        turnAway(starting, starting.otherwise, at: site)
    }

    /// The home queue is full: the next group of the plan becomes home, if the rule says so.
    func homeWasFull(_ starting: Starting, at site: LocalSite) {
        guard starting.goesToNext, let home = starting.home else {
            return turnAway(starting, .full, at: site)
        }
        starting.fullGroups.insert(home)
        switch place(starting, at: site) {
        case .session(let start): submit(.start(start), at: site, .start(starting))
        case .turnedAway(let why): turnAway(starting, why, at: site)
        case .nowhere: startFailed(starting, .refused(.queueFull))
        }
    }

    /// Whoever has an open session gets that one, also when nobody else is let in.
    func lookForOpenSession(_ starting: Starting, _ why: TurnedAway, at site: LocalSite) {
        guard let person = starting.request.connection.person else { return }
        submit(.sessions(person.participant), at: site, .turnAway(starting, why))
    }

    func openSessionsRead(
        _ starting: Starting, _ why: TurnedAway, _ records: [SessionRecord], at site: LocalSite
    ) {
        guard records.contains(where: { !$0.state.isOver }), starting.request.connection.isReady
        else {
            return turnAway(starting, why, at: site)
        }
        starting.isForOpenSession = true
        guard case .session(let start) = place(starting, at: site) else {
            return turnAway(starting, why, at: site)
        }
        submit(.start(start), at: site, .start(starting))
    }

    private func turnAway(_ starting: Starting, _ why: TurnedAway, at site: LocalSite) {
        let request = starting.request
        request.connection.starting -= 1
        tell(why, to: request)
        enrollMissing(request.connection)
        readMissingPlaces(request.connection)
    }

    /// What he asked for was right: it does not count against the connection.
    private func tell(_ why: TurnedAway, to request: Request) {
        let code: ErrorCode
        var opening: Int64?
        switch why {
        case .closed(let opensAt): (code, opening) = (.closed, opensAt)
        case .full: code = .queueFull
        case .noRobot: code = .noRobot
        }
        effects.append(.report(.refused(code)))
        answer(
            request,
            ServerFrame.turnedAway(
                id: request.id, code: code,
                message: Self.words(why),
                opensAt: opening, choices: [.message]))
    }

    private static func words(_ why: TurnedAway) -> String {
        switch why {
        case .closed: "nobody is there at this hour"
        case .full: "the queue is full at the moment"
        case .noRobot: "the robot is away for a moment"
        }
    }

    /// When somebody is there for a waiting customer, milliseconds since 1970; nil while a group of
    /// his plan is within its hours.
    func opensAt(_ record: SessionRecord, at site: LocalSite) -> Int64? {
        guard record.state == .queued || record.state == .offered else { return nil }
        return site.nextOpening(of: record.planGroups, from: now.wallMilliseconds)
    }

    /// Whoever waits for a group that has just opened or closed is told.
    func noteShutGroups(_ site: LocalSite) {
        let shut = Set(
            site.rules.strategy.groupHours.keys.filter {
                !site.rules.strategy.isOpen($0, at: now.wallMilliseconds)
            })
        let changed = shut.symmetricDifference(site.shutGroups)
        guard !changed.isEmpty else { return }
        site.shutGroups = shut
        for session in site.sortedSessions where session.record?.state == .queued {
            guard session.record?.planGroups.contains(where: changed.contains) == true else {
                continue
            }
            for member in session.members
            where member.enrollment == nil && member.connection.isReady
                && member.connection.person?.key.isAgent == false
            {
                sendPosition(session, to: member.connection)
            }
        }
    }
}
