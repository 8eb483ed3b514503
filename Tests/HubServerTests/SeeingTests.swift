// Logs that cannot be forged, figures that add up, pages that are all there.
import Foundation
import HubConfig
import Testing

@testable import HubServer

struct SeeingTests {
    @Test(arguments: [
        "a\nb", "a\r\nb", "\u{1B}[31mred", "a\u{2028}b", "a\u{85}b", "a\u{7F}b", "\0",
    ])
    func noValueBeginsALineOrColoursATerminal(text: String) {
        let line = LogLines.oneLine(text)
        #expect(
            line.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x2028
            })
        #expect(line != text)
    }

    @Test func aLineNobodyTakesIsLostAndNothingElse() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        LogLines.write(Array("heard\n".utf8), to: ends[1])
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(ends[0], &bytes, bytes.count) == 6)
        close(ends[0])
        LogLines.write(Array("unheard\n".utf8), to: ends[1])
        close(ends[1])
        LogLines.write(Array("nowhere\n".utf8), to: ends[1])
    }

    @Test func aRedisThatMayLoseWhatWasAcknowledgedIsTold() {
        let debian = ["appendonly": "no", "maxmemory-policy": "noeviction"]
        #expect(RedisHouse.unfit(debian, .accepted).map { $0.prefix(16) } == ["appendonly is no"])
        let ours = ["appendonly": "yes", "maxmemory-policy": "noeviction"]
        #expect(RedisHouse.unfit(ours, .accepted).isEmpty)
        let lazy = ours.merging(["appendfsync": "everysec"]) { $1 }
        #expect(RedisHouse.unfit(lazy, .synced).count == 1)
        #expect(RedisHouse.unfit([:], .synced).isEmpty, "who may not ask is told nothing")
    }

    @Test func aLongValueIsCut() {
        let line = LogLines.oneLine(String(repeating: "x", count: 1_000_000))
        #expect(line.utf8.count <= LogLines.valueLimitBytes + 8)
    }

    @Test(arguments: ["plain", "a \"b\" \\ c", "line\nline", "表情 😀"])
    func aJSONValueIsAlwaysOneString(text: String) throws {
        let data = Data(LogLines.quoted(text).utf8)
        let value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        #expect(value is String)
    }

    @Test func histogramsCountUpwardsToTheirSum() {
        var histogram = Histogram()
        for value in [0.00001, 0.003, 0.003, 70, 10_000] { histogram.record(value) }
        let counts = histogram.cumulative.map(\.1)
        #expect(counts == counts.sorted())
        #expect(counts.last == 5)
        #expect(histogram.cumulative.first { $0.0 == "0.005" }?.1 == 3)
        #expect(histogram.count == 5)
    }

    @Test func mergedFiguresHaveEachHeadOnce() {
        func worker(_ number: Int) -> String {
            let metrics = Metrics(ownLabels: "worker=\"\(number)\"")
            metrics.declare("a_total", .counter, "First.")
            metrics.declare("b_seconds", .histogram, "Second.")
            metrics.add("a_total", "role=\"agent\"", by: Double(number))
            metrics.observe("b_seconds", seconds: 0.2)
            return metrics.text()
        }
        let lines = MetricsMerge.merged([worker(1), worker(2)]).split(separator: "\n")
        #expect(lines.filter { $0 == "# TYPE a_total counter" }.count == 1)
        #expect(lines.contains("a_total{worker=\"1\",role=\"agent\"} 1"))
        #expect(lines.contains("a_total{worker=\"2\",role=\"agent\"} 2"))
        #expect(lines.filter { $0.hasPrefix("b_seconds_count") }.count == 2)
        // A family's rows stand together, below its head.
        let families = lines.filter { !$0.hasPrefix("#") }.map { $0.hasPrefix("a_") }
        #expect(families == families.sorted { $0 && !$1 })
    }

    @Test func everyPageOfTheFolderIsInTheBinary() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Web/pages")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!names.isEmpty)
        #expect(EmbeddedPages.byName.keys.sorted() == names)
        for name in names {
            let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
            #expect(EmbeddedPages.byName[name].map { Data($0) } == bytes, "\(name)")
        }
    }

    @Test(arguments: ["/../Package.swift", "/.hidden", "/a/b", "/%2e%2e", "/none.html", "/x.exe"])
    func noPathLeadsOutOfThePages(path: String) {
        #expect(Pages(folder: nil).file(at: path) == nil)
        #expect(Pages(folder: "/etc").file(at: path) == nil)
    }
}

struct ControlMessageTests {
    @Test func messagesComeWholeHoweverTheyAreCut() throws {
        let sent = [
            ControlMessage("ready"), ControlMessage("figures", id: 7, body: Array("a\nb".utf8)),
            ControlMessage("answer", id: 8, body: [UInt8](repeating: 1, count: 5000)),
        ]
        let bytes = sent.flatMap(\.bytes)
        for step in [1, 2, 7, 1000, bytes.count] {
            var buffer: [UInt8] = []
            var found: [ControlMessage] = []
            for start in stride(from: 0, to: bytes.count, by: step) {
                buffer += bytes[start..<min(start + step, bytes.count)]
                while let message = try ControlMessage.take(from: &buffer) { found.append(message) }
            }
            #expect(found == sent)
            #expect(buffer.isEmpty)
        }
    }

    @Test(arguments: [
        "x\n", "a b c\n", "a 1 -1\n", "a 1 99999999999\n", String(repeating: "a", count: 300),
    ])
    func nonsenseIsAnError(text: String) {
        var buffer = Array(text.utf8)
        #expect(throws: ControlError.self) { try ControlMessage.take(from: &buffer) }
    }
}
