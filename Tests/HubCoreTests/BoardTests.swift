/// The board: what supervisors see of queues, agents and the last hour, and nobody else does.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct BoardTests {
    private func supervisor(_ world: World, on node: Int = 0) -> Client {
        let client = world.connect("zoe", to: node)
        client.ask(
            "hello", "\"role\":\"supervisor\",\"site\":\"demo\",\"token\":\"supervisor:zoe\"")
        world.settle()
        return client
    }

    private func board(_ zoe: Client) -> JSONValue? {
        zoe.history.last { $0.type == "board.update" }?.tree
    }

    private func group(_ board: JSONValue?, _ name: String = "after-sales") -> JSONValue? {
        board?["groups"]?.elements?.first { $0["group"]?.string == name }
    }

    private func sum(_ board: JSONValue?, _ figure: String) -> Int64 {
        (board?["minutes"]?.elements ?? []).reduce(0) { $0 + ($1[figure]?.int ?? 0) }
    }

    @Test func aQueueIsSeenToGrowAndToEmpty() {
        let world = World(
            nodes: 2, rules: .demo(capacity: 2) { $0.board.withinMilliseconds = 5_000 })
        let zoe = supervisor(world)
        #expect(zoe.request("board.subscribe")?.type == "ok")
        world.settle()
        #expect(group(board(zoe))?["waiting"]?.int == 0)
        #expect(board(zoe)?["minutes"]?.elements?.count == 60)
        let customers = (0..<4).map { world.customer("c\($0)", on: $0 % 2) }
        let sessions = customers.map { $0.start("hello") }
        world.pass(6_000)
        #expect(group(board(zoe))?["waiting"]?.int == 4)
        #expect(group(board(zoe))?["levels"]?["0"]?["waiting"]?.int == 4)
        #expect((group(board(zoe))?["longest_wait_s"]?.int ?? 0) >= 4)
        #expect(board(zoe)?["sessions"]?["queued"]?.int == 4)
        #expect(sum(board(zoe), "started") == 4)
        // One gives up after the promised time, two are served after it, one later in time.
        customers[0].request("session.leave", customers[0].about(sessions[0]))
        let chen = world.agent("chen", on: 1)
        for session in chen.offers { chen.request("offer.accept", chen.about(session)) }
        _ = customers[0].start("again")
        world.pass(3_000)
        #expect(sum(board(zoe), "abandoned") == 1)
        #expect(sum(board(zoe), "assigned") == 2)
        #expect(board(zoe)?["sessions"]?["active"]?.int == 2)
        #expect(group(board(zoe))?["free_slots"]?.int == 0)
        #expect(group(board(zoe))?["within_percent"]?.int == 0)
        let dina = world.agent("dina")
        for session in dina.offers { dina.request("offer.accept", dina.about(session)) }
        world.pass(3_000)
        #expect(group(board(zoe))?["waiting"]?.int == 0)
        #expect(sum(board(zoe), "assigned") == 4)
        // Due were four served and one who gave up late; one was served in time.
        #expect(group(board(zoe))?["within_percent"]?.int == 20)
        let agents = board(zoe)?["agents"]?.elements ?? []
        #expect(agents.compactMap { $0["id"]?.string } == ["chen", "dina"])
        #expect(agents.allSatisfy { $0["held"]?.int == 2 })
    }

    @Test func anUnchangedBoardComesSeldomAndAChangedOneAtMostEveryTwoSeconds() {
        let world = World()
        let zoe = supervisor(world)
        zoe.request("board.subscribe")
        let before = zoe.history.count { $0.type == "board.update" }
        world.pass(30_000)
        let calm = zoe.history.count { $0.type == "board.update" } - before
        // Unchanged every fifteen seconds; a minute that ends is a change.
        #expect((1...3).contains(calm), "\(calm)")
        _ = world.customer("c").start("hello")
        world.pass(10_000)
        let busy = zoe.history.count { $0.type == "board.update" } - before - calm
        #expect((3...5).contains(busy), "\(busy)")
        zoe.request("board.unsubscribe")
        let after = zoe.history.count { $0.type == "board.update" }
        world.pass(20_000)
        #expect(zoe.history.count { $0.type == "board.update" } == after)
    }

    @Test func oneReadServesAllWhoLook() {
        let world = World()
        let all = (0..<3).map { _ in supervisor(world) }
        for zoe in all { zoe.request("board.subscribe") }
        _ = world.customer("c").start("hello")
        world.pass(2_500)
        var reads = 0
        world.rewrite = { call in
            if case .board = call.request { reads += 1 }
            return call
        }
        world.pass(10_000)
        #expect((4...6).contains(reads), "\(reads)")
        for zoe in all { #expect(group(board(zoe))?["waiting"]?.int == 1) }
    }

    @Test func laterVIPsAreSeenToOvertakeAndLimitsToAlarm() {
        let world = World(
            rules: .demo {
                $0.board.waiting = 2
                $0.board.longestWaitMilliseconds = 8_000
            })
        let zoe = supervisor(world)
        zoe.request("board.subscribe")
        let first = world.customer("c0").start("hello")
        world.pass(4_000)
        #expect(board(zoe)?["overtaking"] == nil)
        #expect(board(zoe)?["alerts"]?.elements?.isEmpty == true)
        _ = world.customer("c1", level: 7).start("hello")
        world.pass(6_000)
        #expect(board(zoe)?["overtaking"]?["session"]?.string == first?.description)
        #expect(board(zoe)?["overtaking"]?["worst_s"]?.int == 4)
        let kinds = board(zoe)?["alerts"]?.elements?.compactMap { $0["kind"]?.string }
        #expect(kinds == ["waiting", "longest_wait"])
    }

    @Test func agentsAreRefusedAndSupervisorsListPages() {
        let world = World()
        let sessions = (0..<5).map { world.customer("c\($0)").start("hello") }
        let chen = world.agent("chen")
        for type in ["board.subscribe", "board.unsubscribe", "sessions.list"] {
            #expect(chen.request(type)?.code == .forbidden)
        }
        for session in chen.offers { chen.request("offer.accept", chen.about(session)) }
        let zoe = supervisor(world)
        #expect(zoe.request("sessions.list", "\"group\":\"none\"")?.code == .unknownGroup)
        var found: [String] = []
        var members = "\"limit\":2"
        for _ in 0..<3 {
            let page = zoe.request("sessions.list", members)?.tree
            found += (page?["sessions"]?.elements ?? []).compactMap { $0["session"]?.string }
            guard let next = page?["next"]?.string else { break }
            members = "\"limit\":2,\"after\":\"\(next)\""
        }
        #expect(Set(found) == Set(sessions.compactMap { $0?.description }))
        #expect(found.count == 5)
        let mine = zoe.request("sessions.list", "\"agent\":\"chen\"")?.tree["sessions"]
        #expect(mine?.elements?.count == chen.offers.count + chen.sessionsSeen.count)
        let queued = zoe.request("sessions.list", "\"state\":\"queued\"")?.tree["sessions"]
        #expect(queued?.elements?.count == 1)
    }
}

extension JSONValue {
    fileprivate var int: Int64? { if case .integer(let value) = self { value } else { nil } }
}
