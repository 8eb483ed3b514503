/// Watches a world and says which promise of DESIGN section 2 was broken first. It derives what it
/// expects from the store's records and from the frames alone, never from how the hub or the store
/// came to them.
import ChatModel
import ChatProtocol

@testable import HubCore

final class Checker {
    let world: World
    /// The first thing that went wrong; later ones are often its consequence.
    private(set) var failure: String?
    private var views: [ConnectionNumber: View] = [:]
    /// The content of each message by session and number, as first seen.
    private var texts: [SessionID: [Int: String]] = [:]
    /// Who ever owned what.
    var owners: Set<OwnedSession> = []
    private var sends: [SentRequest: Sent] = [:]
    var unwatches: [SentRequest: SessionID] = [:]
    var noteKeys: [SentRequest: String] = [:]
    private(set) var takes = 0
    var (watches, notes) = (0, 0)
    var steps: [SessionID: Newest] = [:]
    private var timesSent: [SentKey: Int] = [:]
    private var firstResults: [SentKey: Int] = [:]
    /// Left messages that were acknowledged.
    var lefts: Set<LeftMessageID> = []
    var starts: [SentRequest: StartKey] = [:]
    var startedBy: [StartKey: SessionID] = [:]
    /// What each agent held before.
    var lastHeld: [PersonID: Set<SessionID>] = [:]
    private(set) var (picks, handOvers) = (0, 0)
    /// Messages of robots, ratings and explanations that were checked.
    var (botMessages, ratings, explanations) = (0, 0, 0)
    var rates: [SentRequest: SentRating] = [:]
    var explains: [SentRequest: SessionID] = [:]
    /// Sessions that a robot has.
    var talking: Set<SessionID> = []
    /// Steps after which somebody was writing up.
    var wrapUps = 0
    var before: [SessionID: Before] = [:]
    /// Colleagues who were asked to take a conversation over.
    var transfers = 0
    /// Agents who came in beside an owner.
    var joins = 0
    /// Silent customers who were reminded and closed, and conversations that were opened again.
    var (reminders, idleEnds, reopenings) = (0, 0, 0)
    private(set) var deliveries = 0
    private(set) var acknowledgements = 0

    struct View {
        var last: [SessionID: Int] = [:]
        /// What it had of sessions that have ended; of one that is opened again it gets what is
        /// behind that, or everything anew.
        var ended: [SessionID: Int] = [:]
        var position: [SessionID: Int] = [:]
        /// The range, and since when its upper end is what it is.
        var range: [SessionID: (low: Int, high: Int?, since: Int64)] = [:]
        /// The answer to a start came; its position is due next.
        var isPositionDue: SessionID?
        /// Sessions it looks on at, and notes it knows of: all up to a number, and single ones.
        var watched: Set<SessionID> = []
        var notedUpTo: [SessionID: Int] = [:]
        var notes: [SessionID: Set<Int>] = [:]
        /// Of notes nobody told it the fate of: a client sends them again.
        var lostNotes: Set<String> = []
        /// Own messages it was shown: it read the session anew before its sends were answered.
        var ownKeys: Set<String> = []
    }

    struct Sent {
        let session: SessionID
        let key: String
        let text: String
    }

    struct SentRequest: Hashable { let connection: ConnectionNumber, id: Int64 }
    struct SentKey: Hashable { let session: SessionID, person: String, key: String }
    struct OwnedSession: Hashable { let agent: PersonID, session: SessionID }

    init(_ world: World) {
        self.world = world
        world.onFrame = { [unowned self] in check($1, to: $0) }
        world.afterStep = { [unowned self] in checkStore() }
    }

    func fail(_ promise: Int, _ text: String) {
        if failure == nil {
            failure = "promise \(promise): \(text)\n" + world.trace.joined(separator: "\n")
            world.isStopped = true
        }
    }

    func noteSend(_ client: Client, _ id: Int64, _ sent: Sent) {
        sends[SentRequest(connection: client.number, id: id)] = sent
        timesSent[
            SentKey(session: sent.session, person: client.person, key: sent.key), default: 0] += 1
    }

