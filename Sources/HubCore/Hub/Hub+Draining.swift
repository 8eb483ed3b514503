/// The planned stop: everybody is asked to connect elsewhere, then closed, then the leases are
/// given up, then the node may go.
import ChatProtocol

extension Hub {
    /// Milliseconds a robot has to come back after a planned stop, counted while a node is up: the
    /// built-in one is started after the nodes.
    private static let robotFarewell: Int64 = 15_000

    func drain() {
        guard !isDraining else { return }
        isDraining = true
        let frame = ServerFrame.drain(reconnectAfterMilliseconds: 500)
        for connection in sortedConnections where connection.isReady {
            send(frame, to: connection)
        }
        effects.append(.arm(.drain, afterMilliseconds: timing.farewell))
        drainStep()
    }

    func drainDue() {
        guard isDraining else { return }
        for connection in sortedConnections { close(connection, .drain) }
        drainStep()
    }

    private var sortedConnections: [Connection] {
        connections.values.sorted { $0.number < $1.number }
    }

    /// Goes on as soon as nobody is connected.
    func drainStep() {
        guard isDraining, !isDrained, connections.isEmpty else { return }
        for site in sites.values.sorted(by: { $0.id < $1.id })
        where !site.isClosing && !site.isClosed {
            guard let lease = site.lease else {
                // What is being opened is given up when it is there.
                if !site.isOpeningLease { site.isClosed = true }
                continue
            }
            site.isClosing = true
            submit(
                .closeLease(botMilliseconds: Self.robotFarewell), at: site, lease: lease,
                .closeLease)
        }
        guard sites.values.allSatisfy(\.isClosed) else { return }
        isDrained = true
        effects.append(.disarm(.drain))
        effects.append(.drained)
    }

    /// Also when it could not be done: the lease ends by itself.
    func leaseClosed(_ site: LocalSite) {
        site.isClosing = false
        site.isClosed = true
        site.lease = nil
        drainStep()
    }
}
