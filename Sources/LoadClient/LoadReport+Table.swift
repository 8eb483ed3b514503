/// The report as a table for people.
import Histogram

extension LoadReport {
    typealias Percentile = (name: String, value: Double)

    static func percentiles(_ histogram: LoadHistogram) -> [Percentile] {
        guard histogram.totalCount > 0 else { return [] }
        let milliseconds = { (percent: Double) in
            Double(histogram.valueAtPercentile(percent)) / 1000
        }
        return [
            ("p50", milliseconds(50)), ("p99", milliseconds(99)), ("p999", milliseconds(99.9)),
            ("max", Double(histogram.max) / 1000),
        ]
    }

    public var table: String {
        var rows: [(String, String)] = [
            ("scenario", scenario.rawValue), ("connections", "\(connections)"),
        ]
        if processes > 1 { rows.append(("processes", "\(processes)")) }
        rows += countRows + serviceRows + otherRows + costRows + stageRows
        let width = rows.map(\.0.count).max() ?? 0
        var text = rows.map { "  \(Self.padded($0, width))  \($1)\n" }.joined()
        if isInterrupted { text += "  INTERRUPTED  broken off: these are the figures so far\n" }
        for note in notes { text += "  note: \(note)\n" }
        for violation in violations { text += "  VIOLATION  \(violation)\n" }
        let unlisted = violationCount - violations.count
        if unlisted > 0 { text += "  VIOLATION  and \(unlisted) more\n" }
        for bound in missedBounds { text += "  MISSED     \(bound)\n" }
        return text
    }

    /// What the counts and the two latencies are of, in this scenario.
    var words: (sent: String, latency: String, ack: String) {
        switch scenario {
        case .queue, .day:
            ("came / assigned / answered", "free place to next", "start answered")
        case .broadcast: ("events / seen / answered", "event to subscriber", "answer")
        default: ("sent / received / acked", "latency", "ack")
        }
    }

    private var countRows: [(String, String)] {
        guard sent > 0 else { return [] }
        let words = words
        var rows: [(String, String)] = []
        if rateAsked > 0 {
            rows.append(
                ("messages/s", "\(Self.short(rateReached)) of \(Self.short(rateAsked)) asked"))
        }
        rows.append((words.sent, "\(sent) / \(received) / \(acknowledged)"))
        if refused > 0 { rows.append(("refused for now", "\(refused)")) }
        rows.append(("lost / doubled / reordered", "\(lost) / \(duplicated) / \(reordered)"))
        for (name, histogram) in [
            (words.latency, latency), ("before", baseline), (words.ack, ack),
        ] where histogram.totalCount > 0 {
            rows.append(("\(name) ms", Self.line(Self.percentiles(histogram))))
        }
        return rows
    }

    private var serviceRows: [(String, String)] {
        guard let service else { return [] }
        var rows = [
            ("assignments / abandoned", "\(service.assignments) / \(service.abandoned)"),
            ("agents' places taken", "\(Self.short(service.utilisation * 100)) %"),
            ("numbers / orders checked", "\(service.positionsChecked) / \(service.ordersChecked)"),
        ]
        let unit = service.factor == 1 ? "s" : "s of the day"
        let scale = service.factor / 1000
        for (level, of) in service.levels.sorted(by: { $0.key < $1.key }) {
            let wait = [
                ("p50", of.waitP50Milliseconds * scale), ("p90", of.waitP90Milliseconds * scale),
                ("max", of.waitMaximumMilliseconds * scale),
            ]
            rows.append(
                (
                    "level \(level)",
                    "\(of.customers) came, \(of.served) served, \(of.abandoned) gave up; "
                        + "wait \(unit) \(Self.line(wait))"
                ))
        }
        return rows
    }

    private var otherRows: [(String, String)] {
        var rows: [(String, String)] = []
        if let broadcast {
            rows.append(
                (
                    "deliveries",
                    "\(broadcast.deliveries) to \(broadcast.subscribers) subscribers, "
                        + "\(Self.short(broadcast.deliveriesPerSecond))/s"
                ))
        }
        if let slow {
            rows.append(
                (
                    "slow readers",
                    "\(slow.slowReaders), closed with 4008: \(slow.closedAsSlow), "
                        + "came back whole: \(slow.resumedWhole) (\(slow.messages) messages)"
                ))
        }
        if recoverySeconds > 0 { rows.append(("all back after s", Self.short(recoverySeconds))) }
        if connectRate > 0 { rows.append(("connects/s", Self.short(connectRate))) }
        return rows
    }

    private var costRows: [(String, String)] {
        var rows: [(String, String)] = []
        func add(_ title: String, _ values: [String: Double]) {
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                rows.append(("\(title) \(name)", Self.short(value)))
            }
        }
        add("CPU us/return", cpuPerReturn)
        add("CPU us/message", cpuPerMessage)
        if let clientCPUPerMessage {
            rows.append(("CPU us/message of this client", Self.short(clientCPUPerMessage)))
        }
        add("CPU us/connection/s", cpuPerConnectionSecond)
        add("bytes/connection", bytesPerConnection.mapValues(Double.init))
        return rows
    }

    private var stageRows: [(String, String)] {
        guard !stages.isEmpty else { return [] }
        var rows = stages.map { stage in
            (
                "stage \(Self.short(stage.rateAsked))/s",
                "\(stage.isHeld ? "held  " : "missed") reached \(Self.short(stage.rateReached)), "
                    + "p50 \(Self.short(stage.p50Milliseconds)), "
                    + "p99 \(Self.short(stage.p99Milliseconds)), "
                    + "max \(Self.short(stage.maximumMilliseconds)) ms"
            )
        }
        rows.append(("highest rate held", bestRate.map { "\(Self.short($0))/s" } ?? "none"))
        return rows
    }

    private static func line(_ percentiles: [Percentile]) -> String {
        percentiles.map { "\($0.name) \(short($0.value))" }.joined(separator: "   ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// At most two digits after the point.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let scaled = (value * 100).rounded() / 100
        return scaled == scaled.rounded() && abs(scaled) < 1e15
            ? String(Int(scaled)) : String(scaled)
    }
}
