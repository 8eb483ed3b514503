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

/// At once, also into a pipe: some parts take minutes.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

func report(_ what: String, _ figure: String) {
    let padding = String(repeating: " ", count: max(1, 64 - what.utf8.count))
    say("  \(what)\(padding)\(figure)")
}

struct BenchmarkFailure: Error { let what: String }
