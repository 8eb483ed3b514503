/// Eight may be in a conversation beside its owner, on both stores alike; the giver of a warm
/// transfer is one of them.
import ChatModel
import HubCore
import Testing

@testable import RedisStore

@Suite(.serialized) struct CrowdTests {
    private static let names = (0..<10).map { "agent\($0)" }

    /// A talk of the first agent's; the others are here and busy.
    private func talk(offer: Int64?) throws -> Pair {
        let pair = try Pair(seed: 0)
        for (index, name) in Self.names.enumerated() {
            try pair.ask(.serve(name))
            let status: AgentStatus = index == 0 ? .online : .busy
            try pair.ask(.setStatus(SetStatus(agent: person(name), status: status)))
        }
        try pair.ask(.arrive("c"))
        try pair.ask(.start(1, by: "c", offer: offer))
        if offer != nil { try pair.ask(.accept(session: sessionID(1), agent: person("agent0"))) }
        return pair
    }

    private func invite(_ pair: Pair, _ indices: Range<Int>) throws {
        for name in Self.names[indices] {
            try pair.ask(
                .invite(
                    InviteAgent(
                        session: sessionID(1), agent: person(name), by: agent("agent0"),
                        key: name, body: [])))
        }
    }

    private func give(_ pair: Pair, to name: String, isWarm: Bool) throws {
        try pair.ask(
            .transfer(
                TransferSession(
                    session: sessionID(1), target: .agent(person(name)), by: agent("agent0"),
                    key: "to \(name) \(isWarm)", body: [], isWarm: isWarm)))
    }

    private func end(_ pair: Pair) throws {
        try pair.compareStates()
        #expect(!pair.hasFailed)
        try pair.stop()
        pair.thread.end()
    }

    @Test func aGiverDoesNotStayWhereEightAreInIt() throws {
        let pair = try talk(offer: nil)
        try invite(pair, 1..<9)
        #expect(pair.refusals.isEmpty)
        try give(pair, to: "agent9", isWarm: true)
        #expect(pair.refusals == [.tooMany])
        #expect(pair.owner(of: 1) == person("agent0"))
        try give(pair, to: "agent9", isWarm: false)
        #expect(pair.owner(of: 1) == person("agent9"))
        try end(pair)
    }

    @Test func oneOfTheEightMakesRoomForTheGiver() throws {
        let pair = try talk(offer: nil)
        try invite(pair, 1..<9)
        try give(pair, to: "agent8", isWarm: true)
        #expect(pair.refusals.isEmpty && pair.owner(of: 1) == person("agent8"))
        try end(pair)
    }

    @Test func hisPlaceIsKeptWhileAColleagueIsAsked() throws {
        let pair = try talk(offer: 20_000)
        try invite(pair, 1..<8)
        try give(pair, to: "agent9", isWarm: true)
        #expect(pair.refusals.isEmpty)
        try invite(pair, 8..<9)
        #expect(pair.refusals == [.tooMany])
        try pair.ask(.accept(session: sessionID(1), agent: person("agent9")))
        #expect(pair.owner(of: 1) == person("agent9"))
        try end(pair)
    }
}
