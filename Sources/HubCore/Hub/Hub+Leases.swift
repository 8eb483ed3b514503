/// The node's place at each site: its lease, whom it has registered, and the work every node does
/// for all of them.
import ChatModel
import ChatProtocol

extension Hub {
    /// A lease holds so long without renewal; it is renewed every third of it.
    static let sweepMilliseconds: Int64 = 500
    static let sweepLimit = 200
    static let cleanMilliseconds: Int64 = 30_000

    func siteChanged(_ rules: SiteRules) {
        guard let site = sites[rules.site] else {
            let site = LocalSite(rules)
            sites[rules.site] = site
            openLease(site)
            tickWithin(timing.queueTick, site)
            effects.append(.arm(.lease(site.id), afterMilliseconds: timing.lease / 3))
            return armSweep(site, after: Self.sweepMilliseconds)
        }
        site.rules = rules
        site.decoder.limits.messageBytes = rules.limits.messageBytes
        if site.lease != nil { syncAgents(site) } else { site.needsSync = true }
    }

    // MARK: The lease

    private func openLease(_ site: LocalSite) {
        guard !site.isOpeningLease, !isDrained else { return }
        site.isOpeningLease = true
        submit(
            .openLease(milliseconds: timing.lease, graces: site.rules.graces),
            at: site, lease: nil, .openLease)
    }

    func leaseOpened(_ lease: Lease, at site: LocalSite) {
        site.isOpeningLease = false
        site.isWithoutStore = false
        site.lease = lease
        syncAgents(site)
        // Whoever is here is registered before anything else is asked for.
        for person in site.sortedPeople {
            person.attachment = .detached
            if person.wantsAttachment { settle(person, at: site) }
        }
        let held = site.held
        site.held = []
        for (request, purpose) in held { submit(request, at: site, purpose) }
        if isDraining { drainStep() }
    }

    func leaseFailed(_ site: LocalSite) {
        site.isOpeningLease = false
        site.isWithoutStore = true
        let held = site.held
        site.held = []
        for (_, purpose) in held {
            settle(Operation(site: site, lease: nil, purpose: purpose), .unavailable)
        }
        if isDraining { drainStep() }
    }

    /// The lease has ended without us: a new one, and everybody is registered again.
    func fenced(_ operation: Operation) {
        let site = operation.site
        guard let lease = operation.lease, site.lease == lease else { return }
        site.lease = nil
        effects.append(.report(.fenced(site.id)))
        if !site.isClosing { openLease(site) }
    }

    func leaseDue(_ site: LocalSite) {
        guard !isDrained, !site.isClosing else { return }
        effects.append(.arm(.lease(site.id), afterMilliseconds: timing.lease / 3))
        if site.lease == nil {
            openLease(site)
        } else {
            submit(.renewLease(milliseconds: timing.lease), at: site, .renewLease)
        }
    }

    private func syncAgents(_ site: LocalSite) {
        site.needsSync = false
        let profiles = site.rules.agents.values.sorted { $0.id < $1.id }
        submit(
            .syncAgents(
                profiles, groups: site.rules.groups.map(\.id), selection: site.rules.selection),
            at: site, .syncAgents)
    }

    // MARK: The sweep

    /// Every node sweeps, a little apart from the others; nothing depends on who does.
    private func armSweep(_ site: LocalSite, after milliseconds: Int64) {
        let jitter = Int64.random(in: 0...milliseconds / 4, using: &random)
        effects.append(.arm(.sweep(site.id), afterMilliseconds: milliseconds + jitter))
    }

    func sweepDue(_ site: LocalSite) {
        guard !isDrained, !site.isClosing else { return }
        armSweep(site, after: Self.sweepMilliseconds)
        guard site.lease != nil, !site.isSweeping else { return }
        site.isSweeping = true
        submit(.sweep(limit: Self.sweepLimit), at: site, .sweep)
        cleanIfDue(site)
    }

    /// Every node deletes what is kept no longer, now and then; again at once while there is more.
    private func cleanIfDue(_ site: LocalSite) {
        guard now.monotonicMilliseconds >= site.cleanAt else { return }
        site.cleanAt = now.monotonicMilliseconds + Self.cleanMilliseconds
        let cleaning = Cleaning(
            retention: site.rules.retention, limit: Self.sweepLimit, gone: site.goneFiles)
        submit(.clean(cleaning), at: site, .clean)
    }

    func swept(_ report: SweepReport, at site: LocalSite) {
        if report.lateMatches > 0 {
            effects.append(.report(.matchedBySweep(site.id, count: report.lateMatches)))
        }
        if report.more, !site.isClosing { sweepDue(site) }
    }

    // MARK: People

