/// Numbers for those who wait: each node counts for its own people from what left their class. A
/// number never rises; near ones are told at once, far ones now and then.
import ChatModel
import ChatProtocol

extension Hub {
    // MARK: Who waits

    /// A session that waits and whose customer is here has a place that is counted.
    func keepWaiting(_ session: LocalSession) {
        let site = session.site
        guard let record = session.record, record.state == .queued,
            site.people[PersonKey(isAgent: false, id: record.customer)]?.connections.isEmpty
                == false
        else { return }
        if let wait = session.wait, wait.group != record.group { forgetWait(session) }
        if session.wait == nil {
            session.wait = Waiting(ticket: record.arrival, group: record.group)
        }
        let queueClass = localClass(of: record, at: site)
        if let place = session.placeInClass, place.queueClass != queueClass.key {
            endWaiting(session)
        }
        guard session.placeInClass == nil else { return }
        queueClass.add(session)
        if session.wait?.outlook == nil { readOutlook(of: record.group, at: site) }
        // He came back, or is found waiting: where he stands has to be read.
        if session.record?.version != 1 || session.wait?.position == nil {
            session.wait?.position = nil
            if !isStarting(record, at: site) { readTickets(queueClass, at: site) }
        }
    }

    /// The answer to his start will tell his place.
    private func isStarting(_ record: SessionRecord, at site: LocalSite) -> Bool {
        guard record.version <= 2 else { return false }
        return site.people[PersonKey(isAgent: false, id: record.customer)]?
            .connections.contains { $0.starting > 0 } ?? false
    }

    /// The start whose answer was to tell the place has failed, or it told of another time.
    func readMissingPlaces(_ connection: Connection) {
        guard let site = connection.site, let person = connection.person else { return }
        for id in person.sessions.sorted() {
            guard let session = site.sessions[id], let record = session.record,
                session.wait != nil, session.wait?.position == nil, record.state == .queued
            else { continue }
            readTickets(localClass(of: record, at: site), at: site)
        }
    }

    /// Keeps what he was shown: if he comes back, his number shall not have risen.
    func endWaiting(_ session: LocalSession) {
        if let place = session.placeInClass {
            session.site.classes[place.queueClass]?.remove(session)
        }
        session.wait?.position = nil
    }

    /// It was sent to another group: what was shown is of a queue it is in no more.
    private func forgetWait(_ session: LocalSession) {
        endWaiting(session)
        session.wait = nil
        for index in session.members.indices { session.members[index].position = nil }
    }

    func localClass(of record: SessionRecord, at site: LocalSite) -> LocalClass {
        let key = QueueClass(group: record.group, level: record.level)
        if let queueClass = site.classes[key] { return queueClass }
        let queueClass = LocalClass(key)
        site.classes[key] = queueClass
        return queueClass
    }

    /// The answer to a start tells the place exactly; what left since is counted from the log.
    func noteWait(_ session: LocalSession, _ started: Started) {
        guard session.record?.state == .queued, let position = started.position else { return }
        let queueClass = localClass(of: started.session, at: session.site)
        if session.wait == nil {
            session.wait = Waiting(
                ticket: started.session.arrival, group: started.session.group)
        }
        queueClass.add(session)
        session.wait?.position = position
        session.wait?.counted = started.classVersion
        session.wait?.outlook = started.outlook
        session.wait?.toldAt = now.monotonicMilliseconds
        session.wait?.startPosition = position
        recount(session, queueClass)
    }

    /// Counts departures that were heard before the place was known.
    private func recount(_ session: LocalSession, _ queueClass: LocalClass) {
        guard let counted = session.wait?.counted, let version = queueClass.version,
            version > counted
        else { return }
        guard let first = queueClass.log.first, first.version <= counted + 1 else {
            return readTickets(queueClass, at: session.site)
        }
        for entry in queueClass.log { session.wait?.count(version: entry.version, entry.tickets) }
    }

    // MARK: What leaves

    func departed(_ key: QueueClass, version: Int, _ tickets: [Int], at site: LocalSite) {
        let queueClass = site.classes[key] ?? LocalClass(key)
        site.classes[key] = queueClass
        if let known = queueClass.version, version <= known { return }
        guard queueClass.note(version: version, tickets) else {
            return readTickets(queueClass, at: site)
        }
        for session in queueClass.waiting {
            session.wait?.count(version: version, tickets)
            showPosition(session)
        }
        if queueClass.waiting.contains(where: { $0.wait?.position == nil }) {
            readTickets(queueClass, at: site)
        }
    }

