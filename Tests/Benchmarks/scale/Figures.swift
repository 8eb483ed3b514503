// CPU time and how it is printed.
import Glibc

/// User and system time of this process, in nanoseconds.
func cpuNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// A figure of so many decimals, without Foundation.
func text(_ value: Double, decimals: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    guard decimals > 0 else { return "\(scaled)" }
    let rest = "\(abs(scaled) % Int(scale))"
    return "\(scaled / Int(scale))." + String(repeating: "0", count: decimals - rest.utf8.count)
        + rest
}

/// At once, also into a pipe: some parts take minutes. On standard error, beside `--json`.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// All figures of a run: said as they come, and as JSON at the end.
final class FigureBook {
    private let isJSON: Bool
    private var entries: [String] = []
    private var part = ""

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// What follows belongs to `name`, which is printed in front of each name in JSON.
    func begin(_ name: String, _ title: String) {
        part = name
        say(title)
    }

    func record(_ name: String, _ what: String, _ value: Double, _ unit: String, decimals: Int = 1)
    {
        let padding = String(repeating: " ", count: max(1, 64 - what.utf8.count))
        say("  \(what)\(padding)\(text(value, decimals: decimals)) \(unit)")
        entries.append("\"\(part).\(name)\": \(text(value, decimals: max(3, decimals)))")
    }

    func end() {
        if isJSON { print("{" + entries.joined(separator: ", ") + "}") }
    }
}

extension Array where Element == Double {
    var median: Double { sorted()[count / 2] }
}

struct BenchmarkFailure: Error { let what: String }
