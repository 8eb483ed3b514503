/// What a site promises its customers, and when its supervisors are to be alarmed.

public struct BoardRules: Hashable, Sendable {
    /// Customers are to be served within so much waiting; nil: nothing is promised.
    public var withinMilliseconds: Int64?
    /// Alarm at so many in one group's queue.
    public var waiting: Int?
    /// Alarm when somebody in a group's queue has waited so long.
    public var longestWaitMilliseconds: Int64?
    /// Alarm when so many percent gave up.
    public var abandonedPercent: Int?

    public init(
        withinMilliseconds: Int64? = nil, waiting: Int? = nil,
        longestWaitMilliseconds: Int64? = nil, abandonedPercent: Int? = nil
    ) {
        self.withinMilliseconds = withinMilliseconds
        self.waiting = waiting
        self.longestWaitMilliseconds = longestWaitMilliseconds
        self.abandonedPercent = abandonedPercent
    }
}
