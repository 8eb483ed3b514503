/// The report as one page that needs nothing else: figures, and curves as inline SVG. For `--html`.
import Histogram

public enum ReportPage {
    public static func make(_ report: LoadReport) -> String {
        let title = "chathub-load \(report.scenario.rawValue)"
        var body = "<h1>\(PageText.safe(title))</h1>\n" + verdict(report)
        body += figures(report)
        for chart in charts(report) { body += chart.svg }
        body += "<h2>All figures</h2>\n<pre>\(PageText.safe(report.table))</pre>\n"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(PageText.safe(title))</title>
            <style>\(style)</style>
            </head>
            <body>
            <main>
            \(body)</main>
            </body>
            </html>

            """
    }

    private static func verdict(_ report: LoadReport) -> String {
        var text = ""
        if report.isInterrupted {
            text += "<p class=\"bad\">Interrupted: these are the figures so far.</p>\n"
        }
        let faults = report.violations + report.missedBounds
        guard !faults.isEmpty else {
            return text + "<p class=\"good\">Nothing was lost, doubled or out of order.</p>\n"
        }
        let items = faults.map { "<li>\(PageText.safe($0))</li>" }.joined()
        return text + "<p class=\"bad\">Not good:</p>\n<ul class=\"bad\">\(items)</ul>\n"
    }

    private static func figures(_ report: LoadReport) -> String {
        var tiles = [
            ("connections", "\(report.connections)"), ("sent", "\(report.sent)"),
            ("received", "\(report.received)"), ("lost", "\(report.lost)"),
        ]
        for (name, value) in LoadReport.percentiles(report.latency) {
            tiles.append(("\(report.words.latency) \(name)", "\(LoadReport.short(value)) ms"))
        }
        if let best = report.bestRate {
            tiles.append(("highest rate held", "\(LoadReport.short(best))/s"))
        }
        let items = tiles.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined()
        return "<dl>\(items)</dl>\n"
    }

    // MARK: Curves

    private static func charts(_ report: LoadReport) -> [Chart] {
        var charts: [Chart] = []
        let latency = [(report.words.latency, report.latency), ("before", report.baseline)]
            .filter { $0.1.totalCount > 0 }
            .map { (name: $0.0, points: percentilePoints($0.1)) }
        if !latency.isEmpty { charts.append(percentiles(latency)) }
        if report.samples.count > 1 {
            charts.append(
                Chart(
                    title: "Rate over time", xTitle: "seconds", yTitle: "a second",
                    lines: [
                        ("sent", rates(report.samples, \.sent)),
                        ("received", rates(report.samples, \.received)),
                    ]))
            let open = report.samples.map { ($0.seconds, Double($0.open)) }
            charts.append(
                Chart(
                    title: "Connections over time", xTitle: "seconds", yTitle: "open",
                    lines: [("connections", open)]))
        }
        if report.stages.count > 1 {
            let points = report.stages.map { ($0.rateAsked, $0.p99Milliseconds) }
                .sorted { $0.0 < $1.0 }
            charts.append(
                Chart(
                    title: "p99 by rate", xTitle: "messages a second", yTitle: "ms",
                    lines: [("p99", points)]))
        }
        return charts
    }

    /// Each nine of the percentile takes the same width, as HdrHistogram's plots have it.
    private static func percentiles(_ lines: [(name: String, points: [(Double, Double)])])
        -> Chart
    {
        let last = lines.flatMap(\.points).map(\.0).max() ?? 1
        let ticks = (0...max(1, Int(last.rounded(.up)))).map { nines in
            (Double(nines), nines == 0 ? "0" : nines == 1 ? "90 %" : "99" + nineText(nines) + " %")
        }
        return Chart(
            title: "Latency by percentile", xTitle: "percentile", yTitle: "ms", lines: lines,
            xTicks: ticks)
    }

    private static func nineText(_ nines: Int) -> String {
        nines > 2 ? "." + String(repeating: "9", count: nines - 2) : ""
    }

    private static func percentilePoints(_ histogram: LoadHistogram) -> [(Double, Double)] {
        // A quarter of a nine a step, up to what so many values can tell.
        let total = Double(histogram.totalCount)
        var points: [(Double, Double)] = []
        var nines = 0.0
        while true {
            let above = power(0.1, nines)
            if above * total < 1 { break }
            let value = histogram.valueAtPercentile((1 - above) * 100)
            points.append((nines, Double(value) / 1000))
            nines += 0.25
        }
        points.append((nines, Double(histogram.max) / 1000))
        return points
    }

    private static func power(_ base: Double, _ exponent: Double) -> Double {
        // A quarter's root is two square roots; the rest is multiplication.
        let quarter = base.squareRoot().squareRoot()
        return (0..<Int((exponent * 4).rounded())).reduce(1) { value, _ in value * quarter }
    }

    private static func rates(_ samples: [LoadSample], _ count: KeyPath<LoadSample, Int>)
        -> [(Double, Double)]
    {
        zip(samples, samples.dropFirst()).compactMap { before, after in
            let seconds = after.seconds - before.seconds
            guard seconds > 0 else { return nil }
            let grown = Double(after[keyPath: count] - before[keyPath: count])
            return (after.seconds, max(0, grown / seconds))
        }
    }

    private static let style = """
        :root{--ink:#1c2430;--soft:#5b6675;--line:#d7dde5;--ground:#fff;--one:#0b63c5;\
        --two:#b4540a;\
        --good:#156c39;--bad:#b3261e}
        @media(prefers-color-scheme:dark){:root{--ink:#e8ecf2;--soft:#a3aebd;--line:#3a4452;\
        --ground:#151a21;--one:#6fb1ff;--two:#ffac66;--good:#6fd196;--bad:#ff8f86}}
        body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{max-width:56rem;margin:0 auto;padding:1.5rem 1rem}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
        dl{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:1rem 0}
        dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.25rem}
        figure{margin:2rem 0}figcaption{font-weight:600}svg{width:100%;height:auto}
        svg text{fill:var(--soft);font-size:12px}
        .grid{stroke:var(--line)}.line0{stroke:var(--one)}.line1{stroke:var(--two)}
        .line0,.line1{fill:none;stroke-width:2}.line1{stroke-dasharray:6 3}
        .key0{fill:var(--one)!important}.key1{fill:var(--two)!important}
        .good{color:var(--good)}.bad{color:var(--bad)}
        pre{overflow-x:auto;border:1px solid var(--line);padding:1rem;font-size:.85rem}
        """
}

enum PageText {
    static func safe(_ text: String) -> String {
        text.reduce(into: "") { safe, character in
            switch character {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            default: safe.append(character)
            }
        }
    }
}
