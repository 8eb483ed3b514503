/// Holds the replies of a loop turn until enough replicas have what they promise (durability
/// `replicated`). Owned by `RedisStore`.
///
/// WAIT blocks its connection, so it has its own. It waits for what that connection has seen
/// written; a PING before it sees everything up to now.
import HubCore
import Redis

final class ReplicaGate {
    typealias Deliver = (OperationID, StoreReply) -> Void

    private let replicas: Int
    private let milliseconds: Int64
    private let connection: RedisConnection
    private var held: [(OperationID, StoreReply, Deliver)] = []

    init(replicas: Int, milliseconds: Int64, connection: RedisConnection) {
        self.replicas = replicas
        self.milliseconds = milliseconds
        self.connection = connection
    }

    func hold(_ replies: some Sequence<(OperationID, StoreReply)>, _ deliver: @escaping Deliver) {
        for (operation, reply) in replies { held.append((operation, reply, deliver)) }
    }

    /// One WAIT for everything the turn brought.
    func endTurn() {
        if held.isEmpty { return }
        let turn = held
        held = []
        connection.send(RedisCommand("PING")) { _ in }
        var wait = RedisCommand("WAIT")
        wait.append(replicas)
        wait.append(milliseconds)
        let replicas = replicas
        connection.send(wait) { result in
            let isEnough: Bool
            if case .success(let reply) = result {
                isEnough = (reply.integer ?? 0) >= Int64(replicas)
            } else {
                isEnough = false
            }
            for (operation, reply, deliver) in turn {
                deliver(operation, isEnough || !reply.isPromise ? reply : .uncertain)
            }
        }
    }
}

extension StoreReply {
    /// Refusals changed nothing, so nothing of them can be lost.
    fileprivate var isPromise: Bool {
        switch self {
        case .refused, .fenced, .unavailable, .uncertain: false
        default: true
        }
    }
}