    func attachment(of person: LocalPerson, at site: LocalSite) -> Attach {
        let profile =
            person.key.isAgent && !person.key.isBot
            ? site.rules.agents[person.key.id] ?? AgentProfile(id: person.key.id) : nil
        return Attach(
            person: person.participant, profile: profile, botCapacity: person.botCapacity)
    }

    /// Registers a person with the store, unless he is.
    func attach(_ person: LocalPerson, at site: LocalSite) {
        guard !person.wantsAttachment else { return }
        person.wantsAttachment = true
        settle(person, at: site)
    }

    /// His last connection here has gone.
    func personLeft(_ person: LocalPerson, at site: LocalSite) {
        for id in person.sessions.sorted() {
            if let session = site.sessions[id] { releaseIfIdle(session) }
        }
        person.wantsAttachment = false
        // A drained node gives everybody up at once, with its lease.
        if person.mayBeAttached, !isDraining {
            settle(person, at: site)
        } else {
            site.people[person.key] = nil
        }
    }

    /// Tells the store what is wanted of it. Steps take effect in order, so the last one wins.
    private func settle(_ person: LocalPerson, at site: LocalSite) {
        person.stepsInFlight += 1
        if person.wantsAttachment {
            submit(.attach(attachment(of: person, at: site)), at: site, .attach(person))
        } else {
            let graces = site.rules.graces
            submit(
                .detach(
                    Detach(
                        person: person.participant,
                        graceMilliseconds: person.key.isBot
                            ? graces.botMilliseconds
                            : person.key.isAgent
                            ? graces.agentMilliseconds : graces.customerMilliseconds)),
                at: site, .detach(person))
        }
    }

    func stepAnswered(
        _ person: LocalPerson, _ attachment: LocalPerson.Attachment, at site: LocalSite
    ) {
        person.stepsInFlight -= 1
        person.attachment = attachment
        guard person.stepsInFlight == 0 else { return }
        if person.connections.isEmpty, attachment == .detached {
            if site.people[person.key] === person { site.people[person.key] = nil }
        } else if person.wantsAttachment != (attachment == .attached) {
            settle(person, at: site)
        }
    }

    /// It may have been done: it is done again until the store says so.
    func stepFailed(_ person: LocalPerson, _ reply: StoreReply, at site: LocalSite) {
        person.stepsInFlight -= 1
        // A lease that ended took everybody with it.
        person.attachment = reply == .fenced ? .detached : .unknown
        guard person.stepsInFlight == 0 else { return }
        if reply == .fenced, person.connections.isEmpty {
            if site.people[person.key] === person { site.people[person.key] = nil }
            return
        }
        site.repairs.append(.person(person.key))
    }

    func watchFailed(_ session: LocalSession) {
        session.isWatched = false
        guard session.site.sessions[session.id] === session else { return }
        session.site.repairs.append(.watch(session))
    }

    // MARK: The tick

    /// Arms the tick so that it comes within so many milliseconds, or sooner.
    func tickWithin(_ milliseconds: Int64, _ site: LocalSite) {
        let due = now.monotonicMilliseconds + milliseconds
        guard site.tickAt == 0 || due < site.tickAt else { return }
        site.tickAt = due
        effects.append(.arm(.tick(site.id), afterMilliseconds: milliseconds))
    }

    func tick(_ site: LocalSite) {
        guard !isDrained else { return }
        site.tickAt = 0
        tickWithin(timing.queueTick, site)
        pruneAddresses()
        if site.lease != nil {
            if site.needsSync { syncAgents(site) }
            repair(site)
            rereadSome(site)
            measureNextQueue(site)
            readOutlooks(site)
        }
        noteOpenings(site)
        for watch in site.sortedWatches where watch.isDirty {
            if now.monotonicMilliseconds - watch.shownAt >= 1000 { readQueue(watch, site) }
        }
        tickBoard(site)
        for queueClass in site.sortedClasses {
            for session in queueClass.waiting { showPosition(session) }
        }
    }

    private func repair(_ site: LocalSite) {
        let repairs = site.repairs
        site.repairs = []
        for repair in repairs {
            switch repair {
            case .enrollment(let enrollment): readPage(enrollment)
            case .watch(let session):
                guard site.sessions[session.id] === session else { continue }
                watch(session)
                catchUp(session)
            case .catchUp(let session):
                if site.sessions[session.id] === session { catchUp(session) }
            case .notes(let session):
                if site.sessions[session.id] === session { readMissedNotes(session) }
            case .reread(let session):
                submit(.session(session), at: site, .rereadSession(session))
            case .tickets(let queueClass): readTickets(queueClass, at: site)
            case .person(let key):
                guard let person = site.people[key], person.stepsInFlight == 0,
                    person.wantsAttachment != (person.attachment == .attached)
                        || person.attachment == .unknown
                else { continue }
                settle(person, at: site)
            }
        }
    }
}
