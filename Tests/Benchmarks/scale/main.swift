// What a long queue, a long conversation, many agents, waiters and rules cost. See
// `ScaleOptions.help`.
//
// `store`, `transcript` and `agents` go through the Store port to a redis-server of their own, and
// count that server's CPU; `tick` and `rules` count this process's. Figures are CPU time, so a busy
// machine changes them less than a clock's; nothing here is a test.
import Glibc

do {
    let options = try ScaleOptions(CommandLine.arguments.dropFirst())
    if options.asksForHelp {
        print(ScaleOptions.help)
        exit(0)
    }
    let figures = FigureBook(isJSON: options.isJSON)
    if options.parts.contains("store") {
        for size in options.sizes {
            try StoreScale(waiting: size, options, figures).run()
        }
    }
    if options.parts.contains("transcript") { try TranscriptScale.run(figures) }
    if options.parts.contains("agents") { try AgentScale.run(agents: 10_000, figures) }
    if options.parts.contains("tick") {
        for size in [1_000, 10_000, 30_000] { TickScale(waiting: size, figures).run() }
    }
    if options.parts.contains("rules") { try RuleScale.run(figures) }
    figures.end()
} catch let error as ScaleOptions.Wrong {
    say("\(error.what); see --help")
    exit(64)
} catch {
    say("failed: \(error)")
    exit(1)
}