    func readTickets(_ queueClass: LocalClass, at site: LocalSite) {
        guard !queueClass.waiting.isEmpty, !queueClass.isReading else { return }
        queueClass.isReading = true
        submit(.tickets(queueClass.key), at: site, .tickets(queueClass))
    }

    func ticketsRead(_ queueClass: LocalClass, _ tickets: ClassTickets, at site: LocalSite) {
        queueClass.isReading = false
        if queueClass.version ?? -1 < tickets.version {
            queueClass.version = tickets.version
            queueClass.log = []
        }
        var isStale = false
        for session in queueClass.waiting {
            guard let wait = session.wait, tickets.version >= wait.counted || wait.position == nil
            else { continue }
            guard holds(tickets, session) else {
                isStale = isStale || wait.position == nil
                continue
            }
            session.wait?.position = 1 + tickets.below(wait.ticket)
            session.wait?.counted = tickets.version
            recount(session, queueClass)
            showPosition(session)
        }
        if isStale { site.repairs.append(.tickets(queueClass)) }
    }

    /// A list without his own ticket was read before he came, or after he went; a cut one may end
    /// before him.
    private func holds(_ tickets: ClassTickets, _ session: LocalSession) -> Bool {
        guard session.record?.hasTicket == true, let ticket = session.wait?.ticket else {
            return true
        }
        let below = tickets.below(ticket)
        return tickets.tickets.count >= 10_000
            || (below < tickets.tickets.count && tickets.tickets[below] == ticket)
    }

    func ticketsFailed(_ queueClass: LocalClass, at site: LocalSite) {
        queueClass.isReading = false
        site.repairs.append(.tickets(queueClass))
    }

    // MARK: What is shown

    /// Right after the answer to a start, exact, to that connection.
    func showFirstPosition(_ session: LocalSession, to connection: Connection) {
        guard let record = session.record, record.state == .queued || record.state == .offered
        else { return }
        if let wait = session.wait, wait.position != nil { note(session, shown: wait.position) }
        sendPosition(session, to: connection)
    }

    /// To the customer's connections here: at once to one that has no number yet, to the others
    /// when it has fallen and the time has come.
    func showPosition(_ session: LocalSession) {
        guard let wait = session.wait, let position = wait.position,
            session.record?.state == .queued
        else { return }
        let hasFallen = position < wait.shown ?? .max
        if hasFallen {
            let dueIn =
                wait.shownAt + Self.interval(near: position) - now.monotonicMilliseconds
            if dueIn <= 0 || wait.shown == nil {
                note(session, shown: position)
            } else {
                tickWithin(dueIn, session.site)
            }
        }
        sendPositions(session)
    }

    /// To those of his connections here that were shown a higher number, or were shown none since
    /// their last tick, or were shown it before a range was known.
    func sendPositions(_ session: LocalSession) {
        guard let shown = session.wait?.shown else { return }
        let hasRange = session.wait?.needsRange == true
        var isTicking = false
        for index in session.members.indices {
            let member = session.members[index]
            let isDue = member.tickAt <= now.monotonicMilliseconds
            guard hasRange || isDue || shown < member.position ?? .max,
                member.connection.isReady, member.enrollment == nil,
                member.connection.person?.key.isAgent == false
            else { continue }
            if isDue, !isTicking {
                isTicking = true
                refreshWait(session)
            }
            sendPosition(session, to: member.connection)
        }
    }

    /// The least time between two numbers, in milliseconds: the nearer, the livelier.
    static func interval(near position: Int) -> Int64 {
        position <= 10 ? 250 : position <= 100 ? 1000 : 5000
    }

    private func note(_ session: LocalSession, shown position: Int?) {
        guard var wait = session.wait, let position else { return }
        wait.shown = min(wait.shown ?? position, position)
        wait.shownAt = now.monotonicMilliseconds
        session.wait = wait
        refreshWait(session)
    }

    /// One that came back is counted by nobody, and has no number of its own: only the time.
    func sendPosition(_ session: LocalSession, to connection: Connection) {
        let isQueued = session.record?.state == .queued
        let hasNumber = isQueued && session.record?.hasTicket == true
        send(
            ServerFrame.queuePosition(
                session: session.id, position: hasNumber ? session.wait?.shown : nil,
                wait: session.wait?.forecast.forecast ?? .unknown,
                opensAt: session.record.flatMap { opensAt($0, at: session.site) }),
            to: connection)
        guard isQueued else { return }
        let hasRange = session.wait?.forecast.forecast != .unknown
        session.wait?.needsRange = !hasRange
        guard let index = session.memberIndex(of: connection) else { return }
        session.members[index].position = session.wait?.shown
        // A grid of its own: numbers that fall in between do not move it.
        let since = now.monotonicMilliseconds - session.members[index].tickAt
        let tick = timing.positionTick
        if since >= 0 { session.members[index].tickAt += since < tick ? tick : since + tick }
    }

