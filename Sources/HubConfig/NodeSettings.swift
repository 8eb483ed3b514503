/// Everything a node is told: `Config/chathub.yaml`, then the environment, then the command line.
/// `NodeSettingTable` lists each with its key, variable, range and default; HubServer and the
/// executable read the values.
public struct NodeSettings: Hashable, Sendable {
    public var listen = ListenAddress(host: "127.0.0.1", port: 8080)
    /// Node processes sharing the port. 1...64.
    public var workers = 1
    /// Private Redis, keys, secrets. Made when it is not there.
    public var dataFolder = ".data"
    /// Site files applied at start.
    public var sites: [String] = []
    /// A folder to take the web pages from instead of those in the binary; nil: the binary's.
    public var webFolder: String?

    public var redis = Redis()
    public var privateRedis = PrivateRedis()
    public var durability = Durability.accepted
    /// Replicas an acknowledgement waits for with `replicated`. 1...10.
    public var replicas = 1

    public var log = Log()
    public var tls = TLS()
    public var connections = Connections()
    /// Whether `/metrics` answers a request that a proxy passed on.
    public var forwardedMetrics = Forwarded.refuse

    /// How long a drain may take. DESIGN promises at most 10 s.
    public var drainMilliseconds: Int64 = 10_000
    /// A node that does not renew for so long is dead, and others take its people over.
    public var leaseMilliseconds: Int64 = 5_000
    /// How often waiting customers and watching agents hear of their queues.
    public var queueTickMilliseconds: Int64 = 1000

    public init() {}

    public struct Redis: Hashable, Sendable {
        /// `redis://[user:password@]host:port/db` or `unix:///path?db=0`; nil: a private one.
        public var url: String?
        public var connectMilliseconds: Int64 = 3000
        public var commandMilliseconds: Int64 = 5000
        /// Reconnects wait a random time up to a bound that doubles from the first to the second.
        public var backoffFirstMilliseconds: Int64 = 50
        public var backoffMostMilliseconds: Int64 = 2000
        public var probeMilliseconds: Int64 = 1000
        public var maximumPendingCalls = 100_000
        public var outboxBytes = 67_108_864

        public init() {}
    }

    /// The redis-server that `serve` starts when no `redis.url` is set; reached over a unix socket.
    public struct PrivateRedis: Hashable, Sendable {
        public var program = "redis-server"
        /// 0: no limit. At the limit writes are refused, never data dropped.
        public var maximumMemoryBytes = 0
        /// Also on this TCP port of 127.0.0.1, to look inside; 0: none.
        public var port = 0

        public init() {}
    }

    /// What an acknowledgement promises (DESIGN section 9).
    public enum Durability: String, Hashable, Sendable, CaseIterable {
        case accepted, replicated, synced
    }

    public struct Log: Hashable, Sendable {
        public enum Level: String, Hashable, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }
        public enum Format: String, Hashable, Sendable, CaseIterable { case text, json }

        public var level = Level.info
        public var format = Format.text

        public init() {}
    }

    public enum Forwarded: String, Hashable, Sendable, CaseIterable { case refuse, allow }

    public struct TLS: Hashable, Sendable {
        /// PEM files; both or none.
        public var certificateFile: String?
        public var keyFile: String?

        public init() {}
    }

    public struct Connections: Hashable, Sendable {
        /// Between pings to a client; two unanswered ones close it.
        public var heartbeatMilliseconds: Int64 = 25_000
        /// From the handshake to a good `hello`.
        public var helloMilliseconds: Int64 = 10_000
        /// One incoming message, which may hold several lines.
        public var frameBytes = 65_536
        public var frameLines = 64
        public var frameFragments = 64
        /// From the first byte of a message to its last.
        public var unfinishedMilliseconds: Int64 = 10_000
        /// Unfinished messages of all connections together.
        public var unfinishedBytes = 67_108_864
        /// Bytes waiting for a slow reader before he is told to reconnect and resume.
        public var outboxBytes = 1_048_576
        /// One outgoing frame is cut at line ends here.
        public var frameOutBytes = 65_536
        public var acceptsPerTurn = 64

        public init() {}
    }
}

/// Where a node listens.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// Numeric IPv4 or IPv6 without brackets, or a name.
    public var host: String
    /// 0: any free one.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
