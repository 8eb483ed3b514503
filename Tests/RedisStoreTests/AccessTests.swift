/// The restricted Redis user of `Config/redis.acl`: it can do all the hub does, and nothing more.
import ChatModel
import Foundation
import HubCore
import Redis
import Testing

@testable import RedisStore

@Suite struct AccessTests {
    private static let password = "only-for-this-test"

    private static func line() throws -> String {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Config/redis.acl")
        let text = try String(contentsOf: path, encoding: .utf8)
        let users = text.split(separator: "\n").filter { $0.hasPrefix("user ") }
        try #require(users.count == 1)
        return String(users[0])
    }

    private static func restricted() throws -> TestRedis {
        let line = try line()
        #expect(line.contains(">REPLACE-THIS-PASSWORD "))
        let words = line.replacing("REPLACE-THIS-PASSWORD", with: password).split(separator: " ")
        let redis = try TestRedis(["--user"] + words.dropFirst().map(String.init))
        redis.credentials = (user: "chathub", password: password)
        return redis
    }

    @Test func everyCommandOfTheStepsIsAllowed() throws {
        let allowed = Set(try Self.line().split(separator: " ").map { $0.lowercased() })
        var used: Set<String> = []
        for step in StepScript.allCases {
            let source = StepScript.common + step.own + step.body
            for match in String(decoding: source, as: UTF8.self).matches(of: /call\('([A-Z]+)'/) {
                used.insert(match.1.lowercased())
            }
        }
        #expect(used.count > 20)
        let missing = used.filter { !allowed.contains("+" + $0) }
        #expect(missing.isEmpty, "not in Config/redis.acl: \(missing.sorted())")
    }

    @Test func theStoreWorksAsTheRestrictedUser() throws {
        let redis = try Self.restricted()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        let lease = try node.lease()
        let chen = Participant(role: .agent, id: PersonID("chen")!)
        let group = GroupID("after-sales")!
        let profile = AgentProfile(id: chen.id, groups: [group])
        try node.ask(
            .syncAgents([profile], groups: [group], selection: .leastLoaded), lease: lease)
        try node.ask(.attach(Attach(person: chen, profile: profile)), lease: lease)
        try node.ask(.setStatus(SetStatus(agent: chen.id, status: .online)), lease: lease)
        try node.ask(.arrive("v_1"), lease: lease)
        guard case .started = try node.ask(.start(1, by: "v_1"), lease: lease) else {
            Issue.record("no session was made")
            return
        }
        #expect(try node.ask(.watch(sessionID(1)), lease: lease) == .done)
        try node.ask(.say(1, customer("v_1"), "heard"), lease: lease)
        try node.hear { if case .message = $0 { true } else { false } }
        let page = try node.ask(.read(1, after: 0), lease: lease).page
        #expect(page?.messages.isEmpty == false)
        for request: StoreRequest in [
            .sessions(customer("v_1")), .queueSnapshot(group),
            .tickets(QueueClass(group: group, level: .ordinary)), .sweep(limit: 10), .loadSite,
            .siteVersions, .renewLease(milliseconds: 5_000),
            .close(session: sessionID(1), by: customer("v_1"), reason: "customer"),
            .detach(Detach(person: chen, graceMilliseconds: 0)), .unwatch(sessionID(1)),
            .closeLease(botMilliseconds: 15_000),
        ] {
            #expect(try node.ask(request, lease: lease) != .unavailable, "\(request)")
        }
        #expect(node.faults.isEmpty, "\(node.faults)")
        try node.stop()
    }

    @Test(arguments: [
        ["FLUSHALL"], ["KEYS", "*"], ["CONFIG", "SET", "appendonly", "no"], ["SHUTDOWN"],
        ["SET", "elsewhere", "x"], ["GET", "{demo}other"], ["ACL", "LIST"],
        ["PUBLISH", "elsewhere", "x"], ["SCRIPT", "FLUSH"], ["EVAL", "return 1", "0"],
        ["FUNCTION", "FLUSH"], ["MONITOR"],
    ])
    func nothingElseIsAllowed(_ words: [String]) throws {
        let redis = try Self.restricted()
        let thread = try LoopThread()
        defer { thread.end() }
        let node = try TestNode(thread, redis)
        let reply = try node.command(words.map { Array($0.utf8) })
        #expect("\(reply)".contains("NOPERM"), "\(reply)")
        try node.stop()
    }
}
