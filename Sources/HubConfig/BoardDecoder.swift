/// Reads `service_level` and `alerts`: what a supervisor's board measures by.

/// What is promised to customers, and when supervisors are alarmed. Nil: not at all.
public struct BoardSettings: Hashable, Sendable {
    /// Within so much waiting customers are to be served. 1 s...1 day.
    public var withinMilliseconds: Int64?
    /// So many in one group's queue. 1...1,000,000.
    public var waiting: Int?
    /// Somebody in a group's queue waited so long. 1 s...1 day.
    public var longestWaitMilliseconds: Int64?
    /// So many percent of those who came gave up. 1...100.
    public var abandonedPercent: Int?

    public init() {}
}

struct BoardDecoder {
    private static let times: ClosedRange<Int64> = 1000...86_400_000

    func read(_ root: Section, _ board: inout BoardSettings) {
        if let section = root.value("service_level")?.section() {
            board.withinMilliseconds = section.value("within")?.duration(in: Self.times)
            section.finish()
        }
        if let section = root.value("alerts")?.section() {
            board.waiting = section.value("waiting")?.integer(in: 1...1_000_000)
            board.longestWaitMilliseconds =
                section.value("longest_wait")?.duration(in: Self.times)
            board.abandonedPercent = section.value("abandoned_rate")?.integer(in: 1...100)
            section.finish()
        }
    }
}
