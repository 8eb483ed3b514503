/// Files in sessions: who may offer, name and see one, in which order messages stand, and what
/// goes.
import ChatModel
import ChatProtocol
import Testing

@testable import HubCore

@Suite struct FileTests {
    private let world: World
    private let customer: Client
    private let chen: Client
    private let session: SessionID?

    init() {
        var rules = SiteRules.demo()
        rules.files = FileRules(
            terms: FileTerms(maximumBytes: 1_000, types: ["image/png", "text/plain"]),
            limits: FileLimits(perSession: 2, totalBytes: 1_500))
        rules.retention = Retention(
            sessionMilliseconds: 60_000, unsentFileMilliseconds: 40_000)
        world = World(nodes: 2, rules: rules)
        customer = world.customer("c", on: 0)
        session = customer.start("hello")
        chen = world.agent("chen", on: 1)
        if let session { _ = chen.request("session.pick", chen.about(session)) }
    }

    private func offer(_ client: Client, key: String = "f", name: String = "a.png", bytes: Int = 9)
        -> ServerEvent?
    {
        client.request(
            "file.offer",
            "\(client.about(session)),\"key\":\"\(key)\",\"name\":\"\(name)\",\"bytes\":\(bytes)")
    }

    private func file(_ event: ServerEvent?) throws -> FileID {
        try #require(event?.tree["file"]?.string.flatMap { FileID($0) })
    }

    private func send(_ client: Client, _ file: FileID, key: String = "k") -> ServerEvent? {
        client.request(
            "message.send", "\(client.about(session)),\"key\":\"\(key)\",\"file\":\"\(file)\"")
    }

    private func link(_ client: Client, _ file: FileID) -> ServerEvent? {
        client.request("file.link", "\(client.about(session)),\"file\":\"\(file)\"")
    }

    private func uploaded(_ client: Client, key: String = "f") throws -> FileID {
        let file = try file(offer(client, key: key))
        let session = try #require(session)
        guard case .file = client.node.upload(file, of: session) else {
            Issue.record("not kept")
            return file
        }
        return file
    }

    @Test func helloTellsWhatIsTaken() {
        let files = customer.history.first { $0.tree["heartbeat_ms"] != nil }?.tree["site"]?[
            "files"]
        #expect(files?["max_bytes"] == .integer(1_000))
        #expect(files?["types"]?.elements?.count == 2)
    }