    func lastSeen(_ client: Client, _ session: SessionID) -> Int? {
        views[client.number]?.last[session]
    }

    // MARK: The store, after every step

    var site: MemorySite { world.store.sites[world.site] ?? MemorySite() }

    private func checkStore() {
        let site = site
        var owner: [SessionID: PersonID] = [:]
        for agent in site.agents.values {
            checkCapacity(agent)
            for session in agent.held where !isAsked(agent.id, site.sessions[session]?.record) {
                if let other = owner[session] { fail(1, "\(session): \(other) and \(agent.id)") }
                owner[session] = agent.id
                if site.sessions[session]?.record.agent != agent.id {
                    fail(1, "\(session) is held by \(agent.id) and not his")
                }
            }
        }
        checkWrapUps(site, owner)
        checkTransfers(site)
        checkOthers(site)
        defer { noteOwners(site) }
        checkLeft(site)
        let waiting = site.open.compactMap { site.sessions[$0] }.filter {
            $0.record.state == .queued && $0.record.customerConnected
        }
        for agent in site.agents.values where agent.isAvailable {
            if let stuck = waiting.first(where: { isEligible(agent, $0) }) {
                fail(3, "\(agent.id) is free and \(stuck.record.id) waits")
            }
        }
        checkSteps(site)
        guard world.lastStep != nil else { return }
        checkFloor(site)
        checkSilence(site)
        for told in site.told {
            guard case .session(let record, let change) = told.notice else { continue }
            checkTransfer(record, change, site)
            noteJoined(record, change)
            if let bot = record.bot, record.state == .bot {
                owners.insert(OwnedSession(agent: bot, session: record.id))
            }
            reopenings += change == .reopened ? 1 : 0
            guard let id = record.agent, let agent = site.agents[id] else { continue }
            if change == .offered || change == .assigned {
                checkOrder(record, agent, waiting)
                checkTarget(record, agent, site)
            }
            picks += change == .picked ? 1 : 0
            handOvers += change == .handedOver ? 1 : 0
            takes += change == .taken ? 1 : 0
            if change.beginsServing {
                owners.insert(OwnedSession(agent: id, session: record.id))
            }
        }
    }

    /// Nobody whom this agent could have had comes before the one he got.
    private func checkOrder(
        _ record: SessionRecord, _ agent: MemoryAgent, _ waiting: [MemorySession]
    ) {
        guard let got = site.sessions[record.id] else { return }
        for other in waiting where isEligible(agent, other) {
            let isFirst =
                (other.record.arrivedAt - other.headStart, other.record.arrival)
                < (got.record.arrivedAt - got.headStart, got.record.arrival)
            if isFirst { fail(4, "\(record.id) was served before \(other.record.id)") }
        }
    }

    // MARK: Frames, as they are sent

    private func check(_ frame: ServerEvent, to client: Client) {
        if client.isCustomer { checkNothingLeaks(frame, to: client) }
        var view = views[client.number] ?? View()
        defer { views[client.number] = view }
        checkNotes(frame, client, &view)
        if let due = view.isPositionDue {
            view.isPositionDue = nil
            let isOver = frame.type == "session.state" && frame.state == .closed
            if frame.session != due || (frame.type != "queue.position" && !isOver) {
                fail(5, "\(frame.line) came before the first position")
            }
        }
        switch frame.type {
        case "session.rated": checkRated(frame, client)
        case "ok":
            checkStart(frame, client)
            checkRate(frame, client)
            checkExplanation(frame, client)
            checkAnswer(frame, to: client, &view)
        case "message": checkMessage(frame, to: client, &view)
        case "session.state": checkState(frame, to: client, &view)
        case "queue.position":
            guard let session = frame.session, let position = frame.position else { return }
            if let shown = view.position[session], position > shown {
                fail(5, "\(client.name) was shown \(shown) and then \(position)")
            }
            view.position[session] = position
            checkRange(frame, session, client, &view)
        default: break
        }
    }

