/// The appends of one loop turn and site, which leave in one script call and are answered each for
/// itself. Made and flushed by `RedisStore`.
import ChatModel
import HubCore
import Redis

final class AppendBatch {
    /// Messages of one call; with 8 KB each it stays near half a megabyte.
    static let limit = 64

    /// What one operation has of the messages.
    struct Share {
        let operation: OperationID
        let count: Int
    }

    let lease: Lease?
    private(set) var step: StepCall
    private(set) var operations: [Share] = []
    private(set) var count = 0

    init(site: SiteChannels, lease: Lease?, clock: Int64?, replication: [UInt8]) {
        self.lease = lease
        step = StepCall(.append, site: site, lease: lease, clock: clock)
        step.call.append(replication)
    }

    func takes(_ append: Append, lease: Lease?) -> Bool {
        lease == self.lease && count + append.messages.count <= Self.limit
    }

    func add(_ append: Append, _ operation: OperationID) {
        for message in append.messages {
            step.append(append.session)
            step.append(message)
        }
        count += append.messages.count
        operations.append(Share(operation: operation, count: append.messages.count))
    }

    /// The reply to each operation, in order. Throws when the answer has not one line a message.
    func replies(to bytes: [UInt8]) throws(MalformedAnswer) -> [StoreReply] {
        let replies = bytes.withUnsafeBytes { buffer in
            var lines = OutcomeLines(buffer)
            let replies = operations.map { lines.take($0.count).map(StoreReply.appended) }
            return lines.isAtEnd ? replies : []
        }
        let known = replies.compactMap(\.self)
        if known.count == operations.count { return known }
        if bytes.elementsEqual("fenced".utf8) { return operations.map { _ in .fenced } }
        throw MalformedAnswer(what: "append")
    }
}

/// The lines of append.lua's answer, one after the other. Message path.
private struct OutcomeLines {
    private var rest: UnsafeRawBufferPointer
    private(set) var isAtEnd = false

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// Nil when there are not so many, or one says nothing that is known.
    mutating func take(_ count: Int) -> [AppendOutcome]? {
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(count)
        while outcomes.count < count {
            guard !isAtEnd, let outcome = Self.outcome(nextLine()) else { return nil }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private mutating func nextLine() -> UnsafeRawBufferPointer {
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
        defer {
            isAtEnd = end == rest.count
            rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
        }
        return UnsafeRawBufferPointer(rebasing: rest[..<end])
    }

    private static func outcome(_ line: UnsafeRawBufferPointer) -> AppendOutcome? {
        guard let first = line.first else { return nil }
        let isRepeat = first == UInt8(ascii: "r")
        if isRepeat || first &- UInt8(ascii: "0") < 10 {
            var reader = MessageReader(
                isRepeat ? UnsafeRawBufferPointer(rebasing: line[1...]) : line)
            guard let seq = reader.readNumber(), let at = reader.readNumber(),
                let epoch = reader.readNumber()
            else { return nil }
            return .kept(seq: Int(seq), at: Int64(at), epoch: Int(epoch), isRepeat: isRepeat)
        }
        switch String(decoding: line, as: UTF8.self) {
        case "key_conflict": return .keyConflict
        case "gone": return .gone
        case "session_closed": return .sessionClosed
        case "not_participant": return .notParticipant
        case "no_floor": return .noFloor
        default: return nil
        }
    }
}