    @Test func aFileIsOfferedUploadedSentAndSeenByTheOther() throws {
        let offered = try #require(offer(customer, name: "../x/\u{202E}截图.png"))
        #expect(offered.tree["upload"]?.string?.hasPrefix("upload f_") == true)
        let file = try file(offered)
        #expect(try self.file(offer(customer, name: "../x/\u{202E}截图.png")) == file)
        #expect(send(customer, file)?.code == .noFile)
        #expect(link(customer, file)?.code == .noFile)
        _ = customer.node.upload(file, of: try #require(session))
        #expect(link(customer, file)?.tree["url"]?.string?.hasPrefix("download f_") == true)
        #expect(link(chen, file)?.code == .noFile)
        #expect(send(customer, file)?.seq == 2)
        let message = chen.history.last { $0.type == "message" }
        #expect(message?.tree["kind"]?.string == "image")
        #expect(message?.tree["file"]?["name"]?.string == "截图.png")
        #expect(message?.tree["file"]?["bytes"] == .integer(9))
        #expect(message?.tree["text"] == nil)
        #expect(link(chen, file)?.tree["url"] != nil)
        // The same again is the same.
        #expect(send(customer, file)?.seq == 2)
    }

    /// The one with a file waits for the store first; those behind it wait with it.
    @Test func messagesKeepTheirOrderBehindAFile() throws {
        let file = try uploaded(customer)
        let about = customer.about(session)
        customer.ask("message.send", "\(about),\"key\":\"1\",\"text\":\"before\"")
        customer.ask(
            "message.send", "\(about),\"key\":\"2\",\"file\":\"\(file)\",\"text\":\"it\"")
        customer.ask("message.send", "\(about),\"key\":\"3\",\"text\":\"after\"")
        customer.ask("session.close", about)
        world.settle()
        let texts = chen.history.filter { $0.type == "message" }.compactMap(\.text)
        #expect(texts.suffix(3) == ["before", "it", "after"])
        #expect(chen.history.last { $0.type == "session.state" }?.state == .closed)
    }

    /// What was behind a message whose file is not there goes on its way.
    @Test func aMessageWithoutItsFileHoldsNobodyUp() throws {
        let about = customer.about(session)
        let strange = FileID(high: 1, low: 1)
        let refused = customer.ask(
            "message.send", "\(about),\"key\":\"2\",\"file\":\"\(strange)\"")
        let kept = customer.ask("message.send", "\(about),\"key\":\"3\",\"text\":\"after\"")
        world.settle()
        #expect(customer.answer(refused)?.code == .noFile)
        #expect(customer.answer(kept)?.seq == 2)
    }

    @Test func nobodySendsOrSeesAnothersFile() throws {
        let file = try uploaded(customer)
        #expect(send(chen, file)?.code == .noFile)
        let other = world.customer("d", on: 1)
        _ = other.start("hello")
        #expect(send(other, file, key: "x")?.code == .noFile)
        #expect(send(customer, file)?.seq == 2)
        #expect(link(other, file)?.code == .notFound)
        let dina = world.agent("dina", on: 0)
        #expect(link(dina, file)?.code == .notFound)
        #expect(offer(other)?.code == .notFound)
        #expect(offer(dina)?.code == .notFound)
    }

    /// Else one who never sends a byte could use up what everybody's files may take.
    @Test func offersAloneTakeNoSpace() throws {
        let first = try file(offer(customer, key: "1", bytes: 1_000))
        let second = try file(offer(chen, key: "2", bytes: 1_000))
        let session = try #require(session)
        guard case .file = customer.node.upload(first, of: session) else {
            Issue.record("not kept")
            return
        }
        #expect(chen.node.upload(second, of: session) == .refused(.noSpace))
        #expect(send(chen, second)?.code == .noFile)
        // The space comes back with what took it, and only once.
        world.pass(130_000, step: 500)
        #expect(world.deleted == [first, second])
        #expect(world.store.sites[world.site]?.fileBytes == 0)
        #expect(offer(customer, key: "3", bytes: 1_000)?.tree["file"] != nil)
    }

    @Test func limitsAreKept() throws {
        #expect(offer(customer, key: "big", bytes: 1_001)?.code == .fileTooBig)
        let kept = try file(offer(customer, key: "1", bytes: 1_000))
        _ = customer.node.upload(kept, of: try #require(session))
        #expect(offer(customer, key: "1", bytes: 900)?.code == .keyConflict)
        #expect(offer(customer, key: "2", bytes: 501)?.code == .tooManyFiles)
        #expect(offer(chen, key: "2", bytes: 500)?.tree["file"] != nil)
        #expect(offer(customer, key: "3", bytes: 1)?.code == .tooManyFiles)
        let video = customer.request(
            "file.offer",
            customer.about(session)
                + ",\"key\":\"v\",\"name\":\"v\",\"bytes\":1,\"media_type\":\"video/mp4\"")
        #expect(video?.code == .fileType)
        _ = customer.request("session.close", customer.about(session))
        #expect(offer(customer, key: "4", bytes: 1)?.code == .sessionClosed)
    }

    @Test func whatNoMessageNamedGoesAndWhatOneNamedStaysAsLongAsItsSession() throws {
        let (sent, unsent) = (try uploaded(customer), try uploaded(chen))
        #expect(send(customer, sent)?.seq == 2)
        world.pass(130_000, step: 500)
        #expect(world.deleted == [unsent])
        #expect(world.store.sites[world.site]?.lostFiles == [])
        #expect(link(customer, sent)?.tree["url"] != nil)
        _ = customer.request("session.close", customer.about(session))
        world.pass(100_000, step: 500)
        #expect(world.deleted == [sent, unsent])
    }
}