    private func checkAnswer(_ frame: ServerEvent, to client: Client, _ view: inout View) {
        if let id = frame.id, let sent = sends[SentRequest(connection: client.number, id: id)] {
            return checkAcknowledgement(frame, sent, client, &view)
        }
        let tree = frame.tree
        if let left = tree["message"]?.string.flatMap({ LeftMessageID($0) }) { lefts.insert(left) }
        if let sessions = tree["sessions"]?.elements {
            for session in sessions { enter(session, client, &view) }
        } else if let session = frame.session, tree["state"] != nil {
            let state = frame.state
            if client.isCustomer, client.starts.contains(frame.id ?? 0) {
                enter(tree, client, &view)
                if state == .queued, tree["existing"] == nil { view.isPositionDue = session }
            } else if state == .active || view.watched.contains(session), tree["messages"] != nil {
                enter(tree, client, &view)
            }
        }
    }

    /// A session's messages in an answer: ascending, without holes, ending where live ones begin.
    private func enter(_ tree: JSONValue, _ client: Client, _ view: inout View) {
        guard let text = tree["session"]?.string, let session = SessionID(text),
            let lastSeq = tree["last_seq"]?.number
        else { return }
        let isAsked =
            tree["state"]?.string == "offered" || isAsked(client, tree) || isInvited(client, tree)
        if isAsked, !view.watched.contains(session) { return }
        let messages = tree["messages"]?.elements ?? []
        var numbers: [Int] = []
        for message in messages {
            guard let seq = message["seq"]?.number else { continue }
            numbers.append(seq)
            if let key = message["key"]?.string { view.ownKeys.insert(key) }
            note(session, seq, message["text"]?.string ?? "", client)
        }
        if let last = view.last[session] {
            // Its state came before as an event; the messages come but once.
            guard let first = numbers.first else { return }
            if first != last + 1 {
                fail(6, "\(client.name) had \(last) and got a page of \(numbers)")
            }
        }
        for (left, right) in zip(numbers, numbers.dropFirst()) where right != left + 1 {
            fail(6, "\(client.name): \(right) follows \(left) in a page")
        }
        let isPartial = tree["more"] == .boolean(true)
        if !messages.isEmpty, !isPartial, numbers.last != lastSeq {
            fail(6, "\(client.name): the page ends at \(numbers.last!) of \(lastSeq)")
        }
        if let after = tree["after"]?.number, !isPartial,
            (numbers.first ?? lastSeq + 1) != after + 1
        {
            fail(6, "\(client.name): the page behind \(after) begins at \(numbers.first ?? -1)")
        }
        let isOver = tree["state"]?.string == "closed"
        view.last[session] = isOver ? nil : lastSeq
        if isOver { view.ended[session] = lastSeq }
    }

    private func checkAcknowledgement(
        _ frame: ServerEvent, _ sent: Sent, _ client: Client, _ view: inout View
    ) {
        guard let seq = frame.seq else { return fail(6, "an ok without a number") }
        acknowledgements += 1
        let stream = site.sessions[sent.session]?.stream ?? []
        guard let kept = stream.first(where: { $0.seq == seq }), kept.key == sent.key,
            String(decoding: kept.body, as: UTF8.self).contains(sent.text)
        else { return fail(6, "\(sent.key) was acknowledged as \(seq) and is not kept") }
        let key = SentKey(session: sent.session, person: client.person, key: sent.key)
        if let first = firstResults[key], first != seq {
            fail(6, "\(sent.key) was \(first) and then \(seq)")
        }
        firstResults[key] = seq
        note(sent.session, seq, sent.text, client)
        guard let last = view.last[sent.session] else { return }
        if seq == last + 1 {
            view.last[sent.session] = seq
        } else if seq > last || (timesSent[key] == 1 && !view.ownKeys.contains(sent.key)) {
            fail(6, "\(client.name) had \(last) and got ok \(seq)")
        }
    }

