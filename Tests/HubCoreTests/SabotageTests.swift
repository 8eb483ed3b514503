/// Worlds broken on purpose: each promise's check has been seen to fail.
import ChatModel
import ChatProtocol
import Routing
import Testing

@testable import HubCore

@Suite struct SabotageTests {
    /// Walks until the checker speaks; it must, and of this promise.
    private func expectCaught(
        _ promise: Int, rules: SiteRules = .demo(offerMilliseconds: nil, capacity: 1),
        _ break_: (inout Sabotage) -> Void
    ) {
        var found: [String] = []
        for seed in UInt64(1)...20 {
            var walk = Walk(seed: seed, nodes: 2, rules: rules, isRough: false)
            break_(&walk.world.sabotage)
            walk.run(steps: 3_000)
            guard let failure = walk.checker.failure else { continue }
            if failure.hasPrefix("promise \(promise):") { return }
            found.append(failure)
        }
        Issue.record("promise \(promise) was broken and nobody noticed; noticed: \(found)")
    }

    private static let site = SiteID("demo")!

    @Test func twoOwnersAreNoticed() {
        expectCaught(1) {
            $0.afterStep = { store, _ in
                guard var site = store.sites[Self.site],
                    let id = site.open.sorted().first(where: {
                        site.sessions[$0]!.record.state == .active
                    })
                else { return }
                for agent in site.agents.keys { site.agents[agent]!.held.insert(id) }
                store.sites[Self.site] = site
            }
        }
    }

    @Test func agentBeyondHisCapacityIsNoticed() {
        expectCaught(2) {
            $0.beforeStep = { store, _ in Self.changeCapacities(store, by: 1) }
            $0.afterStep = { store, _ in Self.changeCapacities(store, by: -1) }
        }
    }

    /// A pick or a supervisor's word that forgets to look: only her explicit one may go above.
    @Test func handBeyondTheCapacityIsNoticed() {
        let isHand = { (call: StoreCall) in
            switch call.request {
            case .pick: true
            case .assign(let assign): !assign.overCapacity
            default: false
            }
        }
        expectCaught(2) {
            $0.beforeStep = { if isHand($1) { Self.changeCapacities($0, by: 3) } }
            $0.afterStep = { if isHand($1) { Self.changeCapacities($0, by: -3) } }
        }
    }

    @Test func robotWithoutTheFloorIsNoticed() {
        expectCaught(1, rules: .demo(offerMilliseconds: nil, capacity: 1, mode: .robotFirst)) {
            var taken: [(SessionID, SessionRecord)] = []
            $0.beforeStep = { store, call in
                taken = []
                guard case .append(let append) = call.request,
                    let bot = append.messages.first(where: { $0.sender.role == .bot })?.sender,
                    let record = store.sites[Self.site]?.sessions[append.session]?.record
                else { return }
                taken = [(append.session, record)]
                store.sites[Self.site]!.sessions[append.session]!.record.bot = bot.id
                store.sites[Self.site]!.sessions[append.session]!.record.botHelps = true
            }
            $0.afterStep = { store, _ in
                for (id, record) in taken {
                    store.sites[Self.site]?.sessions[id]?.record.bot = record.bot
                    store.sites[Self.site]?.sessions[id]?.record.botHelps = record.botHelps
                }
            }
        }
    }

    @Test func closedGroupThatIsServedIsNoticed() throws {
        let start = ZoneRules.utc.localTime(at: World.start).secondOfDay
        let hours = try #require(HourSpan(startSecond: start, endSecond: start + 20))
        expectCaught(3, rules: .demo(offerMilliseconds: nil, capacity: 2, hours: [hours])) {
            var shut: Set<GroupID> = []
            $0.beforeStep = { store, call in
                shut = store.sites[Self.site]?.shut ?? []
                if case .start = call.request { store.sites[Self.site]?.shut = [] }
            }
            $0.afterStep = { store, call in
                if case .start = call.request { store.sites[Self.site]?.shut = shut }
            }
        }
    }

    @Test func ratingToldToAnotherIsNoticed() {
        expectCaught(7) {
            $0.notice = { notice in
                guard case .rated(var rating) = notice else { return notice }
                rating.agent = PersonID(rating.agent?.text == "eve" ? "chen" : "eve")
                return .rated(rating)
            }
        }
    }

