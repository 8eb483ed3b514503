/// Where a client stopped reading, judged against what the stream is now. Pure.
import ChatModel
import ChatProtocol

struct ResumePosition {
    /// The last number the client holds without a hole; 0 for none.
    var after: Int
    /// The epoch it was read under; nil when the client did not say.
    var epoch: Int?

    enum Fit {
        /// What the client holds is right up to this number: messages follow it.
        case asAsked(Int)
        /// Whatever the client holds above this number is void.
        case from(Int)
    }

    init(after: Int, epoch: Int?) {
        self.after = after
        self.epoch = epoch
    }

    init(_ point: ResumePoint) {
        // What is no epoch of ours was read from another stream altogether.
        self.init(after: point.after, epoch: point.epoch.map { Int($0) ?? .max })
    }

    /// The streams of two epochs are one up to the least fork between them.
    func judge(_ page: HistoryPage) -> Fit {
        let known = epoch ?? page.epoch
        guard known <= page.epoch else { return .from(0) }
        let common = page.forks.filter { $0.epoch >= known }.map(\.seq).min() ?? page.lastSeq
        let limit = min(common, page.lastSeq)
        return after <= limit ? .asAsked(after) : .from(limit)
    }
}

extension HistoryPage {
    /// The session as it was when the page was read, with the end of its stream.
    var record: SessionRecord {
        var record = session
        record.lastSeq = lastSeq
        record.epoch = epoch
        return record
    }
}
