/// Connections: their coming and going, their lines, and how much of them is too much.
import ChatModel
import ChatProtocol

/// What one remote address does at this node.
struct Address {
    var connections = 0
    var failedHellos: TokenBucket
    var sessions: TokenBucket
}

extension Hub {
    func opened(_ number: ConnectionNumber, _ peer: Peer) {
        let monotonic = now.monotonicMilliseconds
        let connection = Connection(number: number, peer: peer, now: monotonic)
        connections[number] = connection
        var address =
            addresses[peer.address]
            ?? Address(
                failedHellos: TokenBucket(now: monotonic), sessions: TokenBucket(now: monotonic))
        address.connections += 1
        addresses[peer.address] = address
        effects.append(
            .arm(.greeting(number), afterMilliseconds: timing.greeting))
        // Before its site is known, the most generous one decides.
        let bound = sites.values.map(\.rules.limits.connectionsPerAddress).max()
        if let bound, address.connections > bound, !isTrustedAnywhere(peer.address) {
            refuse(nil, .rateLimited, "too many connections from this address", to: connection)
            close(connection, .overloaded)
        }
    }

    private func isTrustedAnywhere(_ address: String) -> Bool {
        sites.values.contains { $0.rules.limits.trustedAddresses.contains(address) }
    }

    /// The other side, or the loop, ended it.
    func connectionClosed(_ number: ConnectionNumber) {
        guard let connection = connections[number] else { return }
        forget(connection)
    }

    /// Takes a connection out of everything. Its person stays for the grace if it was his last.
    func forget(_ connection: Connection) {
        let hadGreeting = connection.phase != .unauthenticated
        connection.phase = .closed
        connections[connection.number] = nil
        releaseAddress(connection.address)
        effects.append(.disarm(.greeting(connection.number)))
        effects.append(.disarm(.heartbeat(connection.number)))
        guard hadGreeting else { return drainStep() }
        effects.append(.disarm(.tokenExpiry(connection.number)))
        leaveSite(connection)
        drainStep()
    }

    /// Takes the person off the connection: at its end, or when its `hello` could not be answered.
    func leaveSite(_ connection: Connection) {
        connection.joining?.enrollments = []
        connection.joining = nil
        connection.waiting = []
        guard let site = connection.site, let person = connection.person else { return }
        for session in connection.sessions {
            if let session = site.sessions[session] { remove(connection, from: session) }
        }
        for group in connection.groups { unsubscribe(connection, from: group, at: site) }
        unsubscribeBoard(connection, at: site)
        connection.sessions = []
        connection.groups = []
        connection.expected = []
        connection.person = nil
        person.connections.removeAll { $0 === connection }
        if person.connections.isEmpty { return personLeft(person, at: site) }
        // The answer that would have told his place goes nowhere.
        if connection.starting > 0, let other = person.connections.first {
            readMissingPlaces(other)
        }
    }

    /// What somebody from there did is kept until it counts no more; `pruneAddresses` decides.
    private func releaseAddress(_ text: String) {
        guard var address = addresses[text] else { return }
        address.connections -= 1
        let isBlank =
            address.connections == 0 && address.failedHellos.isBlank && address.sessions.isBlank
        addresses[text] = isBlank ? nil : address
    }

    /// Forgets addresses nobody comes from any more and from which nothing counts any more at any
    /// site; called now and then.
    func pruneAddresses() {
        guard addresses.count > connections.count * 2 + 1000 else { return }
        let limits = sites.values.map(\.rules.limits)
        let hellos = max(1, limits.map(\.failedHellosPerAddress).min() ?? 1)
        let sessions = max(1, limits.map(\.sessionsPerAddress).min() ?? 1)
        let monotonic = now.monotonicMilliseconds
        addresses = addresses.filter { _, address in
            var address = address
            return address.connections > 0
                || !address.failedHellos.isFull(perMinute: hellos, now: monotonic)
                || !address.sessions.isFull(perMinute: sessions, now: monotonic)
        }
    }

