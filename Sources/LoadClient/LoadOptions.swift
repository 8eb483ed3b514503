/// What a load test is asked to do. Filled from `chathub-load`'s arguments.
import ChatModel

public struct LoadOptions: Sendable {
    public let scenario: LoadScenarioName
    /// `ws://127.0.0.1:8080/v1/ws`; loopback addresses only.
    public var url = "ws://127.0.0.1:8080/v1/ws"
    let site: SiteID
    /// Customer and agent pairs of `relay`; healthy pairs of `slow-readers`.
    public var pairs = 100
    /// Connections of `idle` and `storm`, subscribers of `broadcast`.
    public var connections = 1000
    /// Messages a second of all pairs together.
    public var rate = 1000.0
    /// What else is tried than `rate`.
    public var search = RateSearch.Plan.fixed
    public var durationSeconds = 10.0
    /// Sent and checked like the rest, left out of the figures.
    public var warmupSeconds = 2.0
    /// A message's text, in bytes.
    public var sizeBytes = 100
    /// Of `queue`, `day` and `broadcast`.
    public var crowd = CrowdOptions()
    /// Customers of `slow-readers` who stop reading.
    public var slowReaders = 5
    /// The hub's signing key as hexadecimal text, for the agents' tokens.
    public var secret = ""
    /// Processes whose CPU time and memory are measured, by name.
    public var processes: [(name: String, pid: Int32)] = []
    /// New connections a second while everybody comes in.
    public var connectRate = 2000.0
    /// The run fails when p99 of the latency is above; nil: no bound.
    public var p99BoundMilliseconds: Double?
    /// Local addresses to connect from, in turn; empty: the kernel chooses.
    public var sourceAddresses: [String] = []
    /// Processes that share the work; 1: this one alone.
    public var processCount = 1
    /// Which share this process has, from 0, when it was started by another one; nil: all of it.
    public var part: Int?
    /// A live line on standard error.
    public var showsProgress = false
    /// The arguments this process was started with; its parts get the same.
    public var arguments: [String] = []

    /// Nil when that is no site's name.
    public init?(_ scenario: LoadScenarioName, site name: String) {
        guard let site = SiteID(name) else { return nil }
        self.scenario = scenario
        self.site = site
    }

    /// The topic this process's customers give, and so the group they come to: with several
    /// processes each has a group of its own. Nil with one process.
    var partTopic: String? { part.map { "load-\($0 + 1)" } }
}

public enum LoadScenarioName: String, Sendable {
    case relay, idle, storm, queue, day, broadcast
    case slowReaders = "slow-readers"
}

/// Who comes and who serves, in `queue`, `day` and `broadcast`.
public struct CrowdOptions: Sendable {
    public var customers = 200
    public var agents = 5
    /// Customers a second who come after the first half (`queue`).
    public var arrivalRate = 20.0
    /// Mean time a customer is served; exponentially distributed. Of `day`: seconds of the day.
    public var serviceSeconds = 0.2
    /// Mean patience of `day`, seconds of the day; exponentially distributed.
    public var patienceSeconds = 600.0
    /// Levels 0...10 with their shares; shares need not add up to anything.
    public var levels: [(level: Int, share: Double)] = [(0, 8), (5, 1), (9, 1)]
    /// Given in turn by chance; empty: none.
    public var topics: [String] = []
    /// Hours of the day that are played, from midnight.
    public var hours = 24.0
    /// How many times faster than the clock `day` is played.
    public var factor = 1440.0
    /// Of all that is left to chance.
    public var seed: UInt64 = 1
    /// The group `broadcast` watches.
    public var group = "load"
    /// Seconds between two events of `broadcast`.
    public var eventSeconds = 1.5

    public init() {}
}

/// Why a load test did not begin or cannot go on; each text says what to do.
public struct LoadError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
