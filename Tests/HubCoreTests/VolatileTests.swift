/// Typing and read marks, and what a node listens to.
import ChatModel
import ChatProtocol
import HubCore
import Testing

@Suite struct VolatileTests {
    /// A chat between a customer on the first node and an agent on the last, with one message each.
    private func chat(_ world: World) throws -> (Client, Client, SessionID) {
        let anna = world.customer("a")
        let session = try #require(anna.start("hello"))
        let chen = world.agent("chen", on: world.nodes.count - 1)
        chen.request("offer.accept", chen.about(session))
        chen.send("yes?", key: "k1", in: session)
        return (anna, chen, session)
    }

    @Test(arguments: [1, 2])
    func aReloadedPageLearnsHowFarTheOtherHasRead(nodes: Int) throws {
        let world = World(nodes: nodes)
        let (anna, chen, session) = try chat(world)
        chen.say("{\"type\":\"read\",\(chen.about(session)),\"seq\":1}")
        world.settle()
        #expect(anna.next("read")?.tree["seq"] == .integer(1))
        anna.drop()
        world.settle()
        let again = world.customer("a")
        let marks = again.history.filter { $0.type == "read" }
        #expect(marks.map { $0.tree["seq"] } == [.integer(1)])
        #expect(marks.first?.tree["from"]?["id"]?.string == "chen")
        // Behind the answer that carries the messages it is about.
        #expect(again.history.first?.type == "ok")
    }

    @Test func readMarksOfOneReaderMergeAndTypingIsApart() throws {
        let world = World()
        let (anna, chen, session) = try chat(world)
        var keys: [UInt64] = []
        world.onVolatile = { if $0 === anna { keys.append($1) } }
        let about = chen.about(session)
        for line in [
            "\"read\",\(about),\"seq\":1", "\"read\",\(about),\"seq\":2",
            "\"typing\",\(about),\"typing\":true",
        ] {
            chen.say("{\"type\":\(line)}")
            world.settle()
        }
        try #require(keys.count == 3)
        #expect(keys[0] == keys[1])
        #expect(keys[1] != keys[2])
    }

    @Test(arguments: [MemoryStoreNode.Fault.notDone, .answerLost])
    func aWatchEndsAlsoWhileTheStoreIsAway(fault: MemoryStoreNode.Fault) throws {
        let world = World()
        let anna = world.customer("a")
        _ = try #require(anna.start("hello"))
        #expect(world.nodes[0].port.watchCount == 1)
        anna.drop()
        while world.nodes[0].perform(fault: fault) {}
        world.settle()
        #expect(world.nodes[0].port.watchCount == 0)
    }
}
