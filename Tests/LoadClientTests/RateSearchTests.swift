/// Ramps and searches, played against an imagined hub that holds up to a rate; and what a report
/// makes of it.
import Histogram
import Testing

@testable import LoadClient

@Suite struct RateSearchTests {
    private static func play(_ plan: RateSearch.Plan, from rate: Double, capacity: Double)
        -> (tried: [Double], best: Double?)
    {
        var search = RateSearch(plan, rate: rate)
        var tried: [Double] = []
        while let rate = search.rate {
            tried.append(rate)
            search.note(held: rate <= capacity)
        }
        return (tried, search.best)
    }

    @Test func aRampEndsAtItsEndOrWithTheFirstMiss() {
        let ramp = RateSearch.Plan.ramp(from: 100, to: 500, step: 100)
        #expect(Self.play(ramp, from: 1, capacity: 1000).tried == [100, 200, 300, 400, 500])
        let missed = Self.play(ramp, from: 1, capacity: 250)
        #expect(missed.tried == [100, 200, 300])
        #expect(missed.best == 200)
        #expect(Self.play(ramp, from: 1, capacity: 50).best == nil)
    }

    @Test("a search finds the rate to 5 %", arguments: [30.0, 999, 1000, 25_123, 400_000])
    func finds(_ capacity: Double) {
        let outcome = Self.play(.find, from: 1000, capacity: capacity)
        #expect(outcome.tried.count <= RateSearch.stageLimit)
        let best = outcome.best ?? 0
        #expect(best <= capacity)
        #expect(best >= capacity * 0.94)
    }

    @Test func aSearchThatNothingHoldsEnds() {
        #expect(Self.play(.find, from: 1000, capacity: 0).best == nil)
    }

    private static func result(_ rate: Double, reached: Double, milliseconds: Int64) -> StageResult
    {
        var result = StageResult()
        result.rateAsked = rate
        result.rateReached = reached
        result.acknowledged = 10
        for _ in 0..<100 { result.latency.note(microseconds: milliseconds * 1000) }
        return result
    }

    @Test func theReportTellsOfTheBestStageThatHeld() throws {
        var options = try #require(LoadOptions(.relay, site: "load"))
        options.search = .ramp(from: 100, to: 400, step: 100)
        options.p99BoundMilliseconds = 50
        var book = StageBook(options)
        book.note(Self.result(100, reached: 100, milliseconds: 10))
        book.note(Self.result(200, reached: 199, milliseconds: 20))
        book.note(Self.result(300, reached: 300, milliseconds: 60))
        var report = LoadReport(.relay)
        book.complete(&report)
        #expect(report.rateAsked == 200)
        #expect(report.bestRate == 200)
        #expect(report.stages.map(\.isHeld) == [true, true, false])
        #expect(book.order == nil)
        #expect(report.isGood)
    }

    @Test func aRateThatWasNotReachedIsNotHeld() throws {
        var options = try #require(LoadOptions(.relay, site: "load"))
        options.search = .ramp(from: 100, to: 400, step: 100)
        var book = StageBook(options)
        book.note(Self.result(100, reached: 90, milliseconds: 1))
        var report = LoadReport(.relay)
        book.complete(&report)
        #expect(report.bestRate == nil)
        #expect(!report.isGood)
    }

    @Test func twoReportsMergeToOne() {
        var one = LoadReport(.relay)
        var other = LoadReport(.relay)
        for value in 1...100 {
            one.latency.note(microseconds: Int64(value) * 100)
            other.latency.note(microseconds: Int64(value) * 300)
        }
        one.sent = 3
        other.sent = 4
        for _ in 0..<15 { other.violated("something \"odd\"") }
        for _ in 0..<15 { one.violated("else") }
        one.merge(other)
        #expect(one.sent == 7)
        #expect(one.latency.totalCount == 200)
        #expect(one.violations.count == 20)
        #expect(one.violationCount == 30)
        #expect(!one.isGood)
        #expect(one.json.contains(#""violation_count":30"#))
        #expect(one.json.contains(#"something \"odd\""#))
    }

    @Test func linesBetweenProcessesAreReadAsWritten() throws {
        var report = LoadReport(.relay)
        report.sent = 12
        report.connections = 3
        report.recoverySeconds = 1.25
        for number in 0..<25 { report.violated("a text with spaces, 客 and \\n: \(number)") }
        let reportText = PartLine.report(report).text
        let result = Self.result(1000.5, reached: 999, milliseconds: 3)
        let resultText = PartLine.result(result).text
        for text in [
            "ready", "end", "stop", "order 10.5 1.0 2.0", "sample 1.5 10 9 4", reportText,
            resultText, PartLine.failure("no such site: x").text,
        ] { #expect(PartLine(text: text)?.text == text) }
        guard case .report(let read)? = PartLine(text: reportText) else {
            throw Unreadable()
        }
        #expect(read.violationCount == 25)
        #expect(read.violations == report.violations)
        for text in ["", "order 1 2", "report relay 1", "result 1 2 3", "order a b c"] {
            #expect(PartLine(text: text) == nil, "\(text)")
        }
    }

    private struct Unreadable: Error {}
}