    // MARK: Lines

    /// `bytes`: how long the line was.
    func received(
        _ line: Result<ClientLine, FrameError>, bytes: Int, from connection: Connection
    ) {
        guard connection.phase != .closed else { return }
        connection.heardAt = now.monotonicMilliseconds
        let id: Int64? =
            switch line {
            case .success(let line): line.id
            case .failure(let error): error.id
            }
        guard mayProceed(connection, id: id, bytes: bytes) else { return }
        switch line {
        case .failure(let error):
            send(ServerFrame.error(error), to: connection)
            effects.append(.report(.refused(error.code)))
            countError(connection)
        case .success(let line):
            effects.append(.report(.frameReceived(name: line.frame.type.rawValue)))
            take(line, from: connection)
        }
    }

    private func mayProceed(_ connection: Connection, id: Int64?, bytes: Int) -> Bool {
        let limits = connection.site?.rules.limits ?? SiteLimits()
        if let wait = connection.bucket.take(
            burst: limits.frameBurst, perMinute: limits.framesPerSecond * 60,
            now: now.monotonicMilliseconds)
        {
            refuse(id, .rateLimited, "too many frames", to: connection, retryAfter: wait)
            return false
        }
        if let wait = connection.byteBucket.take(
            bytes, burst: limits.bytesPerSecond * 4, perMinute: limits.bytesPerSecond * 60,
            now: now.monotonicMilliseconds)
        {
            refuse(id, .rateLimited, "too many bytes", to: connection, retryAfter: wait)
            return false
        }
        return true
    }

    /// By phase: `hello` first, nothing else before its answer.
    private func take(_ line: ClientLine, from connection: Connection) {
        switch connection.phase {
        case .closed: return
        case .ready:
            handle(line, from: connection)
        case .authenticating, .joining:
            if case .hello = line.frame {
                refuse(line.id, .alreadyGreeted, "hello is being answered", to: connection)
            } else if connection.waiting.count < Self.waitingBound {
                connection.waiting.append(line)
            } else {
                refuse(
                    line.id, .rateLimited, "too many requests before hello is answered",
                    to: connection, retryAfter: 1000)
            }
        case .unauthenticated:
            if case .hello(let hello) = line.frame {
                greet(hello, id: line.id ?? 0, from: connection)
            } else {
                refuse(line.id, .helloExpected, "hello comes first", to: connection)
                connection.falseStarts += 1
                if connection.falseStarts >= 2 { close(connection, .helloExpected) }
            }
        }
    }

    // MARK: Timers

    func greetingDue(_ number: ConnectionNumber) {
        guard let connection = connections[number], connection.phase == .unauthenticated else {
            return
        }
        close(connection, .helloExpected)
    }

    /// From `hello` on. Spread over the interval, so that connections that came together do not
    /// beat together.
    func beginHeartbeat(_ connection: Connection) {
        let first = Int64.random(in: 1...max(1, timing.heartbeat), using: &random)
        effects.append(.arm(.heartbeat(connection.number), afterMilliseconds: first))
    }

    /// A ping each interval; whoever was silent for two of them is gone.
    func heartbeatDue(_ number: ConnectionNumber) {
        guard let connection = connections[number] else { return }
        let silence = now.monotonicMilliseconds - connection.heardAt
        guard silence <= 2 * timing.heartbeat + timing.heartbeat / 2 else {
            return close(connection, .heartbeatLost)
        }
        send(ServerFrame.ping(now: now.wallMilliseconds), to: connection)
        effects.append(.arm(.heartbeat(number), afterMilliseconds: timing.heartbeat))
    }

    func tokenExpired(_ number: ConnectionNumber) {
        guard let connection = connections[number] else { return }
        refuse(nil, .tokenExpired, "the token has expired", to: connection)
        close(connection, .tokenExpired)
    }
}
