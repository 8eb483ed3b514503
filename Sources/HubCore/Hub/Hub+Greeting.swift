/// From `hello` to its answer: site, origin, limits, identity, the person's open sessions.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    func greet(_ hello: Hello, id: Int64, from connection: Connection) {
        guard !isDraining else {
            refuse(id, .draining, "this node is stopping; connect again", to: connection)
            return close(connection, .drain)
        }
        guard let site = sites[hello.site] else {
            return reject(connection, id, .unknownSite, "no such site", .refused)
        }
        guard hello.role != .admin else {
            return reject(connection, id, .forbidden, "admins use the HTTP API", .refused)
        }
        guard isWelcome(connection.peer, at: site.rules) else {
            effects.append(
                .report(.originRefused(site.id, origin: connection.peer?.origin ?? "")))
            return reject(
                connection, id, .originRefused, "this origin may not use the site", .refused)
        }
        guard isWithinLimits(connection, id, at: site) else { return }
        connection.phase = .authenticating
        connection.generation &+= 1
        let levelToken = levelToken(in: hello, at: site.rules)
        connection.joining = Joining(
            request: id, hello: hello, site: site, hasLevelToken: levelToken != nil)
        effects.append(
            .authenticate(
                connection.number, generation: connection.generation,
                Credential(
                    site: site.id, role: hello.role, token: hello.token, secret: hello.secret,
                    levelToken: levelToken)))
    }

    /// A `hello` that will not be better a second time.
    private func reject(
        _ connection: Connection, _ id: Int64, _ code: ErrorCode, _ message: String,
        _ closeCode: CloseCode
    ) {
        refuse(id, code, message, to: connection)
        countFailedHello(connection)
        close(connection, closeCode)
    }

    /// Something that is no browser sends no origin: its token protects it. Without a list only
    /// the hub's own origin is good; that one always is.
    private func isWelcome(_ peer: Peer?, at rules: SiteRules) -> Bool {
        guard let origin = peer?.origin else { return true }
        return origin == peer?.ownOrigin || rules.origins.contains(origin)
    }

    private func isWithinLimits(_ connection: Connection, _ id: Int64, at site: LocalSite) -> Bool {
        let limits = site.rules.limits
        guard !limits.trustedAddresses.contains(connection.address),
            let address = addresses[connection.address]
        else { return true }
        if address.connections > limits.connectionsPerAddress {
            refuse(id, .rateLimited, "too many connections from this address", to: connection)
            close(connection, .overloaded)
            return false
        }
        // Only failures cost: one token must be there, and it is taken when this one fails.
        let wait = addresses[connection.address]?.failedHellos.wait(
            burst: limits.failedHellosPerAddress, perMinute: limits.failedHellosPerAddress,
            now: now.monotonicMilliseconds)
        guard let wait else { return true }
        refuse(
            id, .rateLimited, "too many failed hellos from this address", to: connection,
            retryAfter: wait)
        close(connection, .overloaded)
        return false
    }

    private func countFailedHello(_ connection: Connection) {
        let limits = (connection.joining?.site.rules.limits) ?? SiteLimits()
        guard !limits.trustedAddresses.contains(connection.address) else { return }
        _ = addresses[connection.address]?.failedHellos.take(
            burst: limits.failedHellosPerAddress, perMinute: limits.failedHellosPerAddress,
            now: now.monotonicMilliseconds)
    }

    private func levelToken(in hello: Hello, at rules: SiteRules) -> String? {
        let vip = rules.strategy.vip
        guard hello.role == .customer, vip.source != .attribute, vip.parameter.trust == .signed
        else { return nil }
        return vip.parameterText(
            in: Facts(parameters: hello.page?.parameters ?? [:], url: hello.page?.url))
    }

    // MARK: Identity

    func authenticated(
        _ number: ConnectionNumber, generation: UInt32, _ result: Authentication
    ) {
        guard let connection = connections[number], connection.phase == .authenticating,
            connection.generation == generation, let joining = connection.joining
        else { return }
        switch result {
        case .refused(let code, let message):
            if code.isRetryable { return greetingFailed(connection, joining, code, message) }
            reject(
                connection, joining.request, code, message,
                code == .tokenExpired ? .tokenExpired : .refused)
        case .granted(let who, let name, let secret, let expiresAt, let trusted, let level):
            joining.secret = secret
            settleIdentity(connection, joining, who, name)
            if who.role == .customer {
                connection.visit = Visit(
                    hello: joining.hello, trusted: trusted, parameterLevel: level,
                    hasLevelToken: joining.hasLevelToken)
            }
            if let expiresAt {
                effects.append(
                    .arm(
                        .tokenExpiry(number),
                        afterMilliseconds: max(0, expiresAt - now.wallMilliseconds)))
            }
            findSessions(connection, joining, isNew: secret != nil)
        }
    }

    private func settleIdentity(
        _ connection: Connection, _ joining: Joining, _ who: Participant, _ name: String?
    ) {
        let site = joining.site
        let key = PersonKey(who)
        let person = site.people[key] ?? LocalPerson(key)
        site.people[key] = person
        person.connections.append(connection)
        connection.phase = .joining
        connection.site = site
        connection.person = person
        connection.role = who.role
        connection.name =
            key.isBot
            ? name ?? site.rules.robot.name
            : name ?? site.rules.agents[who.id].flatMap { key.isAgent ? $0.name : nil }
        connection.errors = 0
        effects.append(.disarm(.greeting(connection.number)))
    }

    /// A visitor who was made a moment ago has no sessions: nobody is asked.
    private func findSessions(_ connection: Connection, _ joining: Joining, isNew: Bool) {
        guard let person = connection.person else { return }
        if person.key.isBot, let capacity = joining.hello.capacity {
            person.botCapacity = capacity
        }
        if person.key.isAgent {
            person.wantsAttachment = true
            person.stepsInFlight += 1
            submit(
                .attach(attachment(of: person, at: joining.site)), at: joining.site,
                .attachAgent(joining, connection))
        } else if isNew {
            finishGreeting(connection, joining)
        } else {
            submit(
                .sessions(person.participant), at: joining.site,
                .findSessions(joining, connection))
        }
    }

    // MARK: Sessions

    /// The person's open sessions are known: their messages are fetched next.
    func foundSessions(
        _ connection: Connection, _ joining: Joining, _ records: [SessionRecord]
    ) {
        guard connection.joining === joining, let person = connection.person else { return }
        if records.contains(where: joining.site.passedOver.isNewer) {
            return submit(
                .sessions(person.participant), at: joining.site,
                .findSessions(joining, connection))
        }
        note(records, of: person, at: joining.site)
        let isAgent = person.key.isAgent
        let openOnes = records.filter { isAgent ? $0.state.isOpen : !$0.state.isOver }
        if !person.key.isAgent, !openOnes.isEmpty { attach(person, at: joining.site) }
        joining.outstanding = 1
        var resume = Array(joining.hello.resume.prefix(20))
        // What was closed while he was away is told like an end he asked for.
        for record in records where isAgent ? !record.state.isOpen : record.state.isOver {
            guard !resume.contains(where: { $0.session == record.id }) else { continue }
            resume.append(ResumePoint(session: record.id, after: 0, epoch: nil))
        }
        for record in openOnes {
            let point = resume.first { $0.session == record.id }
            include(record, point, connection, joining)
        }
        let open = Set(openOnes.map(\.id))
        for point in resume where !open.contains(point.session) {
            joining.snapshots.append(nil)
            joining.outstanding += 1
            submit(
                .history(
                    HistoryQuery(
                        session: point.session, direction: .after(point.after), limit: 200)),
                at: joining.site,
                .endedSession(joining, connection, slot: joining.snapshots.count - 1, point))
        }
        joined(connection, joining)
    }

    private func include(
        _ record: SessionRecord, _ point: ResumePoint?, _ connection: Connection,
        _ joining: Joining
    ) {
        joining.snapshots.append(nil)
        let slot = joining.snapshots.count - 1
        if let person = connection.person,
            isAsked(person, in: record) || isInvited(person, to: record),
            !record.hasJoined(person.key.id)
        {
            // He is only asked yet: nothing of the conversation comes to him by itself.
            joining.snapshots[slot] = SessionSnapshot(
                record: joining.site.named(record), recovered: false)
            return
        }
        joining.outstanding += 1
        enroll(
            connection, in: localSession(record.id, at: joining.site),
            mode: .hello(joining, slot: slot), resume: point.map(ResumePosition.init))
    }

    /// One thing the answer waited for is there.
    func joined(_ connection: Connection, _ joining: Joining) {
        joining.outstanding -= 1
        guard joining.outstanding == 0, connection.joining === joining else { return }
        finishGreeting(connection, joining)
    }

    /// The client named a session that is not open any more: he gets its end.
    func foundEndedSession(
        _ connection: Connection, _ joining: Joining, slot: Int, _ point: ResumePoint,
        _ page: HistoryPage
    ) {
        guard connection.joining === joining, let person = connection.person else { return }
        let isOver = person.key.isAgent ? page.session.state == .closed : page.session.state.isOver
        if isOver, isParticipant(person, of: page.session) {
            let fit = ResumePosition(point).judge(page)
            if case .asAsked = fit {
                joining.snapshots[slot] = snapshot(of: page, fit, joining.site)
            }
        }
        joined(connection, joining)
    }

    func snapshot(of page: HistoryPage, _ fit: ResumePosition.Fit, _ site: LocalSite)
        -> SessionSnapshot
    {
        let (recovered, after): (Bool, Int) =
            switch fit {
            case .asAsked(let seq): (true, seq)
            case .from(let seq): (false, seq)
            }
        return SessionSnapshot(
            record: site.named(page.record), agentName: site.name(of: page.session.agent),
            recovered: recovered, after: after, messages: page.messages, more: page.more,
            opensAt: opensAt(page.session, at: site))
    }

    // MARK: The answer

    /// The store could not be asked: the client may say `hello` again on this connection.
    func greetingFailed(
        _ connection: Connection, _ joining: Joining, _ code: ErrorCode, _ message: String
    ) {
        guard connection.joining === joining else { return }
        let waiting = connection.waiting
        leaveSite(connection)
        connection.site = nil
        connection.phase = .unauthenticated
        effects.append(
            .arm(.greeting(connection.number), afterMilliseconds: timing.greeting))
        refuse(joining.request, code, message, to: connection, retryAfter: 1000)
        for line in waiting { refuse(line.id, .unavailable, message, to: connection) }
    }

    func finishGreeting(_ connection: Connection, _ joining: Joining) {
        guard let person = connection.person else { return }
        let site = joining.site
        connection.phase = .ready
        connection.joining = nil
        connection.peer = nil
        connection.falseStarts = 0
        send(
            ServerFrame.helloOK(id: joining.request, greeting(connection, joining, person)),
            to: connection)
        effects.append(.report(.greeted(site.id, connection.role)))
        beginHeartbeat(connection)
        for case let told? in joining.snapshots where wasServed(told.record) {
            askHowItWas(told.record.id, connection)
        }
        for enrollment in joining.enrollments { release(enrollment) }
        joining.enrollments = []
        // What came to be while the answer was under way.
        enrollMissing(connection)
        for id in person.sessions.sorted() {
            guard let session = site.sessions[id], let record = session.record else { continue }
            if isAsked(person, in: record) { sendOffer(record, to: connection) }
            if isInvited(person, to: record) { sendInvite(record, to: connection) }
            if !person.key.isAgent {
                keepWaiting(session)
                showPosition(session)
            }
        }
        let waiting = connection.waiting
        connection.waiting = []
        for line in waiting where connection.isReady { handle(line, from: connection) }
    }

    private func greeting(_ connection: Connection, _ joining: Joining, _ person: LocalPerson)
        -> Greeting
    {
        let rules = joining.site.rules
        let groups = joining.agent?.groups ?? []
        return Greeting(
            you: You(
                id: person.key.id, role: connection.role, name: connection.name,
                secret: joining.secret),
            now: now.wallMilliseconds, heartbeatMilliseconds: timing.heartbeat,
            limits: ClientLimits(
                messageBytes: rules.limits.messageBytes, frameBytes: frameBytes, lines: frameLines,
                framesPerSecond: rules.limits.framesPerSecond,
                frameBurst: rules.limits.frameBurst),
            node: node, durability: rules.durability,
            sessions: joining.snapshots.compactMap(\.self), agent: joining.agent,
            groups: rules.groups.filter {
                connection.role == .supervisor || groups.contains($0.id)
            }.map {
                GroupLabel(id: $0.id, name: $0.name)
            }, site: joining.site.card)
    }
}
