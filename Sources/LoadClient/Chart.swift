/// One diagram with up to two lines as inline SVG: title and description for those who do not see
/// it. Drawn by `ReportPage`; colours come from its style sheet.

struct Chart {
    let title: String
    let xTitle: String
    let yTitle: String
    let lines: [(name: String, points: [(Double, Double)])]
    /// Where the horizontal axis is labelled; nil: at round numbers.
    var xTicks: [(at: Double, text: String)]?

    private static let width = 800.0
    private static let height = 300.0
    private static let left = 64.0
    private static let right = 36.0
    private static let top = 28.0
    private static let bottom = 44.0

    private var xHighest: Double { max(highest(\.0), xTicks?.last?.at ?? 0) }
    private var yHighest: Double { highest(\.1) }

    private func highest(_ member: KeyPath<(Double, Double), Double>) -> Double {
        let most = lines.flatMap(\.points).map { $0[keyPath: member] }.max() ?? 0
        return most > 0 ? most : 1
    }

    var svg: String {
        let summary = lines.map { line in
            let most = line.points.map(\.1).max() ?? 0
            let last = line.points.last?.1 ?? 0
            return "\(line.name): highest \(LoadReport.short(most)), "
                + "last \(LoadReport.short(last)) \(yTitle)"
        }.joined(separator: "; ")
        let id = title.filter { $0.isLetter }
        return """
            <figure>
            <figcaption>\(PageText.safe(title))</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-labelledby="\(id)-title \(id)-text">
            <title id="\(id)-title">\(PageText.safe(title))</title>
            <desc id="\(id)-text">\(PageText.safe(summary))</desc>
            \(grid)\(curves)\(keys)</svg>
            </figure>

            """
    }

    private var grid: String {
        var text = ""
        for tick in Self.roundTicks(yHighest) {
            let y = place(y: tick)
            text += "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" "
                + "y1=\"\(y)\" y2=\"\(y)\"/>\n"
                + "<text x=\"\(Self.left - 8)\" y=\"\(y + 4)\" text-anchor=\"end\">"
                + "\(LoadReport.short(tick))</text>\n"
        }
        let ticks = xTicks ?? Self.roundTicks(xHighest).map { ($0, LoadReport.short($0)) }
        for tick in ticks {
            text += "<text x=\"\(place(x: tick.at))\" y=\"\(Self.height - Self.bottom + 18)\" "
                + "text-anchor=\"middle\">\(PageText.safe(tick.text))</text>\n"
        }
        text += "<text x=\"\(Self.width / 2)\" y=\"\(Self.height - 6)\" text-anchor=\"middle\">"
            + "\(PageText.safe(xTitle))</text>\n"
        return text + "<text x=\"4\" y=\"12\">\(PageText.safe(yTitle))</text>\n"
    }

    private var curves: String {
        lines.enumerated().map { index, line in
            let points = line.points.map { "\(place(x: $0.0)),\(place(y: $0.1))" }
            return "<polyline class=\"line\(index % 2)\" points=\""
                + points.joined(separator: " ") + "\"/>\n"
        }.joined()
    }

    private var keys: String {
        guard lines.count > 1 else { return "" }
        return lines.enumerated().map { index, line in
            "<text class=\"key\(index % 2)\" x=\"\(Self.left + 12 + Double(index) * 110)\" "
                + "y=\"12\">\(index == 0 ? "—" : "- -") \(PageText.safe(line.name))</text>\n"
        }.joined()
    }

    private func place(x: Double) -> Double {
        Self.tenth(Self.left + x / xHighest * (Self.width - Self.left - Self.right))
    }

    private func place(y: Double) -> Double {
        let share = y / (Self.roundTicks(yHighest).last ?? 1)
        return Self.tenth(
            Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom))
    }

    private static func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// From 0 to at least `most` in four to ten steps of 1, 2 or 5 times a power of ten.
    static func roundTicks(_ most: Double) -> [Double] {
        var step = 1.0
        while step * 5 > most { step /= 10 }
        while step * 50 <= most { step *= 10 }
        let factor = [1.0, 2, 5, 10].first { most / (step * $0) <= 8 } ?? 10
        let count = Int((most / (step * factor)).rounded(.up))
        return (0...max(1, count)).map { Double($0) * step * factor }
    }
}
