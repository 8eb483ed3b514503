/// The figures of one node: declared here by name and meaning, counted from the hub's reports and
/// read from the sockets, Redis and the loop whenever somebody asks.
import ChatModel
import ChatProtocol
import HubCore
import WebSockets

final class NodeMetrics {
    let table: Metrics

    /// Counted for each message, so plain numbers: the table gets them when somebody reads it.
    private var frames: [String: Int] = [:]
    private var deliveries = 0
    private var ackTimes = Histogram()

    init(worker: Int) {
        table = Metrics(ownLabels: "worker=\"\(worker)\"")
        for (name, kind, help) in Self.families { table.declare(name, kind, help) }
    }

    private static let families: [(String, MetricKind, String)] = [
        ("chathub_connections", .gauge, "Open WebSocket connections."),
        ("chathub_people", .gauge, "Connections that have said hello, by role."),
        ("chathub_sessions_here", .gauge, "Sessions with a participant on this node."),
        ("chathub_hellos_total", .counter, "Good hellos, by role."),
        ("chathub_refusals_total", .counter, "Error frames sent, by code."),
        ("chathub_frames_received_total", .counter, "Frames from clients, by type."),
        ("chathub_frames_sent_total", .counter, "WebSocket frames sent."),
        ("chathub_bytes_received_total", .counter, "Payload bytes from clients."),
        ("chathub_bytes_sent_total", .counter, "Payload bytes to clients."),
        ("chathub_outbox_bytes", .gauge, "Bytes waiting to be written to slow readers."),
        ("chathub_handshakes_refused_total", .counter, "Refused handshakes, by reason."),
        ("chathub_deliveries_total", .counter, "Messages handed to participants."),
        ("chathub_acks_total", .counter, "Messages acknowledged."),
        ("chathub_ack_seconds", .histogram, "From a message's arrival to its acknowledgement."),
        ("chathub_resumes_total", .counter, "Sessions resumed, by outcome."),
        ("chathub_gaps_fetched_total", .counter, "Holes in a stream that were read again."),
        ("chathub_queue_waiting", .gauge, "Sessions waiting, by site, group and level."),
        ("chathub_wait_seconds", .histogram, "From arrival to an agent, by group."),
        ("chathub_sessions_closed_total", .counter, "Sessions that ended here, by reason."),
        ("chathub_matched_by_sweep_total", .counter, "Matches only the sweep found: bugs."),
        ("chathub_fenced_total", .counter, "Times this node's lease had ended."),
        ("chathub_levels_capped_total", .counter, "Level parameters above the site's maximum."),
        ("chathub_loop_lag_seconds", .histogram, "How late timers fire."),
        ("chathub_redis_round_trip_seconds", .histogram, "From a command to its reply."),
        ("chathub_redis_up", .gauge, "1 while Redis answers."),
        ("chathub_subscription_up", .gauge, "1 while the subscription's probe comes back."),
    ]

    func count(_ report: HubReport) {
        switch report {
        case .greeted(_, let role):
            table.add("chathub_hellos_total", "role=\"\(role.rawValue)\"")
        case .refused(let code):
            table.add("chathub_refusals_total", "code=\"\(code.rawValue)\"")
        case .frameReceived(let name):
            frames[name, default: 0] += 1
        case .delivered(let count):
            deliveries += count
        case .acknowledged(let milliseconds):
            ackTimes.record(Double(milliseconds) / 1000)
        case .resumed(let recovered):
            table.add("chathub_resumes_total", "recovered=\"\(recovered)\"")
        case .matchedBySweep(_, let count):
            table.add("chathub_matched_by_sweep_total", by: Double(count))
        case .fenced:
            table.add("chathub_fenced_total")
        case .gapFetched:
            table.add("chathub_gaps_fetched_total")
        case .levelCapped:
            table.add("chathub_levels_capped_total")
        case .waited(let site, let group, _, let milliseconds):
            table.observe(
                "chathub_wait_seconds", "site=\"\(site)\",group=\"\(group)\"",
                seconds: Double(milliseconds) / 1000)
        case .queueLength(let site, let group, let level, let waiting):
            table.set(
                "chathub_queue_waiting",
                "site=\"\(site)\",group=\"\(group)\",level=\"\(level)\"", to: Double(waiting))
        case .sessionClosed(_, let reason):
            table.add("chathub_sessions_closed_total", "reason=\"\(reason)\"")
        case .originRefused:
            break  // counted as a refusal; an origin is no label: strangers choose it
        }
    }

    /// Brings what is counted here into the table.
    func settle() {
        for (name, count) in frames {
            table.set("chathub_frames_received_total", "type=\"\(name)\"", to: Double(count))
        }
        table.set("chathub_deliveries_total", to: Double(deliveries))
        table.set("chathub_acks_total", to: Double(ackTimes.count))
        table.set("chathub_ack_seconds", to: ackTimes)
    }

    func roundTrip(microseconds: Int64) {
        table.observe("chathub_redis_round_trip_seconds", seconds: Double(microseconds) / 1e6)
    }

    func loopLag(milliseconds: Int64) {
        table.observe("chathub_loop_lag_seconds", seconds: Double(max(0, milliseconds)) / 1000)
    }
}
