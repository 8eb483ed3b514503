/// What `/metrics` and `/healthz` show of a hub at one moment.
public import ChatModel

public struct HubSnapshot: Hashable, Sendable {
    /// Greeted connections by role.
    public var connections: [Role: Int] = [:]
    public var ungreetedConnections = 0
    /// Sessions somebody here takes part in, by state.
    public var sessions: [SessionState: Int] = [:]
    /// People with a connection here.
    public var people = 0
    /// Requests to the store that have not been answered.
    public var storeRequestsInFlight = 0
    /// Sites without a lease at the moment.
    public var sitesWithoutLease = 0
    public var isDraining = false

    public init() {}
}