    @Test func ratingThatIsNotKeptIsNoticed() {
        expectCaught(6) {
            $0.afterStep = { store, call in
                guard case .rate(let rating) = call.request else { return }
                store.sites[Self.site]?.sessions[rating.session]?.ratings = [:]
            }
        }
    }

    @Test func anothersExplanationIsNoticed() {
        var last: SessionExplanation?
        expectCaught(11) {
            $0.reply = { reply in
                guard case .explained(let explanation) = reply else { return reply }
                defer { last = explanation }
                return .explained(last ?? explanation)
            }
        }
    }

    private func eachWrapUp(
        _ promise: Int, _ spoil: @escaping (inout MemorySite, SessionID) -> Void
    ) {
        expectCaught(promise) {
            $0.afterStep = { store, _ in
                guard var site = store.sites[Self.site] else { return }
                for (id, session) in site.sessions where session.record.state == .wrapup {
                    spoil(&site, id)
                }
                store.sites[Self.site] = site
            }
        }
    }

    @Test func slotThatIsFreeBeforeTheTalkIsWrittenUpIsNoticed() {
        eachWrapUp(2) { site, id in
            for agent in site.agents.keys { site.agents[agent]!.held.remove(id) }
        }
    }

    @Test func wrapUpWithoutAnEndIsNoticed() {
        eachWrapUp(3) { site, id in site.deadlines[.wrap(id)] = nil }
    }

    @Test func customerHeldByAWrapUpIsNoticed() {
        eachWrapUp(3) { site, id in site.open.insert(id) }
    }

    private func eachTransfer(
        _ promise: Int, _ spoil: @escaping (inout MemorySite, PendingTransfer, SessionID) -> Void
    ) {
        expectCaught(promise, rules: .demo(capacity: 2)) {
            $0.afterStep = { store, _ in
                guard var site = store.sites[Self.site] else { return }
                for (id, session) in site.sessions {
                    if let transfer = session.record.transfer { spoil(&site, transfer, id) }
                }
                store.sites[Self.site] = site
            }
        }
    }

    @Test func colleagueWhoIsAskedByNoOwnerIsNoticed() {
        eachTransfer(1) { site, transfer, id in
            site.sessions[id]!.record.transfer!.from = transfer.to
        }
    }

    @Test func colleagueWhoIsAskedWithoutASlotIsNoticed() {
        eachTransfer(2) { site, transfer, id in site.agents[transfer.to]!.held.remove(id) }
    }

    private func eachJoined(
        _ promise: Int, _ spoil: @escaping (inout MemorySite, SessionOther, SessionID) -> Void
    ) {
        expectCaught(promise, rules: .demo(offerMilliseconds: nil, capacity: 2)) {
            $0.afterStep = { store, _ in
                guard var site = store.sites[Self.site] else { return }
                for (id, session) in site.sessions {
                    for other in session.record.others { spoil(&site, other, id) }
                }
                store.sites[Self.site] = site
            }
        }
    }

    @Test func joinedAgentWhoHoldsItIsNoticed() {
        eachJoined(1) { site, other, id in site.agents[other.agent]!.held.insert(id) }
    }

    @Test func lostAgentWhoStaysInItIsNoticed() {
        eachJoined(8) { site, other, _ in
            if site.agents[other.agent]!.reachability == .grace {
                site.agents[other.agent]!.reachability = .gone
            }
        }
    }

    private static func changeCapacities(_ store: MemoryStore, by number: Int) {
        guard var site = store.sites[site] else { return }
        for agent in site.agents.keys { site.agents[agent]!.capacity += number }
        store.sites[Self.site] = site
    }

    @Test func waitingBesideAFreeAgentIsNoticed() {
        expectCaught(3) {
            // A match that is forgotten: the queue of a closed session's agent is not looked at.
            $0.beforeStep = { store, call in
                guard case .close = call.request else { return }
                for group in store.sites[Self.site]!.queues.keys {
                    store.sites[Self.site]!.queues[group] = []
                }
            }
        }
    }

    @Test func servingOutOfOrderIsNoticed() {
        expectCaught(4) {
            let turn = { (store: MemoryStore) in
                guard var site = store.sites[Self.site] else { return }
                for id in site.open { site.sessions[id]!.headStart = -site.sessions[id]!.headStart }
                store.sites[Self.site] = site
            }
            $0.beforeStep = { store, _ in turn(store) }
            $0.afterStep = { store, _ in turn(store) }
        }
    }

