/// Short ways to write requests in tests.
import ChatModel
import HubCore
import Redis

@testable import RedisStore

func person(_ text: String) -> PersonID { PersonID(text)! }
func customer(_ text: String) -> Participant { Participant(role: .customer, id: person(text)) }
func agent(_ text: String) -> Participant { Participant(role: .agent, id: person(text)) }
func group(_ text: String) -> GroupID { GroupID(text)! }
func sessionID(_ number: UInt64) -> SessionID {
    SessionID(high: number &* 0x9E37_79B9, low: number)
}

let origin = ConnectionReference(incarnation: 1, connection: 7)
let sixty = Graces(customerMilliseconds: 60_000, agentMilliseconds: 30_000)

extension StoreRequest {
    static func start(
        _ number: UInt64, by who: String, level: Int = 0, offer: Int64? = 20_000,
        groups: [String] = ["sales"]
    ) -> StoreRequest {
        .start(
            StartSession(
                session: sessionID(number), customer: person(who), siteVersion: 0,
                placement: Placement(
                    level: Level(level)!, levelSource: .attribute,
                    headStartMilliseconds: Int64(level) * 600_000,
                    home: group(groups[0]),
                    openings: groups.enumerated().map {
                        Placement.Opening(
                            target: .group(group($1), nil),
                            durationMilliseconds: $0 == groups.count - 1 ? nil : 90_000)
                    }, offerMilliseconds: offer),
                topic: "refund", channel: nil, profile: Array("{}".utf8),
                explanation: Array("{}".utf8), firstMessage: nil))
    }

    static func arrive(_ who: String) -> StoreRequest {
        .attach(Attach(person: customer(who), profile: nil))
    }

    static func serve(_ who: String, capacity: Int = 2, groups: [String] = ["sales"])
        -> StoreRequest
    {
        .attach(
            Attach(
                person: agent(who),
                profile: AgentProfile(
                    id: person(who), capacity: capacity, groups: groups.map { group($0) })))
    }

    static func say(_ number: UInt64, _ sender: Participant, _ keys: String...) -> StoreRequest {
        .append(
            Append(session: sessionID(number), messages: keys.map { message(sender, $0) }))
    }

    static func read(_ number: UInt64, after seq: Int = 0) -> StoreRequest {
        .history(HistoryQuery(session: sessionID(number), direction: .after(seq), limit: 200))
    }
}

func message(_ sender: Participant, _ key: String) -> NewMessage {
    NewMessage(
        sender: sender, key: key, body: Array("\"text\":\"\(key)\"".utf8), origin: origin)
}

extension TestNode {
    func lease(milliseconds: Int64 = 60_000) throws -> Lease {
        let reply = try ask(.openLease(milliseconds: milliseconds, graces: sixty))
        guard case .lease(let lease) = reply else { throw TestFailure(what: "\(reply)") }
        return lease
    }
}

/// One node at a Redis of its own, with a lease; in it a customer, `v_1`, who has begun session 1.
struct Alone {
    let redis: TestRedis
    let node: TestNode
    let lease: Lease
    private let thread: LoopThread

    init(_ arguments: [String] = [], _ change: (inout RedisOptions) -> Void = { _ in }) throws {
        redis = try TestRedis(arguments)
        thread = try LoopThread()
        node = try TestNode(thread, redis, change)
        lease = try node.lease()
        try node.ask(.arrive("v_1"), lease: lease)
        try node.ask(.start(1, by: "v_1"), lease: lease)
    }

    func end() { thread.end() }
}

extension StoreReply {
    var record: SessionRecord? {
        switch self {
        case .session(let record): record
        case .started(let started): started.session
        default: nil
        }
    }

    var page: HistoryPage? {
        if case .history(let page) = self { page } else { nil }
    }

    var outcomes: [AppendOutcome]? {
        if case .appended(let outcomes) = self { outcomes } else { nil }
    }
}
