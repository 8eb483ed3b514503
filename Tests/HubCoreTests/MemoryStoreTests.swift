/// The in-memory store by itself: what the oracle says where a step is easily got wrong.
import ChatModel
import HubCore
import Testing

@Suite struct MemoryStoreTests {
    private let site = SiteID("demo")!
    private let graces = Graces(customerMilliseconds: 60_000, agentMilliseconds: 30_000)

    private func open(_ store: MemoryStore, _ node: MemoryStoreNode) -> Lease? {
        let call = call(.openLease(milliseconds: 5_000, graces: graces), nil)
        guard case .lease(let lease) = store.perform(call, from: node) else { return nil }
        return lease
    }

    private func call(_ request: StoreRequest, _ lease: Lease?) -> StoreCall {
        StoreCall(operation: OperationID(1), site: site, lease: lease, request: request)
    }

    @Test func clockStandsWhileNobodySweeps() {
        let store = MemoryStore(now: 1_000)
        let node = store.connect()
        let lease = open(store, node)
        let who = Participant(role: .agent, id: PersonID("chen")!)
        _ = store.perform(call(.attach(Attach(person: who, profile: nil)), lease), from: node)
        let gone = Detach(person: who, graceMilliseconds: 10_000)
        _ = store.perform(call(.detach(gone), lease), from: node)
        // A long night: less than the grace has passed when the store wakes up.
        store.advance(to: 50_000_000)
        let renewed = call(.renewLease(milliseconds: 5_000), lease)
        #expect(store.perform(renewed, from: node) == .done)
        let swept = store.perform(call(.sweep(limit: 10), lease), from: node)
        #expect(swept == .swept(SweepReport(nextDeadline: 8_000)))
    }

    @Test func leaseIsHeldUntilASweepEndsIt() {
        let store = MemoryStore(now: 1_000)
        let node = store.connect()
        let other = store.connect()
        let lease = open(store, node)
        let second = open(store, other)
        for time in stride(from: Int64(1_000), through: 8_000, by: 500) {
            store.advance(to: time)
            _ = store.perform(call(.renewLease(milliseconds: 5_000), second), from: other)
            if time < 6_000 {
                _ = store.perform(call(.sweep(limit: 10), second), from: other)
                let reply = store.perform(call(.tickets(aClass), lease), from: node)
                #expect(reply != .fenced)
            }
        }
        _ = store.perform(call(.sweep(limit: 10), second), from: other)
        #expect(store.perform(call(.tickets(aClass), lease), from: node) == .fenced)
    }

    private var aClass: QueueClass { QueueClass(group: GroupID("g")!, level: .ordinary) }

    @Test func dumpIsEmptyForAnUnknownSiteAndTheSameForTheSameSteps() {
        func dump() -> String {
            let store = MemoryStore()
            let node = store.connect()
            _ = open(store, node)
            return store.dump(site)
        }
        #expect(MemoryStore().dump(site).isEmpty)
        #expect(dump() == dump() && dump().contains("lease 1 "))
    }
}
