/// Colleagues who are asked to take over, or to come in: what each is told, on whichever node he is
/// and whenever he comes.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct JoinedTests {
    /// A conversation of chen's on node 0, and dina away on node 1.
    private struct Talk {
        let world: World
        let customer: Client
        let chen: Client
        let dina: Client
        let session: SessionID?

        init() {
            world = World(nodes: 2, rules: .demo(offerMilliseconds: 20_000))
            chen = world.agent("chen")
            customer = world.customer("c")
            session = customer.start("hello")
            chen.request("offer.accept", chen.about(session))
            dina = world.agent("dina", on: 1, status: "away")
        }

        func invite() -> ServerEvent? {
            chen.request(
                "session.invite", chen.about(session) + ",\"key\":\"i\",\"agent\":\"dina\"")
        }

        func transfer() -> ServerEvent? {
            chen.request(
                "session.transfer",
                chen.about(session) + ",\"key\":\"t\",\"to\":{\"agent\":\"dina\"}")
        }
    }

    private func others(_ event: ServerEvent?) -> [String] {
        (event?.tree["others"]?.elements ?? []).map {
            "\($0["id"]?.string ?? "") \($0["as"]?.string ?? "")"
        }
    }

    @Test func whoIsAskedFindsItAlsoWhereItWasKnownBefore() {
        let talk = Talk()
        #expect(talk.transfer()?.tree["transfer"] != nil)
        #expect(talk.dina.next("offer")?.session == talk.session)
        // Of the session everything is known on chen's node; of dina nothing until now.
        let again = talk.world.agent("dina", on: 0, status: nil)
        #expect(again.next("offer")?.tree["transfer"]?["from"]?.string == "chen")
        #expect(again.request("offer.accept", again.about(talk.session))?.state == .active)
    }

    @Test func whoIsInvitedFindsItAlsoWhereItWasKnownBefore() {
        let talk = Talk()
        #expect(others(talk.invite()) == ["dina invited"])
        #expect(talk.dina.next("invite")?.tree["from"]?["name"]?.string == "Chen")
        let again = talk.world.agent("dina", on: 0, status: nil)
        #expect(again.next("invite")?.session == talk.session)
        #expect(again.texts().isEmpty)
        let joined = again.request("session.join", again.about(talk.session))
        #expect(others(joined) == ["dina joined"])
        talk.customer.send("welcome", key: "k", in: talk.session)
        for client in [again, talk.dina, talk.chen] { #expect(client.texts().last == "welcome") }
    }

    @Test func whoIsInvitedHearsHowLongAlsoWhenHeComesBack() {
        let talk = Talk()
        talk.world.pass(1_000)
        _ = talk.invite()
        #expect(talk.dina.next("invite")?.tree["expires_ms"] == .integer(300_000))
        talk.world.pass(100_000)
        // To either node the session was known before.
        for node in 0...1 {
            let again = talk.world.agent("dina", on: node, status: nil)
            #expect(again.next("invite")?.tree["expires_ms"] == .integer(200_000))
        }
    }

    @Test func theLastWordsComeBeforeTheEndAndWhoJoinedIsOutThen() {
        let talk = Talk()
        _ = talk.invite()
        talk.dina.request("session.join", talk.dina.about(talk.session))
        talk.customer.send("thank you", key: "k", in: talk.session)
        talk.chen.request("session.close", talk.chen.about(talk.session))
        let told = talk.dina.history.filter { $0.type == "message" || $0.type == "session.state" }
        #expect(told.last?.state == .closed && told.last?.tree["reason"]?.string == "left")
        #expect(told.last?.tree["customer"] == nil)
        #expect(told.dropLast().last?.text == "thank you")
        #expect(talk.dina.send("?", key: "k", in: talk.session)?.code == .sessionClosed)
        let seen = talk.customer.history.last { $0.type == "session.state" }
        #expect(seen?.state == .closed && seen?.tree["agents"] == nil)
    }

    @Test func theCustomerSeesWhoJoinedAndNobodyWhoOnlyMight() {
        let talk = Talk()
        talk.customer.forgetFrames()
        _ = talk.invite()
        #expect(talk.customer.next("participant") == nil)
        #expect(talk.customer.next("session.state") == nil)
        talk.dina.request("session.join", talk.dina.about(talk.session))
        #expect(talk.customer.next("participant")?.tree["change"]?.string == "joined")
        let agents = talk.customer.next("session.state")?.tree["agents"]?.elements
        #expect(agents?.map { $0["name"]?.string } == ["Dina"])
        talk.dina.request("session.leave", talk.dina.about(talk.session))
        #expect(talk.customer.next("participant")?.tree["change"]?.string == "left")
        #expect(talk.customer.next("session.state")?.tree["agents"] == nil)
    }

    /// What the talk's people are told of dina's invitation: she, and who invited her.
    private func toldOfIt(_ talk: Talk) -> [String?] {
        [talk.dina, talk.chen].map { client in
            let last = client.history.last { $0.type == "session.state" }
            return last?.tree["reason"]?.string
        }
    }

    @Test func anInvitationIsTakenBack() {
        let talk = Talk()
        _ = talk.invite()
        let members = talk.chen.about(talk.session) + ",\"agent\":\"dina\""
        #expect(talk.dina.request("session.leave", members)?.type == "ok")
        _ = talk.chen.request("session.invite", members + ",\"key\":\"again\"")
        #expect(talk.chen.request("session.invite.cancel", members)?.type == "ok")
        #expect(toldOfIt(talk) == ["invite_cancelled", "invite_cancelled"])
        let told = talk.dina.history.last { $0.type == "session.state" }
        #expect(told?.state == .queued && told?.tree["customer"] == nil)
        #expect(talk.dina.request("session.join", talk.dina.about(talk.session))?.code == .notFound)
        // Once more, after a lost answer.
        #expect(talk.chen.request("session.invite.cancel", members)?.type == "ok")
        #expect(talk.customer.history.allSatisfy { $0.type != "participant" })
    }

    @Test func anInvitationEndsByItselfAndItsOwnerHearsWhy() {
        let talk = Talk()
        _ = talk.invite()
        talk.world.pass(299_000)
        #expect(toldOfIt(talk) == [nil, "agent_invited"])
        talk.world.pass(2_000)
        #expect(toldOfIt(talk) == ["invite_expired", "invite_expired"])
        #expect(talk.dina.request("session.join", talk.dina.about(talk.session))?.code == .notFound)
    }

    @Test func whoIsInvitedIsNoLongerWhenItGoesToAColleague() {
        let talk = Talk()
        _ = talk.invite()
        let eve = talk.world.agent("eve", on: 1, status: "away")
        _ = talk.chen.request(
            "session.transfer",
            talk.chen.about(talk.session) + ",\"key\":\"t\",\"to\":{\"agent\":\"eve\"}")
        #expect(toldOfIt(talk).first == .some(nil))
        eve.request("offer.accept", eve.about(talk.session))
        #expect(toldOfIt(talk).first == "left")
        let again = talk.world.agent("dina", on: 0, status: nil)
        #expect(again.next("invite") == nil)
    }

    @Test func whoHasComeInIsNotSentAway() {
        let talk = Talk()
        _ = talk.invite()
        talk.dina.request("session.join", talk.dina.about(talk.session))
        let members = talk.chen.about(talk.session) + ",\"agent\":\"dina\""
        #expect(talk.chen.request("session.invite.cancel", members)?.code == .forbidden)
        let eve = talk.world.agent("eve", on: 1, status: "away")
        #expect(eve.request("session.invite.cancel", members)?.code == .notFound)
    }

    @Test func aCustomerNamedLikeAnAgentIsNotThatAgent() {
        let talk = Talk()
        _ = talk.invite()
        talk.dina.request("session.join", talk.dina.about(talk.session))
        let (other, _) = customer(called: "dina", talk)
        let page = other.request("history", other.about(talk.session) + ",\"after\":0,\"limit\":9")
        #expect(page?.code == .notFound)
    }

    @Test func aCustomerNamedLikeAnAgentIsToldOfHim() {
        let talk = Talk()
        let (other, session) = customer(called: "dina", talk)
        talk.chen.request("offer.accept", talk.chen.about(session))
        talk.chen.request(
            "session.invite", talk.chen.about(session) + ",\"key\":\"i\",\"agent\":\"dina\"")
        var changes: [String?] {
            other.history.filter { $0.type == "participant" }.map { $0.tree["change"]?.string }
        }
        talk.dina.request("session.join", talk.dina.about(session))
        #expect(changes == ["joined"])
        talk.dina.drop()
        talk.world.pass(100)
        #expect(changes == ["joined", "lost"])
        talk.world.pass(40_000)
        #expect(changes == ["joined", "lost", "left"])
    }

    private func customer(called name: String, _ talk: Talk) -> (Client, SessionID?) {
        let client = talk.world.connect(name)
        client.isCustomer = true
        client.ask(
            "hello", "\"role\":\"customer\",\"site\":\"demo\",\"token\":\"customer:\(name)\"")
        talk.world.settle()
        return (client, client.start())
    }

    @Test func aTransferComesBehindWhatItsSenderSaid() {
        let talk = Talk()
        let said = ["one", "two", "three"].map {
            talk.chen.ask(
                "message.send",
                talk.chen.about(talk.session) + ",\"key\":\"\($0)\",\"text\":\"\($0)\"")
        }
        let sent = talk.chen.ask(
            "session.transfer",
            talk.chen.about(talk.session) + ",\"key\":\"t\",\"to\":{\"group\":\"floaters\"}")
        talk.world.settle()
        for request in said { #expect(talk.chen.answer(request)?.type == "ok") }
        #expect(talk.chen.answer(sent)?.state == .queued)
        #expect(talk.customer.texts().suffix(3) == ["one", "two", "three"])
    }

    @Test func aFormerOwnerWhoAsksAgainSeesNothingOfWhatCameSince() {
        let talk = Talk()
        #expect(talk.transfer()?.tree["customer"] != nil)
        #expect(talk.transfer()?.tree["customer"] != nil)
        talk.dina.request("offer.accept", talk.dina.about(talk.session))
        let again = talk.transfer()
        #expect(again?.session == talk.session && again?.state == .active)
        #expect(again?.tree["customer"] == nil && again?.tree["agent"] == nil)
    }

    @Test func oneWhoInvitedSeesNothingOfItAfterGivingItAway() {
        let talk = Talk()
        #expect(talk.invite()?.tree["customer"] != nil)
        _ = talk.transfer()
        talk.dina.request("offer.accept", talk.dina.about(talk.session))
        let again = talk.invite()
        #expect(again?.state == .active && again?.tree["customer"] == nil)
    }

    @Test func theGiverIsToldThatItWentToAGroupAlsoWhenSomebodyHasItAtOnce() {
        let talk = Talk()
        _ = talk.world.agent("eve", on: 1)
        talk.chen.forgetFrames()
        _ = talk.chen.request(
            "session.transfer",
            talk.chen.about(talk.session) + ",\"key\":\"t\",\"to\":{\"group\":\"floaters\"}")
        #expect(talk.chen.next("session.state")?.tree["reason"]?.string == "sent_to_group")
    }

    @Test func whoIsAskedAndWhoJoinedMayHaveItExplained() {
        let asked = Talk()
        #expect(
            asked.dina.request("session.explain", asked.dina.about(asked.session))?.code
                == .notFound)
        _ = asked.transfer()
        #expect(
            asked.dina.request("session.explain", asked.dina.about(asked.session))?.type == "ok")
        let joined = Talk()
        _ = joined.invite()
        joined.dina.request("session.join", joined.dina.about(joined.session))
        #expect(
            joined.dina.request("session.explain", joined.dina.about(joined.session))?.type == "ok")
    }

    @Test func sentToAnotherGroupItIsWaitedForThere() {
        let talk = Talk()
        _ = talk.chen.request(
            "session.transfer",
            talk.chen.about(talk.session) + ",\"key\":\"t\",\"to\":{\"group\":\"floaters\"}")
        #expect(talk.chen.next("session.state")?.tree["reason"]?.string == "sent_to_group")
        let record = talk.world.store.sites[talk.world.site]?.sessions[talk.session!]?.record
        #expect(record?.state == .queued && record?.group == GroupID("floaters"))
        // Neither dina's group nor chen's is to have it any more.
        talk.dina.request("status.set", "\"status\":\"online\"")
        #expect(talk.dina.next("offer") == nil)
        let eve = talk.world.agent("eve", on: 1)
        #expect(eve.next("offer")?.session == talk.session)
    }
}