    private func checkMessage(_ frame: ServerEvent, to client: Client, _ view: inout View) {
        guard let session = frame.session, let seq = frame.seq else {
            return fail(6, "a message without a number")
        }
        deliveries += 1
        note(session, seq, frame.text ?? "", client)
        guard let last = view.last[session] else {
            return fail(7, "\(client.name) got a message of \(session), where he is not")
        }
        let goesOn = last == 0 && view.ended[session].map { seq == $0 + 1 } == true
        view.ended[session] = nil
        if seq != last + 1, !goesOn { fail(6, "\(client.name): \(seq) after \(last), \(session)") }
        view.last[session] = seq
        if let key = frame.key { view.ownKeys.insert(key) }
        if !client.isCustomer, !hasHad(session, client), !view.watched.contains(session) {
            fail(7, "\(client.name) never owned \(session)")
        }
        if frame.key != nil, sender(frame) != client.person {
            fail(7, "\(client.name) was shown another's key")
        }
    }

    func hasHad(_ session: SessionID, _ client: Client) -> Bool {
        PersonID(client.person).map {
            owners.contains(OwnedSession(agent: $0, session: session))
        } ?? false
    }

    private func sender(_ frame: ServerEvent) -> String? { frame.tree["from"]?["id"]?.string }

    private func checkState(_ frame: ServerEvent, to client: Client, _ view: inout View) {
        guard let session = frame.session, let state = frame.state else { return }
        let isIn =
            view.watched.contains(session)
            ? state.isOpen
            : state.isIn(forCustomer: client.isCustomer, bot: client.isBot)
                || (!client.isCustomer && state == .wrapup)
        // One that is opened again is waited for anew.
        if state == .closed {
            view.position[session] = nil
            view.range[session] = nil
        }
        if !isIn {
            if let last = view.last[session] { view.ended[session] = last }
            view.last[session] = nil
        } else if view.last[session] == nil {
            view.last[session] = 0
        }
    }

    private func note(_ session: SessionID, _ seq: Int, _ text: String, _ client: Client) {
        if let known = texts[session]?[seq], known != text {
            fail(6, "\(client.name): \(seq) of \(session) is \(text), and was \(known)")
        }
        texts[session, default: [:]][seq] = text
    }

    // MARK: When nothing is under way

    /// Everybody has everything, and has been told where he stands.
    func checkCalm() {
        world.clearLastStep()
        checkStore()
        checkHours()
        let site = site
        for client in world.clients where client.isOpen && client.isGreeted {
            let view = views[client.number] ?? View()
            for session in site.open.compactMap({ site.sessions[$0] }) {
                let record = session.record
                let isIn =
                    view.watched.contains(record.id) ? true
                    : client.isCustomer
                    ? record.customer.text == client.person
                    : client.isBot
                        ? record.bot?.text == client.person && record.state == .bot
                        : (record.agent?.text == client.person && record.state == .active)
                            || record.joined.contains { $0.agent.text == client.person }
                if isIn, view.last[record.id] != record.lastSeq {
                    fail(
                        6,
                        "\(client.name)@\(client.node.index) has \(view.last[record.id] ?? -1)"
                            + " of \(record.lastSeq) of \(record.id) (\(record.state))")
                }
                if !isIn, view.last[record.id] != nil {
                    fail(7, "\(client.name) still hears \(record.id) (\(record.state))")
                }
                if isIn, client.isCustomer { checkPosition(session, client, view) }
                // Notes are people's: a robot gets none.
                if isIn, !client.isCustomer, !client.isBot { checkAllNotes(record, client, view) }
            }
        }
        for (sent, seq) in firstResults
        where site.sessions[sent.session]?.stream.contains(where: {
            $0.seq == seq && $0.key == sent.key
        })
            != true
        {
            fail(6, "\(sent.key) was acknowledged and is gone")
        }
        for node in world.nodes where node.isAlive && node.hub.snapshot().storeRequestsInFlight > 0
        {
            fail(9, "requests to the store were forgotten")
        }
        for node in world.nodes where node.isAlive {
            let sessions = node.hub.sites[world.site]?.sessions ?? [:]
            for watch in node.port.watches where sessions[watch.session]?.isWatched != true {
                fail(7, "node \(node.index) still hears \(watch.session), which nobody there is in")
            }
        }
    }
}
