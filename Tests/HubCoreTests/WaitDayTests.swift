/// The ranges are worth showing: over simulated days most real waits lie in the range first shown,
/// at every level, and the ranges are narrow. The table is printed.
import ChatModel
import ChatProtocol
import Foundation
import Testing

@testable import HubCore

@Suite struct WaitDayTests {
    /// Fixed, so that a run says the same twice. `WAIT_SEEDS="17 18 19 20 21"` looks at other days.
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["WAIT_SEEDS"]?
        .split(separator: " ").compactMap { UInt64($0) } ?? [1, 2, 3, 4, 5]

    /// Of the simulated days of some seeds.
    private func quality(
        seeds: [UInt64] = WaitDayTests.seeds,
        _ estimator: @escaping WaitDay.Estimator = WaitDay.estimate
    ) -> Quality {
        var all: [Answered] = []
        for seed in seeds {
            var day = WaitDay(seed: seed, estimator: estimator)
            all += day.run()
        }
        return Quality(all)
    }

    /// The width is held over all and for level 0, which most customers have. Whoever is next waits
    /// for the first of many chats to end, and such a wait is exponential: a range that takes in
    /// 80 % of an exponential wait cannot be narrower than 2.3 medians, whatever the estimate
    /// (WaitRanges.md beside this file).
    @Test func mostWaitsLieInTheRangeFirstShown() {
        let quality = quality()
        print("days of seeds \(Self.seeds)\n\(quality.table)")
        #expect(quality.levels.count == 11 && quality.levels.values.allSatisfy { $0.count >= 50 })
        for (level, rows) in quality.levels {
            #expect(rows.hitShare >= 0.8, "level \(level)")
        }
        #expect(quality.all.width <= 1.5 * quality.all.wait, "ranges are too wide")
        let ordinary = quality.levels[.ordinary]!
        #expect(ordinary.width <= 1.5 * ordinary.wait, "ranges are too wide for level 0")
    }

    /// Each wrong estimate is found out by one day alone.
    @Test(arguments: ["half the places", "twice the agents", "no overtaking", "far too wide"])
    func spoiltEstimateIsNoticed(_ what: String) {
        let quality = quality(seeds: [1]) { outlook, level in
            var outlook = outlook
            switch what {
            case "half the places": outlook.ahead /= 2
            case "twice the agents": outlook.flow.agents *= 2
            case "no overtaking": outlook.flow.arrivalMilliseconds = []
            default: return .range(WaitRange(low: 0, high: 7_200))
            }
            return WaitDay.estimate(outlook, level)
        }
        let ordinary = quality.levels[.ordinary]!
        #expect(
            ordinary.hitShare < 0.8 || ordinary.width > 1.5 * ordinary.wait,
            "\(what) went through\n\(quality.table)")
    }
}

/// What was promised and what came, by level.
private struct Quality {
    let all: [Answered]
    let levels: [Level: [Answered]]

    init(_ all: [Answered]) {
        self.all = all
        levels = Dictionary(grouping: all, by: \.level)
    }

    var table: String {
        var lines = ["level  waits  in range  median width s  median wait s  ratio"]
        for (level, rows) in levels.sorted(by: { $0.key < $1.key }) {
            lines.append(line("\(level)", rows))
        }
        return (lines + [line("all", all)]).joined(separator: "\n")
    }

    private func line(_ name: String, _ rows: [Answered]) -> String {
        let columns = [
            (name, 5), ("\(rows.count)", 7), ("\((rows.hitShare * 1000).rounded() / 10) %", 10),
            ("\(Int(rows.width))", 16), ("\(Int(rows.wait))", 15),
            ("\((rows.width / rows.wait * 100).rounded() / 100)", 7),
        ]
        return columns.map { text, width in
            String(repeating: " ", count: max(0, width - text.utf8.count)) + text
        }.joined()
    }
}

extension [Answered] {
    fileprivate var hitShare: Double { Double(count(where: \.isHit)) / Double(Swift.max(1, count)) }
    fileprivate var width: Double { median { Swift.min($0.high, 20_000) - $0.low } }
    fileprivate var wait: Double { median { $0.waited } }

    private func median(_ value: (Answered) -> Double) -> Double {
        let values = map(value).sorted()
        return values.isEmpty ? 0 : values[values.count / 2]
    }
}
