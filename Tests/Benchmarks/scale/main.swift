// What a long queue, many connected waiters and many rules cost.
//
//     swift run -c release scale-benchmark                    # everything, 10,000 and 100,000 waiting
//     swift run -c release scale-benchmark store 1000000      # one part; about 3 GB of memory
//     swift run -c release scale-benchmark tick rules
//
// `store` goes through the Store port to a redis-server of its own, and counts that server's CPU;
// `tick` and `rules` count this process's. Figures are CPU time, so a busy machine changes them
// little; nothing here is a test.
import Glibc

let words = Array(CommandLine.arguments.dropFirst())
let parts = words.filter { Int($0) == nil }
let sizes = words.compactMap { Int($0) }

func isAsked(_ part: String) -> Bool { parts.isEmpty || parts.contains(part) }

do {
    if isAsked("store") {
        for size in sizes.isEmpty ? [10_000, 100_000] : sizes { try StoreScale(waiting: size).run() }
    }
    if isAsked("tick") {
        for size in [1_000, 10_000, 30_000] { TickScale(waiting: size).run() }
    }
    if isAsked("rules") { try RuleScale.run() }
} catch {
    say("failed: \(error)")
    exit(1)
}
