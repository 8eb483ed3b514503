/// The report as one JSON object for programs. Its members are listed in Tests/Benchmarks/README.
import Histogram

extension LoadReport {
    public var json: String {
        var members = [
            #""scenario":\#(Self.text(scenario.rawValue))"#, #""connections":\#(connections)"#,
            #""pairs":\#(pairs)"#, #""processes":\#(processes)"#,
            #""rate":\#(Self.short(rateReached))"#, #""rate_asked":\#(Self.short(rateAsked))"#,
            #""sent":\#(sent)"#, #""received":\#(received)"#,
            #""acknowledged":\#(acknowledged)"#, #""refused":\#(refused)"#, #""lost":\#(lost)"#,
            #""duplicated":\#(duplicated)"#, #""reordered":\#(reordered)"#,
            #""latency_ms":\#(Self.object(Self.percentiles(latency)))"#,
            #""ack_ms":\#(Self.object(Self.percentiles(ack)))"#,
            #""cpu_us_per_message":\#(Self.object(cpuPerMessage))"#,
            #""cpu_us_per_connection_second":\#(Self.object(cpuPerConnectionSecond))"#,
            #""bytes_per_connection":\#(Self.object(bytesPerConnection.mapValues(Double.init)))"#,
            #""recovery_s":\#(Self.short(recoverySeconds))"#,
            #""cpu_us_per_return":\#(Self.object(cpuPerReturn))"#,
            #""connects_per_second":\#(Self.short(connectRate))"#,
        ]
        if let clientCPUPerMessage {
            members.append(#""client_cpu_us_per_message":\#(Self.short(clientCPUPerMessage))"#)
        }
        if !stages.isEmpty { members += stageMembers }
        if let service { members += Self.members(service) }
        if let broadcast { members += Self.members(broadcast) }
        if let slow { members += slowMembers(slow) }
        members += [
            #""notes":\#(Self.array(notes))"#, #""interrupted":\#(isInterrupted)"#,
            #""violations":\#(Self.array(violations))"#,
            #""violation_count":\#(violationCount)"#,
            #""missed_bounds":\#(Self.array(missedBounds))"#,
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    private var stageMembers: [String] {
        let rows = stages.map { stage in
            #"{"rate_asked":\#(Self.short(stage.rateAsked)),"#
                + #""rate":\#(Self.short(stage.rateReached))"#
                + #","p50_ms":\#(Self.short(stage.p50Milliseconds))"#
                + #","p99_ms":\#(Self.short(stage.p99Milliseconds))"#
                + #","max_ms":\#(Self.short(stage.maximumMilliseconds)),"held":\#(stage.isHeld)}"#
        }
        return [
            #""stages":[\#(rows.joined(separator: ","))]"#,
            #""best_rate":\#(bestRate.map(Self.short) ?? "null")"#,
        ]
    }

    private static func members(_ service: ServiceFigures) -> [String] {
        let levels = service.levels.sorted { $0.key < $1.key }.map { level, of in
            #""\#(level)":{"customers":\#(of.customers),"served":\#(of.served)"#
                + #","abandoned":\#(of.abandoned)"#
                + #","wait_ms":{"p50":\#(short(of.waitP50Milliseconds))"#
                + #","p90":\#(short(of.waitP90Milliseconds))"#
                + #","max":\#(short(of.waitMaximumMilliseconds))}}"#
        }
        return [
            #""levels":{\#(levels.joined(separator: ","))}"#,
            #""assignments":\#(service.assignments)"#, #""abandoned":\#(service.abandoned)"#,
            #""positions_checked":\#(service.positionsChecked)"#,
            #""orders_checked":\#(service.ordersChecked)"#,
            #""utilisation":\#(short(service.utilisation))"#,
            #""factor":\#(short(service.factor))"#,
        ]
    }

    private static func members(_ broadcast: BroadcastFigures) -> [String] {
        [
            #""subscribers":\#(broadcast.subscribers)"#, #""events":\#(broadcast.events)"#,
            #""deliveries":\#(broadcast.deliveries)"#,
            #""deliveries_per_second":\#(short(broadcast.deliveriesPerSecond))"#,
        ]
    }

    private func slowMembers(_ slow: SlowFigures) -> [String] {
        [
            #""baseline_ms":\#(Self.object(Self.percentiles(baseline)))"#,
            #""slow_readers":\#(slow.slowReaders)"#, #""closed_as_slow":\#(slow.closedAsSlow)"#,
            #""resumed_whole":\#(slow.resumedWhole)"#, #""slow_messages":\#(slow.messages)"#,
        ]
    }

    private static func object(_ percentiles: [Percentile]) -> String {
        "{" + percentiles.map { "\(text($0.name)):\(short($0.value))" }.joined(separator: ",")
            + "}"
    }

    private static func object(_ values: [String: Double]) -> String {
        object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private static func array(_ texts: [String]) -> String {
        "[" + texts.map(text).joined(separator: ",") + "]"
    }

    /// Reasons come from outside, so nothing about them is taken for granted.
    static func text(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
