/// The store suite: random requests, in the same order, to the in-memory store and to Redis. After
/// each step the replies and what two nodes hear are the same; every 50 steps the whole state is.
import ChatModel
import Glibc
import HubCore
import Redis
import Testing

@testable import RedisStore

@Suite(.serialized) struct TwinTests {
    @Test(arguments: seeds())
    func bothStoresDoTheSame(seed: UInt64) throws {
        let pair = try Pair(seed: seed)
        defer { pair.thread.end() }
        let steps = Int(variable("CHATHUB_STEPS") ?? 3_000)
        // The known seed goes on until everything has come about.
        let bound = seed == Self.known ? 6 * steps : steps
        for number in 1...bound {
            if number > steps, pair.hasSeenEverything { break }
            try pair.step()
            if number % 50 == 0 { try pair.compareStates() }
            if pair.hasFailed {
                print("seed \(seed), step \(number): run with CHATHUB_SEED=\(seed)")
                break
            }
        }
        try pair.compareStates()
        #expect(try pair.faults() == [])
        if seed == Self.known, steps == 3_000, !pair.hasFailed {
            // Requests must bring everything about, else the suite shows less than it says.
            #expect(Pair.expectedChanges.subtracting(pair.changes) == [])
            #expect(Pair.expected.subtracting(pair.refusals) == [])
            #expect(pair.returned > 0, "no message went back to those that wait")
            #expect(pair.idleEnds > 0, "nobody was silent for long")
            #expect(pair.rollbacks > 0 && pair.forgotten && pair.groupsLeft > 0)
            #expect(pair.forks > 0)
            #expect(pair.repeats > 0)
            #expect(pair.conflicts > 0)
            #expect(pair.fences > 0)
            #expect(pair.floorless > 0)
            #expect(pair.board.hasSeenEverything, "\(pair.board)")
        }
        try pair.stop()
    }

    /// A seed that is known to bring everything about; `CHATHUB_KNOWN` tries another.
    static let known: UInt64 = variable("CHATHUB_KNOWN") ?? 10

    /// `CHATHUB_SEED` repeats one; without it the known one and two that are new each time.
    static func seeds() -> [UInt64] {
        if let seed = variable("CHATHUB_SEED") ?? variable("CHATHUB_KNOWN") { return [seed] }
        return [known] + (0..<2).map { _ in UInt64.random(in: 0..<1_000_000) }
    }
}

private func variable(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
}

/// Two nodes of each store, asked the same.
final class Pair {
    let thread: LoopThread
    private let redis: TestRedis
    private let seed: UInt64
    private let nodes: [TestNode]
    private let memory = MemoryStore()
    private let twins: [MemoryStoreNode]
    private var leases: [Lease?] = [nil, nil]
    private var random: RandomSteps
    private var now: Int64 = 1_000_000
    private var marks = 0
    private var epoch = 0
    private(set) var hasFailed = false
    // What came about.
    private(set) var changes: Set<SessionChange> = []
    private(set) var refusals: Set<StoreRefusal> = []
    private(set) var forks = 0
    private(set) var repeats = 0
    private(set) var conflicts = 0
    private(set) var fences = 0
    /// Sends of robots whose customer was a human's.
    private(set) var floorless = 0
    private(set) var board = SeenOnBoard()
    private(set) var lastBoard: BoardSnapshot?
    private(set) var rollbacks = 0
    private(set) var forgotten = false
    private var lastVersion = 0
    /// Agents who lost a removed group when nobody needed it any more.
    private(set) var groupsLeft = 0
    /// Left messages whose agent was lost before anybody answered.
    private(set) var returned = 0
    /// Talks that were closed because their customers said nothing.
    private(set) var idleEnds = 0
    private var changedBySweep = 0
    private var groups: [PersonID: Int] = [:]
    /// Searches that were left for the next step.
    private(set) var searches = 0
    /// Sessions in the queue that was last looked at.
    private(set) var waiting = 0
    private var records: [SessionID: SessionRecord] = [:]
    private let markSession = sessionID(123_456_789)

