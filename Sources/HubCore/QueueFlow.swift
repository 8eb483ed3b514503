/// What the store has noticed of a home queue, for estimates of the wait. Kept by the steps that
/// start, assign and end sessions; read with the answer to a start and by `queueOutlook`.
public import ChatModel

/// How people flow through a home queue.
public struct QueueFlow: Hashable, Sendable {
    /// Agents of the home group who are online and reachable, whether they are free or not.
    public var agents: Int
    /// The same of the other groups that may take its sessions; one who is in two counts twice.
    public var helpers: Int
    /// The moving mean of (time between two assignments while somebody waited) x (agents of the
    /// home group at that time), in milliseconds; 0 while unknown. Idle time is not in it.
    public var workMilliseconds: Int64
    /// The moving means over those whose ticket left: how long they had waited, and which share of
    /// them gave up, in millionths. 0 while unknown.
    public var waitedMilliseconds: Int64
    public var leftMillionths: Int64
    /// By level, 0 to 10: the moving mean of the time between two starts, in milliseconds, at least
    /// the time since the last; 0 while unknown. At least an hour means seldom.
    public var arrivalMilliseconds: [Int64]

    public init(
        agents: Int, helpers: Int = 0, workMilliseconds: Int64 = 0, waitedMilliseconds: Int64 = 0,
        leftMillionths: Int64 = 0, arrivalMilliseconds: [Int64] = []
    ) {
        self.agents = agents
        self.helpers = helpers
        self.workMilliseconds = workMilliseconds
        self.waitedMilliseconds = waitedMilliseconds
        self.leftMillionths = leftMillionths
        self.arrivalMilliseconds = arrivalMilliseconds
    }

    /// Intervals count as this at most, so that one quiet night does not spoil a mean.
    static let longestMilliseconds: Int64 = 3_600_000
}

/// What an estimate of one session's wait is made of.
public struct Outlook: Hashable, Sendable {
    /// Sessions before this one in true order, over all levels of the home queue.
    public var ahead: Int
    public var flow: QueueFlow

    public init(ahead: Int, flow: QueueFlow) {
        self.ahead = ahead
        self.flow = flow
    }
}

/// A home queue at one moment: its flow, and how many are before some places in true order.
public struct QueueOutlook: Hashable, Sendable {
    public struct Sample: Hashable, Sendable {
        /// When the sampled session arrived, less its head start; milliseconds of the site's clock.
        public var order: Int64
        /// Sessions of all levels before that.
        public var ahead: Int

        public init(order: Int64, ahead: Int) {
            self.order = order
            self.ahead = ahead
        }
    }

    public var group: GroupID
    public var flow: QueueFlow
    /// Those who may be matched from this queue.
    public var waiting: Int
    /// By order, ascending. Of each level and head start the first, the last and some between: all
    /// of a short queue, at most `sampleBound` in all.
    public var samples: [Sample]

    public static let sampleBound = 40
    /// Of one level and head start: never fewer than 3 nor more than 8, and about 24 in all.
    static func sampleCount(of buckets: Int) -> Int { min(8, max(3, 24 / max(1, buckets))) }

    public init(group: GroupID, flow: QueueFlow, waiting: Int, samples: [Sample]) {
        self.group = group
        self.flow = flow
        self.waiting = waiting
        self.samples = samples
    }

    /// How many are before a place in true order, between the samples in proportion. O(samples).
    func ahead(of order: Int64) -> Int {
        guard let first = samples.first, order > first.order else { return 0 }
        guard let index = samples.firstIndex(where: { $0.order >= order }) else { return waiting }
        let (left, right) = (samples[index - 1], samples[index])
        guard right.order > order else { return right.ahead }
        let share = Double(order - left.order) / Double(right.order - left.order)
        return left.ahead + Int((Double(right.ahead - left.ahead) * share).rounded())
    }
}
