/// The appends of one loop turn and site, which leave in one script call and are answered each for
/// itself. Made and flushed by `RedisStore`.
import ChatModel
import HubCore
import Redis

final class AppendBatch {
    /// Messages of one call; with 8 KB each it stays near half a megabyte.
    static let limit = 64

    let lease: Lease?
    private(set) var step: StepCall
    private(set) var operations: [(operation: OperationID, count: Int)] = []
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
        operations.append((operation, append.messages.count))
    }

    /// The reply to each operation, in order. Throws when the answer has not one line a message.
    func replies(to bytes: [UInt8]) throws(MalformedAnswer) -> [StoreReply] {
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(count)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let outcome = Self.outcome(line) else {
                if line.elementsEqual("fenced".utf8) { return operations.map { _ in .fenced } }
                throw MalformedAnswer(what: "append")
            }
            outcomes.append(outcome)
        }
        guard outcomes.count == count else { throw MalformedAnswer(what: "append: lines") }
        if operations.count == 1 { return [.appended(outcomes)] }
        var replies: [StoreReply] = []
        var next = 0
        for (_, count) in operations {
            replies.append(.appended(Array(outcomes[next..<next + count])))
            next += count
        }
        return replies
    }

    private static func outcome(_ line: ArraySlice<UInt8>) -> AppendOutcome? {
        guard let first = line.first else { return nil }
        let isRepeat = first == UInt8(ascii: "r")
        if isRepeat || first &- UInt8(ascii: "0") < 10 {
            return line.withUnsafeBytes { buffer in
                var reader = MessageReader(
                    isRepeat ? UnsafeRawBufferPointer(rebasing: buffer.dropFirst()) : buffer)
                guard let seq = reader.readNumber(), let at = reader.readNumber(),
                    let epoch = reader.readNumber()
                else { return nil }
                return .kept(
                    seq: Int(seq), at: Int64(at), epoch: Int(epoch), isRepeat: isRepeat)
            }
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
