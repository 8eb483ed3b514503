/// The outcome of a load test: printed as a table for people or as one JSON object for programs.
import Histogram

public struct LoadReport: Sendable {
    public var scenario: String
    public var connections = 0
    public var pairs = 0
    /// Messages a second: asked for, and reached between the first and the last one sent.
    public var rateAsked = 0.0
    public var rateReached = 0.0
    public var sent = 0
    public var received = 0
    public var acknowledged = 0
    public var lost = 0
    public var duplicated = 0
    public var reordered = 0
    /// From the planned send time to the receiver, microseconds.
    var latency = Histogram<UInt64>(
        highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    /// From the planned send time to the acknowledgement, microseconds.
    var ack = Histogram<UInt64>(
        highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    /// CPU microseconds per acknowledged message, by process name.
    public var cpuPerMessage: [String: Double] = [:]
    /// CPU microseconds a connection and second while idle, by process name.
    public var cpuPerConnectionSecond: [String: Double] = [:]
    public var bytesPerConnection: [String: Int] = [:]
    /// From the first attempt to come back until the last one was in, seconds; 0: nobody had to.
    public var recoverySeconds = 0.0
    /// CPU microseconds for each who came back, by process name.
    public var cpuPerReturn: [String: Double] = [:]
    /// Connections a second while everybody came in.
    public var connectRate = 0.0
    /// Ended by hand: what was under way then is neither counted as lost nor judged.
    public var isBrokenOff = false
    /// Everything that should not have been, at most 20 lines.
    public var violations: [String] = []
    /// Bounds given by flags that were not met.
    public var missedBounds: [String] = []

    init(_ scenario: String) { self.scenario = scenario }

    public var isGood: Bool { violations.isEmpty && missedBounds.isEmpty }

    mutating func violated(_ text: String) {
        if violations.count < 20 { violations.append(text) }
    }

    private typealias Percentile = (name: String, value: Double)

    private func percentiles(_ histogram: Histogram<UInt64>) -> [Percentile] {
        guard histogram.totalCount > 0 else { return [] }
        let milliseconds = { (percent: Double) in
            Double(histogram.valueAtPercentile(percent)) / 1000
        }
        return [
            ("p50", milliseconds(50)), ("p99", milliseconds(99)), ("p999", milliseconds(99.9)),
            ("max", Double(histogram.max) / 1000),
        ]
    }

    // MARK: For people

    public var table: String {
        let end = isBrokenOff ? " (broken off: so far)" : ""
        var rows: [(String, String)] = [
            ("scenario", scenario + end), ("connections", "\(connections)"),
        ]
        if sent > 0 {
            rows += [
                ("messages/s", "\(Self.short(rateReached)) of \(Self.short(rateAsked)) asked"),
                ("sent / received / acked", "\(sent) / \(received) / \(acknowledged)"),
                ("lost / doubled / reordered", "\(lost) / \(duplicated) / \(reordered)"),
                ("latency ms", Self.line(percentiles(latency))),
                ("ack ms", Self.line(percentiles(ack))),
            ]
        }
        if recoverySeconds > 0 { rows.append(("all back after s", Self.short(recoverySeconds))) }
        for (name, value) in cpuPerReturn.sorted(by: { $0.key < $1.key }) {
            rows.append(("CPU us/return \(name)", Self.short(value)))
        }
        if connectRate > 0 { rows.append(("connects/s", Self.short(connectRate))) }
        for (name, value) in cpuPerMessage.sorted(by: { $0.key < $1.key }) {
            rows.append(("CPU us/message \(name)", Self.short(value)))
        }
        for (name, value) in cpuPerConnectionSecond.sorted(by: { $0.key < $1.key }) {
            rows.append(("CPU us/connection/s \(name)", Self.short(value)))
        }
        for (name, value) in bytesPerConnection.sorted(by: { $0.key < $1.key }) {
            rows.append(("bytes/connection \(name)", "\(value)"))
        }
        let width = rows.map(\.0.count).max() ?? 0
        var text = rows.map { "  \(Self.padded($0, width))  \($1)\n" }.joined()
        for violation in violations { text += "  VIOLATION  \(violation)\n" }
        for bound in missedBounds { text += "  MISSED     \(bound)\n" }
        return text
    }

    private static func line(_ percentiles: [Percentile]) -> String {
        percentiles.map { "\($0.name) \(short($0.value))" }.joined(separator: "   ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func short(_ value: Double) -> String {
        let scaled = (value * 100).rounded() / 100
        return scaled == scaled.rounded() ? String(Int(scaled)) : String(scaled)
    }

    // MARK: For programs

    public var json: String {
        let members = [
            #""scenario":"\#(scenario)""#, #""connections":\#(connections)"#,
            #""rate":\#(Self.short(rateReached))"#, #""rate_asked":\#(Self.short(rateAsked))"#,
            #""sent":\#(sent)"#, #""received":\#(received)"#,
            #""acknowledged":\#(acknowledged)"#, #""lost":\#(lost)"#,
            #""duplicated":\#(duplicated)"#, #""reordered":\#(reordered)"#,
            #""latency_ms":\#(Self.object(percentiles(latency)))"#,
            #""ack_ms":\#(Self.object(percentiles(ack)))"#,
            #""cpu_us_per_message":\#(Self.object(cpuPerMessage))"#,
            #""cpu_us_per_connection_second":\#(Self.object(cpuPerConnectionSecond))"#,
            #""bytes_per_connection":\#(Self.object(bytesPerConnection.mapValues(Double.init)))"#,
            #""recovery_s":\#(Self.short(recoverySeconds))"#,
            #""cpu_us_per_return":\#(Self.object(cpuPerReturn))"#,
            #""connects_per_second":\#(Self.short(connectRate))"#,
            #""broken_off":\#(isBrokenOff)"#,
            #""violations":\#(Self.array(violations))"#,
            #""missed_bounds":\#(Self.array(missedBounds))"#,
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func object(_ percentiles: [Percentile]) -> String {
        "{" + percentiles.map { #""\#($0.name)":\#(short($0.value))"# }.joined(separator: ",") + "}"
    }

    private static func object(_ values: [String: Double]) -> String {
        object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// The texts are our own, without quotes or control characters.
    private static func array(_ texts: [String]) -> String {
        "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
}
