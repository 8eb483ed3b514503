/// Eight may be in a conversation beside its owner, on both stores alike; the giver of a warm
/// transfer is one of them. Who is only invited is in nobody's way but of further invitations.
import ChatModel
import Foundation
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
                        key: name, body: [], timeoutMilliseconds: 4_000)))
        }
    }

    private func join(_ pair: Pair, _ indices: Range<Int>) throws {
        try invite(pair, indices)
        for name in Self.names[indices] {
            try pair.ask(.join(session: sessionID(1), by: agent(name)))
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
        try join(pair, 1..<9)
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
        try join(pair, 1..<9)
        try give(pair, to: "agent8", isWarm: true)
        #expect(pair.refusals.isEmpty && pair.owner(of: 1) == person("agent8"))
        try end(pair)
    }

    @Test func hisPlaceIsKeptWhileAColleagueIsAsked() throws {
        let pair = try talk(offer: 20_000)
        try join(pair, 1..<8)
        try give(pair, to: "agent9", isWarm: true)
        #expect(pair.refusals.isEmpty)
        try invite(pair, 8..<9)
        #expect(pair.refusals == [.tooMany])
        try pair.ask(.accept(session: sessionID(1), agent: person("agent9")))
        #expect(pair.owner(of: 1) == person("agent9"))
        try end(pair)
    }

    @Test func eightWhoAreInvitedKeepNobodyOutAndTheNinthInvitationIsRefused() throws {
        let pair = try talk(offer: nil)
        try invite(pair, 1..<9)
        #expect(pair.refusals.isEmpty)
        try invite(pair, 9..<10)
        #expect(pair.refusals == [.tooMany])
        let unasked = Participant(role: .supervisor, id: person("agent9"))
        try pair.ask(.join(session: sessionID(1), by: unasked))
        // He is the first of eight; of those who were invited the last finds no place.
        for name in Self.names[1..<8] {
            try pair.ask(.join(session: sessionID(1), by: agent(name)))
        }
        #expect(pair.changes.contains(.agentJoined) && pair.refusals == [.tooMany])
        try pair.ask(.stepOut(session: sessionID(1), agent: person("agent9")))
        try pair.ask(.join(session: sessionID(1), by: agent("agent8")))
        #expect(pair.record(1)?.joined.count == 8)
        try end(pair)
    }

    /// 310 of the first group have gone home; the second group's two are there all the same.
    @Test func aBoardOfManyShowsThoseWhoAreThere() throws {
        let pair = try Pair(seed: 0)
        for number in 1...310 {
            let gone = String(format: "a%03d", number)
            try pair.ask(.serve(gone))
            try pair.ask(.detach(Detach(person: agent(gone), graceMilliseconds: 0)))
        }
        for here in ["yan", "zoe"] {
            try pair.ask(.serve(here, groups: ["care"]))
            try pair.ask(.setStatus(SetStatus(agent: person(here), status: .online)))
        }
        let groups = [group("sales"), group("care")]
        try pair.ask(.board(BoardQuery(groups: groups, minutes: 1)))
        let board = try #require(pair.lastBoard)
        #expect(board.groups.map(\.agentsOnline) == [0, 2])
        #expect(board.agents.count == BoardQuery.agentBound)
        #expect(board.agents.suffix(2).map(\.id) == [person("yan"), person("zoe")])
        try end(pair)
    }

    @Test func anInvitationEndsByItself() throws {
        let pair = try talk(offer: nil)
        try invite(pair, 1..<4)
        try pair.ask(.join(session: sessionID(1), by: agent("agent1")))
        let owner = agent("agent0")
        try pair.ask(.cancelInvite(session: sessionID(1), agent: person("agent2"), by: owner))
        #expect(pair.changes.contains(.inviteCancelled))
        for _ in 0..<3 {
            pair.advance(1_500)
            try pair.ask(.sweep(limit: 100))
        }
        #expect(pair.changes.contains(.inviteExpired))
        #expect(pair.record(1)?.others.map(\.agent) == [person("agent1")])
        #expect(pair.refusals.isEmpty)
        try end(pair)
    }

    @Test func whoGivesItAwayHasInvitedNobodyAnyMore() throws {
        let pair = try talk(offer: nil)
        try join(pair, 1..<2)
        try invite(pair, 2..<4)
        try give(pair, to: "agent9", isWarm: true)
        #expect(pair.record(1)?.others.map(\.agent) == [person("agent1"), person("agent0")])
        try end(pair)
    }

    @Test func whoJoinedGivesNothingButTags() throws {
        let pair = try talk(offer: nil)
        try join(pair, 1..<2)
        var described = DescribeSession(session: sessionID(1), agent: person("agent1"))
        described.tags = ["vip"]
        try pair.ask(.describe(described))
        #expect(pair.refusals.isEmpty && pair.record(1)?.tags == ["vip"])
        described.note = "words"
        try pair.ask(.describe(described))
        #expect(pair.refusals == [.notParticipant])
        described.note = nil
        described.act = .done
        try pair.ask(.describe(described))
        #expect(pair.refusals == [.notParticipant])
        try end(pair)
    }

    @Test func whoHasComeInStaysAndAStrangerTakesNothingBack() throws {
        let pair = try talk(offer: nil)
        try join(pair, 1..<2)
        try invite(pair, 2..<3)
        let id = sessionID(1)
        for by in [agent("agent3"), agent("agent1")] {
            try pair.ask(.cancelInvite(session: id, agent: person("agent2"), by: by))
        }
        #expect(pair.refusals == [.notParticipant])
        let zoe = Participant(role: .supervisor, id: person("zoe"))
        try pair.ask(.cancelInvite(session: id, agent: person("agent1"), by: zoe))
        #expect(pair.refusals == [.notParticipant, .hasJoined])
        try pair.ask(.cancelInvite(session: id, agent: person("agent5"), by: zoe))
        try pair.ask(.cancelInvite(session: id, agent: person("agent2"), by: zoe))
        #expect(pair.record(1)?.others.map(\.agent) == [person("agent1")])
        try end(pair)
    }
}
