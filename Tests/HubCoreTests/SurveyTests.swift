/// Customers are asked how it was, whichever way they learn that the talk is over.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct SurveyTests {
    private func talk(_ world: World) throws -> (customer: Client, chen: Client, SessionID) {
        let customer = world.customer("c")
        let session = try #require(customer.start("hello"))
        let chen = world.agent("chen", on: 1)
        chen.request("session.pick", chen.about(session))
        return (customer, chen, session)
    }

    private func world(wrapUp: Int64 = 0) -> World {
        var rules = SiteRules.demo()
        rules.service.survey = SurveySettings()
        rules.wrapUpMilliseconds = wrapUp
        return World(nodes: 2, rules: rules)
    }

    private func surveys(_ client: Client) -> Int {
        client.history.count { $0.type == "survey" }
    }

    /// He reloads the page while the talk ends: so many things have happened of the one when the
    /// other begins.
    @Test(arguments: 0...12, [0, 2_000])
    func whoReloadsAtTheVeryEndIsAskedOnce(steps: Int, wrapUp: Int64) throws {
        let world = world(wrapUp: wrapUp)
        let (customer, chen, session) = try talk(world)
        customer.drop()
        let again = world.connect("c")
        again.ask(
            "hello", "\"role\":\"customer\",\"site\":\"demo\",\"secret\":\"secret-v_c\","
                + "\"resume\":[{\"session\":\"\(session)\",\"after\":1}]")
        for _ in 0..<steps { _ = world.nodes[0].stepOnce() }
        chen.ask("session.close", chen.about(session))
        for _ in 0..<6 { _ = world.nodes[1].stepOnce() }
        world.settle()
        #expect(surveys(again) == 1)
        #expect(surveys(chen) == 0)
    }

    @Test func whoWasAwayAtTheEndIsAskedWhenHeIsBack() throws {
        let world = world()
        let (customer, chen, session) = try talk(world)
        customer.drop()
        world.settle()
        chen.request("session.close", chen.about(session))
        #expect(surveys(world.customer("c", on: 1)) == 1)
    }

    @Test func whoNobodyTalkedWithIsNotAsked() throws {
        let world = world()
        let customer = world.customer("c")
        let session = try #require(customer.start("hello"))
        customer.request("session.leave", customer.about(session))
        customer.drop()
        world.settle()
        let resume = ",\"resume\":[{\"session\":\"\(session)\",\"after\":0}]"
        #expect(surveys(customer) == 0 && surveys(world.customer("c", resume: resume)) == 0)
    }
}
