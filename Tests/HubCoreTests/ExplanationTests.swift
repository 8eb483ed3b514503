/// What a session's explanation remembers of its way.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct ExplanationTests {
    @Test func whatIsWrittenDownPushesNoDecisionOut() throws {
        let world = World()
        let customer = world.customer("c")
        let session = try #require(customer.start("hello"))
        let chen = world.agent("chen")
        chen.request("offer.accept", chen.about(session))
        for number in 0..<45 {
            let tagged = chen.request(
                "session.tag", chen.about(session) + ",\"tags\":[\"t\(number)\"]")
            #expect(tagged?.type == "ok")
        }
        let explained = chen.request("session.explain", chen.about(session))
        let events = explained?.tree["explanation"]?["events"]?.elements ?? []
        let names = events.compactMap { $0["what"]?.string }
        #expect(names == ["offered", "accepted"], "\(names)")
    }
}
