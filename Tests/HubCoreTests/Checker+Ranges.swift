/// Promise 5, of the time beside the number: its lower end never rises, its upper end by a tenth of
/// itself a minute at most, one rung of the ladder at a time.
import ChatModel
import ChatProtocol

@testable import HubCore

extension Checker {
    func checkRange(
        _ frame: ServerEvent, _ session: SessionID, _ client: Client, _ view: inout View
    ) {
        guard let ends = frame.tree["wait_s"]?.elements, let low = ends[0].number else { return }
        let (high, now) = (ends[1].number, world.monotonicNow)
        guard let shown = view.range[session] else {
            view.range[session] = (low, high, now)
            return
        }
        view.range[session] = (low, high, high == shown.high ? shown.since : now)
        let change = "\(client.name) was shown \(shown.low)-\(shown.high ?? -1) and then"
        if low > shown.low { fail(5, "\(change) \(low)-\(high ?? -1)") }
        guard let before = shown.high, high ?? .max > before else { return }
        let minutes = Double(now - shown.since) / 60_000
        let next = WaitEstimate.ladder.first { $0 > before }
        if high != next || Double(next ?? .max) > Double(before) * (1 + 0.1 * minutes) {
            fail(5, "\(change) \(low)-\(high ?? -1) after \(minutes) minutes")
        }
    }
}

extension Checker {
    /// Whoever waits with a ticket has been shown how many of his class stand before him.
    func checkPosition(_ session: MemorySession, _ client: Client, _ view: View) {
        let record = session.record
        guard record.state == .queued, record.hasTicket else { return }
        let smaller = site.open.compactMap { site.sessions[$0]?.record }.count {
            $0.hasTicket && $0.group == record.group && $0.level == record.level
                && $0.arrival < record.arrival
        }
        if view.position[record.id] != 1 + smaller {
            let local = client.node.hub.sites[world.site]
            let key = QueueClass(group: record.group, level: record.level)
            fail(
                5,
                "\(client.name) is shown \(view.position[record.id] ?? -1) and is \(1 + smaller);"
                    + " \(String(describing: local?.sessions[record.id]?.wait)) at"
                    + " \(String(describing: local?.classes[key]?.version))")
        }
    }
}
