/// Figures of one process in the Prometheus text format, version 0.0.4. Used on the loop's thread
/// only, by `Node`, which counts as it performs effects.

/// What a family of figures is.
enum MetricKind: String { case counter, gauge, histogram }

final class Metrics {
    private struct Family {
        let kind: MetricKind
        let help: String
        /// By label text, such as `role="agent"`; empty for none.
        var values: [String: Double] = [:]
        var histograms: [String: Histogram] = [:]
    }

    private var families: [String: Family] = [:]
    private var order: [String] = []
    /// In front of every label text, such as `worker="0"`.
    private let ownLabels: String

    init(ownLabels: String) { self.ownLabels = ownLabels }

    /// Makes a family known, so that it is there before anything happened.
    func declare(_ name: String, _ kind: MetricKind, _ help: String) {
        guard families[name] == nil else { return }
        families[name] = Family(kind: kind, help: help)
        order.append(name)
    }

    func add(_ name: String, _ labels: String = "", by amount: Double = 1) {
        families[name]?.values[labels, default: 0] += amount
    }

    func set(_ name: String, _ labels: String = "", to value: Double) {
        families[name]?.values[labels] = value
    }

    /// Forgets the labels of a gauge whose things come and go.
    func clear(_ name: String) {
        families[name]?.values.removeAll(keepingCapacity: true)
    }

    /// `value` in seconds, as Prometheus wants all times.
    func observe(_ name: String, _ labels: String = "", seconds value: Double) {
        families[name]?.histograms[labels, default: Histogram()].record(value)
    }

    /// Takes over a histogram that was kept elsewhere.
    func set(_ name: String, _ labels: String = "", to histogram: Histogram) {
        families[name]?.histograms[labels] = histogram
    }

    func text() -> String {
        var text = ""
        for name in order {
            guard let family = families[name] else { continue }
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) {
                text += "\(name)\(braces(labels)) \(Self.number(value))\n"
            }
            for (labels, histogram) in family.histograms.sorted(by: { $0.key < $1.key }) {
                for (bound, count) in histogram.cumulative {
                    text += "\(name)_bucket\(braces(labels, "le=\"\(bound)\"")) \(count)\n"
                }
                text += "\(name)_sum\(braces(labels)) \(Self.number(histogram.sum))\n"
                text += "\(name)_count\(braces(labels)) \(histogram.count)\n"
            }
        }
        return text
    }

    private func braces(_ labels: String...) -> String {
        let all = ([ownLabels] + labels).filter { !$0.isEmpty }
        return all.isEmpty ? "" : "{" + all.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}

/// Counts by upper bound, from 50 microseconds to 10 minutes, each about 2.5 times the last.
struct Histogram {
    private static let bounds: [Double] = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
        1, 2.5, 5, 10, 30, 60, 120, 300, 600,
    ]
    private var counts = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var sum = 0.0
    private(set) var count = 0

    mutating func record(_ value: Double) {
        let index = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        counts[index] += 1
        sum += value
        count += 1
    }

    var cumulative: [(String, Int)] {
        var running = 0
        var rows: [(String, Int)] = []
        for (index, bound) in Self.bounds.enumerated() {
            running += counts[index]
            rows.append((String(bound), running))
        }
        return rows + [("+Inf", count)]
    }
}

/// Puts the texts of several processes together: each family's head once, then everybody's rows.
enum MetricsMerge {
    static func merged(_ texts: [String]) -> String {
        var heads: [String: [Substring]] = [:]
        var rows: [String: [Substring]] = [:]
        var order: [String] = []
        for text in texts {
            var family = ""
            for line in text.split(separator: "\n") {
                if line.hasPrefix("# ") {
                    family = String(line.split(separator: " ", maxSplits: 3)[2])
                    if line.hasPrefix("# HELP"), heads[family] == nil { order.append(family) }
                    if heads[family, default: []].count < 2 {
                        heads[family, default: []].append(line)
                    }
                } else {
                    rows[family, default: []].append(line)
                }
            }
        }
        return order.map { family in
            ((heads[family] ?? []) + (rows[family] ?? [])).joined(separator: "\n") + "\n"
        }.joined()
    }
}
