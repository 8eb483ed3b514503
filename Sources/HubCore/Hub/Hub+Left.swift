/// Messages that customers leave when nobody can answer them, and what a customer chooses who has
/// waited too long. For agents they are work beside the queue.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    func leaveMessage(_ leave: MessageLeave, _ request: Request, _ site: LocalSite) {
        let connection = request.connection
        guard leave.text.utf8.count <= site.rules.limits.messageBytes else {
            return refuse(request, .textTooLong, "the text is too long")
        }
        if let wait = sessionsTooMany(connection, site) {
            return refuse(
                request.id, .rateLimited, "too many messages from this address", to: connection,
                retryAfter: wait)
        }
        readCustomer(for: leave, request, at: site)
    }

    /// Routed as a session would be; the plan's first group has the work.
    func leaveMessage(
        _ leave: MessageLeave, by customer: CustomerRecord, _ request: Request, _ site: LocalSite
    ) {
        let connection = request.connection
        guard connection.isReady, let who = connection.participant else { return }
        let start = SessionStart(
            key: leave.key, topic: leave.topic, attributes: leave.attributes, text: leave.text)
        let facts = facts(start, connection, customer)
        let decision = site.rules.strategy.decide(facts, at: now.wallMilliseconds)
        // A rule without a group is the robot's: its messages go to the site's first group.
        guard let group = decision.plan.home ?? site.rules.groups.first?.id else {
            return refuse(request, .internalError, "no group takes this message")
        }
        let message = LeaveMessage(
            message: LeftMessageID(high: random.next(), low: random.next()),
            siteVersion: site.rules.version, group: group, level: decision.level,
            levelSource: decision.levelSource,
            headStartMilliseconds: decision.headStartMilliseconds, topic: leave.topic,
            profile: profile(
                facts, connection, customer, name: leave.name, contact: leave.contact),
            explanation: explanation(decision, version: site.rules.version),
            text: newText(leave.text, key: leave.key, from: who, connection, site),
            limits: site.rules.limits.leave)
        submit(.leaveMessage(message), at: site, .leave(request))
    }

    private func newText(
        _ text: String, key: String, from who: Participant, _ connection: Connection,
        _ site: LocalSite
    ) -> NewMessage {
        NewMessage(
            sender: who, key: key,
            body: ServerFrame.messageBody(from: who, name: connection.name, text: text),
            origin: ConnectionReference(
                incarnation: site.lease?.incarnation ?? 0, connection: connection.number))
    }

    // MARK: Agents

    func takeMessage(_ message: LeftMessageID, _ request: Request, _ site: LocalSite) {
        guard let person = request.connection.person else { return }
        let session = SessionID(high: random.next(), low: random.next())
        request.connection.expected.append(session)
        var take = TakeMessage(
            message: message, agent: person.key.id, session: session,
            offerMilliseconds: site.rules.offerMilliseconds, wrapUpMilliseconds: site.rules.wrapUp)
        take.idle = site.rules.idle
        submit(.takeMessage(take), at: site, .take(request, session))
    }

    /// Left messages are work while the group is within its hours; nil otherwise.
    func leftWork(_ queue: QueueSnapshot, _ watch: GroupWatch, _ site: LocalSite) -> LeftWork? {
        watch.wasOpen = site.rules.strategy.isOpen(queue.group, at: now.wallMilliseconds)
        guard watch.wasOpen else { return nil }
        return LeftWork(
            count: queue.left.count,
            oldestSeconds: Int(queue.left.oldestMilliseconds / 1000),
            head: queue.left.head.map {
                LeftWork.Entry(
                    message: $0.message, level: $0.level, topic: $0.topic,
                    since: now.wallMilliseconds - $0.waited)
            })
    }

    /// A watched group that opened or closed since it was told is told again.
    func noteOpenings(_ site: LocalSite) {
        for watch in site.groupWatches.values
        where watch.wasOpen
            != site.rules.strategy.isOpen(watch.group, at: now.wallMilliseconds)
        {
            watch.isDirty = true
        }
    }

    // MARK: The wait limit

    func choose(_ choice: QueueChoose, _ request: Request, _ site: LocalSite) {
        let connection = request.connection
        guard let who = connection.participant else { return }
        let wish: WaitChoice.Wish
        switch choice.choice {
        case .wait: wish = .wait
        case .message:
            if let text = choice.text, text.utf8.count > site.rules.limits.messageBytes {
                return refuse(request, .textTooLong, "the text is too long")
            }
            let text = choice.text.map {
                newText($0, key: "choice", from: who, connection, site)
            }
            wish = .message(
                LeftMessageID(high: random.next(), low: random.next()), text: text,
                site.rules.limits.leave)
        case .robot: wish = .robot
        }
        submit(
            .choose(WaitChoice(session: choice.session, customer: who.id, wish: wish)), at: site,
            .choose(request))
    }

    /// To each connection of the customer once, until he has chosen or somebody has taken him.
    func showChoice(_ session: LocalSession) {
        guard let record = session.record else { return }
        let isDue = record.isChoiceDue && record.state.isOpen
        for index in session.members.indices {
            let member = session.members[index]
            guard isDue else {
                session.members[index].isAsked = false
                continue
            }
            guard !member.isAsked, member.enrollment == nil, member.connection.isReady,
                member.connection.person?.key.isAgent == false
            else { continue }
            session.members[index].isAsked = true
            let robot: [CustomerChoice] = record.mayChooseRobot ? [.robot] : []
            send(
                ServerFrame.queueChoice(session: session.id, choices: [.wait, .message] + robot),
                to: member.connection)
        }
    }
}