    init(seed: UInt64) throws {
        self.seed = seed
        random = RandomSteps(seed: seed)
        redis = try TestRedis()
        thread = try LoopThread()
        nodes = [try TestNode(thread, redis), try TestNode(thread, redis)]
        twins = [memory.connect(), memory.connect()]
        try setReplication()
        for index in nodes.indices {
            try both(index, .openLease(milliseconds: 15_000, graces: graces), lease: nil)
            try nodes[index].ask(.watch(markSession), lease: leases[index], clock: now)
        }
    }

    private let graces = Graces(
        customerMilliseconds: 1_500, agentMilliseconds: 900, botMilliseconds: 400)

    /// All but what a newer version might do.
    static let expectedChanges = Set(SessionChange.allCases).subtracting([.changed])

    /// All that the known seed must bring about.
    var hasSeenEverything: Bool {
        changes == Self.expectedChanges && refusals.isSuperset(of: Self.expected)
            && returned > 0 && idleEnds > 0 && rollbacks > 0 && forgotten && groupsLeft > 0
            && forks > 0 && repeats > 0 && conflicts > 0 && fences > 0 && floorless > 0
            && board.hasSeenEverything
    }

    static let expected: Set<StoreRefusal> = [
        .noOffer, .queueFull, .notFound, .reload, .notWaiting, .agentFull, .agentUnavailable,
        .otherGroup, .unknownAgent, .keyConflict, .sessionOpen, .tooManyMessages, .noMessage,
        .noChoice, .noRobot, .noHuman, .noFile, .notActive, .isOwner, .notReopenable,
        .hasJoined, .tooManyFiles, .noSpace, .closed,
    ]

    /// On both stores, by the first node.
    func ask(_ request: StoreRequest) throws { try both(0, request, lease: leases[0]) }

    func advance(_ milliseconds: Int64) {
        now += milliseconds
        memory.advance(to: now)
    }

    /// As notices said.
    func owner(of number: UInt64) -> PersonID? { record(number)?.agent }
    func record(_ number: UInt64) -> SessionRecord? { records[sessionID(number)] }

    /// Keys of the site in Redis.
    func keys(_ pattern: String) throws -> [String] {
        let found = try nodes[0].command("KEYS", "{demo}:" + pattern)
        return found.array?.compactMap(\.string).sorted() ?? []
    }

    func step() throws {
        now += random.milliseconds()
        memory.advance(to: now)
        random.note(now: now)
        let index = random.roll(2)
        switch random.roll(100) {
        case 0..<4: try both(index, .renewLease(milliseconds: 15_000), lease: leases[index])
        case 4 where random.roll(4) == 0:
            try both(index, .closeLease(botMilliseconds: 5_000), lease: leases[index])
        case 5 where random.roll(4) == 0:
            epoch += 1
            memory.failOver(testSite)
            try setReplication()
        case 6 where random.roll(8) == 0: try clear(index)
        case 7 where random.roll(4) == 0: try loseAnAgent()
        default: try both(index, random.next(), lease: leases[index])
        }
    }

    /// The site's groups change, then everybody leaves: removed groups lose their agents.
    private func clear(_ index: Int) throws {
        try both(index, random.sync(), lease: leases[index])
        for record in random.open {
            let who = Participant(role: .customer, id: record.customer)
            try both(
                index, .close(session: record.id, by: who, reason: "left"), lease: leases[index])
        }
        changedBySweep = 0
        try both(index, .sweep(limit: 10_000), lease: leases[index])
        groupsLeft += changedBySweep
    }

    /// An agent of both nodes takes what was left, and is gone before he has answered.
    private func loseAnAgent() throws {
        for step in random.leaveAndLose() { try both(0, step, lease: leases[0]) }
        let gone = Detach(person: agent("anna"), graceMilliseconds: 0)
        for index in [1, 0] { try both(index, .detach(gone), lease: leases[index]) }
    }

    private func setReplication() throws {
        let name = Array("replica\(epoch)".utf8)
        for node in nodes {
            let _: Bool = try thread.wait { done in
                node.store.harnessReplication = name
                done(true)
            }
        }
    }