    @Test func wrongPositionIsNoticed() {
        expectCaught(5) {
            $0.notice = { notice in
                guard case .departed(let key, let version, let tickets) = notice else {
                    return notice
                }
                return .departed(key, version: version, tickets: tickets + tickets)
            }
        }
    }

    @Test func risingRangeIsNoticed() {
        var isOdd = false
        expectCaught(5) {
            $0.frame = { frame in
                let text = String(decoding: frame, as: UTF8.self)
                guard text.contains("wait_s") else { return [frame] }
                isOdd.toggle()
                let begin = "\"wait_s\":[\(isOdd ? "" : "9")"
                return [Array(text.replacing("\"wait_s\":[", with: begin).utf8)]
            }
        }
    }

    @Test func risingPositionIsNoticed() {
        var isOdd = false
        expectCaught(5) {
            $0.frame = { frame in
                let text = String(decoding: frame, as: UTF8.self)
                guard text.contains("queue.position") else { return [frame] }
                isOdd.toggle()
                return [
                    Array(
                        text.replacing("\"position\":", with: "\"position\":\(isOdd ? "" : "9")")
                            .utf8)
                ]
            }
        }
    }

    @Test func messageDeliveredTwiceIsNoticed() {
        expectCaught(6) {
            $0.frame = { Self.isMessage($0) ? [$0, $0] : [$0] }
        }
    }

    @Test func lostMessageIsNoticed() {
        var count = 0
        expectCaught(6) {
            $0.frame = { frame in
                guard Self.isMessage(frame) else { return [frame] }
                count += 1
                return count % 5 == 0 ? [] : [frame]
            }
        }
    }

    private static func isMessage(_ frame: [UInt8]) -> Bool {
        ServerEvent.decode(frame)?.type == "message"
    }

    @Test func acknowledgedAndNotKeptIsNoticed() {
        expectCaught(6) {
            $0.afterStep = { store, call in
                guard case .append(let append) = call.request else { return }
                store.sites[Self.site]?.sessions[append.session]?.stream = []
            }
        }
    }

    @Test func anothersMessageIsNoticed() {
        var last: SessionID?
        expectCaught(7) {
            $0.notice = { notice in
                guard case .message(let id, let epoch, let record, let origin) = notice else {
                    return notice
                }
                defer { last = id }
                return .message(last ?? id, epoch: epoch, record, origin: origin)
            }
        }
    }

    @Test func noteShownToACustomerIsNoticed() {
        var note: [UInt8] = []
        expectCaught(7) {
            $0.frame = { frame in
                let type = ServerEvent.decode(frame)?.type
                if type == "note" { note = frame }
                // Customers alone are told positions.
                return type == "queue.position" && !note.isEmpty ? [frame, note] : [frame]
            }
        }
    }

    @Test func lostNoteIsNoticed() {
        expectCaught(6) {
            $0.frame = { ServerEvent.decode($0)?.type == "note" ? [] : [$0] }
        }
    }

    @Test func levelShownToACustomerIsNoticed() {
        expectCaught(7) {
            $0.frame = { frame in
                let text = String(decoding: frame, as: UTF8.self)
                return [Array(text.replacing("\"topic\"", with: "\"level\":3,\"topic\"").utf8)]
            }
        }
    }

    @Test func acknowledgementWithoutTheStoreIsNoticed() {
        expectCaught(6) {
            $0.beforeStep = { store, call in
                guard case .append(let append) = call.request else { return }
                store.sites[Self.site]?.sessions[append.session]?.record.state = .closed
            }
            $0.reply = { reply in
                guard case .appended(let outcomes) = reply else { return reply }
                return .appended(
                    outcomes.map { _ in .kept(seq: 1, at: 0, epoch: 1, isRepeat: false) })
            }
        }
    }

    @Test func forgottenAnswerOfTheStoreIsNoticed() {
        var count = 0
        expectCaught(9) {
            $0.losesAnswer = {
                count += 1
                return count % 40 == 0
            }
        }
    }

    @Test func unansweredBadLineIsNoticed() {
        expectCaught(10) {
            $0.frame = { frame in
                let code = ServerEvent.decode(frame)?.code
                return code == .badJSON || code == .badFrame ? [] : [frame]
            }
        }
    }
}
