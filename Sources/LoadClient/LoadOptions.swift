/// What a load test is asked to do. Filled from `chathub-load`'s arguments.
import ChatModel

public struct LoadOptions: Sendable {
    /// `ws://127.0.0.1:8080/v1/ws`; loopback addresses only.
    public var url = "ws://127.0.0.1:8080/v1/ws"
    let site: SiteID
    /// Customer and agent pairs of `relay`.
    public var pairs = 100
    /// Connections of `idle`.
    public var connections = 1000
    /// Messages a second of all pairs together.
    public var rate = 1000.0
    public var durationSeconds = 10.0
    /// Sent and checked like the rest, left out of the figures.
    public var warmupSeconds = 2.0
    /// A message's text, in bytes.
    public var sizeBytes = 100
    /// The hub's signing key as hexadecimal text, for the agents' tokens.
    public var secret = ""
    /// Processes whose CPU time and memory are measured, by name.
    public var processes: [(name: String, pid: Int32)] = []
    /// New connections a second while everybody comes in.
    public var connectRate = 2000.0
    /// The run fails when p99 of the latency is above; nil: no bound.
    public var p99BoundMilliseconds: Double?

    /// Nil when that is no site's name.
    public init?(site name: String) {
        guard let site = SiteID(name) else { return nil }
        self.site = site
    }
}

/// Why a load test did not begin or cannot go on; each text says what to do.
public struct LoadError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
