// Loading customers against a store that is scripted: what is kept, and what is asked how often.
import ChatModel
import HubConfig
import HubCore
import Testing

@testable import HubServer

struct CustomerImportTests {
    /// Keeps what is asked; answers when told.
    private final class ScriptedStore: Store {
        var calls: [StoreCall] = []
        func submit(_ call: StoreCall) { calls.append(call) }
    }

    private let store = ScriptedStore()
    private let desk = StoreDesk()
    private let site: SiteID

    init() throws {
        site = try #require(SiteID("demo"))
        desk.store = store
    }

    private func answer(_ reply: StoreReply) {
        let calls = store.calls
        store.calls = []
        for call in calls { _ = desk.take(call.operation, reply) }
    }

    @Test func nothingIsKeptOfWhatComesWhenTheStoreIsLost() {
        let loader = CustomerLoader(
            desk: desk, site: site, format: .jsonl, agents: [], isDryRun: false)
        func read(_ rows: Int) {
            let text = (0..<rows).map { "{\"id\":\"u-\($0)\"}\n" }.joined()
            Array(text.utf8).withUnsafeBytes { loader.read($0) }
        }
        // One step on its way, and the beginning of the next.
        read(CustomerLoader.stepRows + 20)
        #expect(store.calls.count == 1 && loader.batch.count == 20)
        answer(.unavailable)
        #expect(loader.isLost && loader.batch.isEmpty)
        read(3 * CustomerLoader.stepRows)
        loader.finish()
        #expect(loader.batch.isEmpty && store.calls.isEmpty)
        #expect(loader.report.rows == CustomerLoader.stepRows + 20)
    }

    @Test func aSiteFileIsReadOnceAVersion() throws {
        let anna = try #require(PersonID("anna"))
        let bo = try #require(PersonID("bo"))
        var parsed: [Int] = []
        let agents = SiteAgents(desk) { stored, _ in
            parsed.append(stored.version)
            return stored.version == 1 ? [anna: "Anna"] : [bo: "Bo"]
        }
        var heard: [Set<PersonID>?] = []
        func ask(_ reply: StoreReply) {
            agents.read(site) { heard.append($0) }
            answer(reply)
        }
        for version in [1, 1, 2, 2] {
            ask(.site(StoredSite(version: version, digest: "d\(version)", text: "")))
        }
        ask(.unavailable)
        ask(.site(nil))
        #expect(heard == [[anna], [anna], [bo], [bo], nil, []])
        #expect(parsed == [1, 2])
    }
}