    // MARK: Watched queues

    func subscribe(_ groups: [GroupID], _ request: Request, _ site: LocalSite) {
        for group in groups where !site.rules.groups.contains(where: { $0.id == group }) {
            return refuse(request, .unknownGroup, "no group \(group)")
        }
        answer(request, ServerFrame.plainOK(id: request.id))
        for group in groups {
            let watch = site.groupWatches[group] ?? GroupWatch(group)
            site.groupWatches[group] = watch
            if !watch.connections.contains(where: { $0 === request.connection }) {
                watch.connections.append(request.connection)
                request.connection.groups.append(group)
            }
            watch.newcomers.append(request.connection)
            readQueue(watch, site)
        }
    }

    func unsubscribe(_ connection: Connection, from group: GroupID, at site: LocalSite) {
        connection.groups.removeAll { $0 == group }
        guard let watch = site.groupWatches[group] else { return }
        watch.connections.removeAll { $0 === connection }
        watch.newcomers.removeAll { $0 === connection }
        if watch.connections.isEmpty { site.groupWatches[group] = nil }
    }

    func readQueue(_ watch: GroupWatch, _ site: LocalSite) {
        guard !watch.isReading else {
            watch.isDirty = true
            return
        }
        watch.isReading = true
        watch.isDirty = false
        submit(.queueSnapshot(watch.group), at: site, .queueSnapshot(watch))
    }

    /// A whole snapshot: to newcomers at once, to everybody at most once a second.
    func queueRead(_ watch: GroupWatch, _ queue: QueueSnapshot, at site: LocalSite) {
        watch.isReading = false
        let isDue = now.monotonicMilliseconds - watch.shownAt >= 1000
        let audience = isDue ? watch.connections : watch.newcomers
        if isDue { watch.shownAt = now.monotonicMilliseconds } else { watch.isDirty = true }
        watch.newcomers = []
        reportLength(queue, site)
        guard !audience.isEmpty else { return }
        let frame = ServerFrame.queueUpdate(
            group: queue.group, levels: queue.levels,
            longestWaitSeconds: Int(queue.longestWaitMilliseconds / 1000),
            head: queue.head.map {
                QueueHeadEntry(
                    session: $0.session, level: $0.level, topic: $0.topic,
                    since: now.wallMilliseconds - $0.waited)
            }, agentsOnline: queue.agentsOnline, left: leftWork(queue, watch, site))
        var hasher = Hasher()
        hasher.combine(queue.group)
        let key = UInt64(bitPattern: Int64(hasher.finalize()))
        for connection in audience where connection.isReady {
            effects.append(.sendVolatile(connection.number, frame, key: key))
        }
    }

    /// For the figures; a level that emptied is told once more, as 0.
    private func reportLength(_ queue: QueueSnapshot, _ site: LocalSite) {
        let before = site.reportedLevels.updateValue(Set(queue.levels.keys), forKey: queue.group)
        for level in Set(queue.levels.keys).union(before ?? []).sorted() {
            let count = queue.levels[level] ?? 0
            effects.append(.report(.queueLength(site.id, queue.group, level, waiting: count)))
        }
    }

    /// Reads the queues nobody here watches, one each tick in turn: their lengths are figures too.
    func measureNextQueue(_ site: LocalSite) {
        let groups = site.rules.groups.map(\.id).filter { site.groupWatches[$0] == nil }
        guard !groups.isEmpty else { return }
        site.lastMeasured = (site.lastMeasured + 1) % groups.count
        readQueue(GroupWatch(groups[site.lastMeasured]), site)
    }

    func queueFailed(_ watch: GroupWatch) {
        watch.isReading = false
        watch.isDirty = true
    }
}

/// A group whose queue somebody here watches.
final class GroupWatch {
    let group: GroupID
    var connections: [Connection] = []
    /// Those who have not had a snapshot yet.
    var newcomers: [Connection] = []
    var isDirty = false
    var isReading = false
    /// It was within its hours when it was told last.
    var wasOpen = true
    /// Monotonic; long ago at first.
    var shownAt: Int64 = -1_000_000

    init(_ group: GroupID) { self.group = group }
}