    private func both(_ index: Int, _ request: StoreRequest, lease: Lease?) throws {
        let expected = memory.perform(
            StoreCall(operation: OperationID(0), site: testSite, lease: lease, request: request),
            from: twins[index])
        let found = try nodes[index].ask(request, lease: lease, clock: now)
        check(found == expected, "\(request)\n  twin  \(expected)\n  redis \(found)")
        try compareNotices(after: request)
        count(found)
        switch found {
        case .lease(let lease): leases[index] = lease
        case .fenced:
            // As a hub does: a new lease, then its people come again one by one.
            try both(index, .openLease(milliseconds: 15_000, graces: graces), lease: nil)
        default: break
        }
    }

    private func count(_ reply: StoreReply) {
        switch reply {
        case .fenced: fences += 1
        case .refused(let refusal): refusals.insert(refusal)
        case .board(let found):
            board.count(reply)
            lastBoard = found
        case .sessionList: board.count(reply)
        case .queue(let queue): waiting = queue.levels.values.reduce(0, +)
        case .versions(let list): forgotten = forgotten || (list.notes.last?.number ?? 1) > 1
        case .history(let page): forks += page.forks.count
        case .appended(let outcomes):
            for outcome in outcomes {
                if case .kept(_, _, _, true) = outcome { repeats += 1 }
                if outcome == .keyConflict { conflicts += 1 }
                if outcome == .noFloor { floorless += 1 }
            }
        default: break
        }
    }

    /// A mark published behind the step's notices: when it is heard, they all were.
    private func compareNotices(after request: StoreRequest) throws {
        marks += 1
        let mark = VolatileEvent(
            session: markSession, from: customer("mark"), kind: .read(marks), origin: origin)
        _ = try nodes[0].command(
            [Array("PUBLISH".utf8), SiteChannels(testSite).channel(of: markSession),
                MessageBytes.payload(of: mark)])
        for (node, twin) in zip(nodes, twins) {
            if leases[0] != nil, leases[1] != nil {
                try node.hear { if case .volatile(let event) = $0 { event == mark } else { false } }
            }
            let found = try node.takeNotices().filter { notice in
                if case .volatile(let event) = notice { event.session != markSession } else { true }
            }
            var expected: [StoreNotice] = []
            while let (_, notice) = twin.nextNotice() { expected.append(notice) }
            for case .session(let record, let change) in found {
                changes.insert(change)
                random.note(record)
                records[record.id] = record
                if change == .closed, record.closeReason == "idle" { idleEnds += 1 }
                if change == .closed, record.closeReason == "gone",
                    found.contains(.left(record.group))
                {
                    returned += 1
                }
            }
            if node === nodes[0] {
                for case .looking in found { searches += 1 }
            }
            for case .agent(let record) in found {
                if record.groups.count < groups[record.id] ?? 0 { changedBySweep += 1 }
                groups[record.id] = record.groups.count
            }
            for case .siteApplied(let version) in found {
                rollbacks += version < lastVersion ? 1 : 0
                lastVersion = version
                random.note(inForce: version)
            }
            check(
                found == expected,
                "notices of \(request)\n  twin  \(expected)\n  redis \(found)")
        }
    }

    func compareStates() throws {
        let dump = String(decoding: PackageResources.dump_lua, as: UTF8.self)
        let found = try nodes[0].command("EVAL", dump, "1", "{demo}:site").string ?? ""
        let expected = memory.dump(testSite)
        guard found != expected else { return }
        let (left, right) = (
            Set(expected.split(separator: "\n")), Set(found.split(separator: "\n"))
        )
        let missing = left.subtracting(right).sorted().joined(separator: "\n    ")
        let surplus = right.subtracting(left).sorted().joined(separator: "\n    ")
        check(false, "states\n  twin\n    \(missing)\n  redis\n    \(surplus)")
    }

    private func check(_ holds: Bool, _ what: String) {
        #expect(holds, "seed \(seed), at \(now): \(what)")
        if !holds { hasFailed = true }
    }

    func faults() throws -> [String] {
        try thread.wait { [nodes] done in done(nodes.flatMap(\.faults)) }
    }

    func stop() throws {
        for node in nodes { try node.stop() }
    }
}
