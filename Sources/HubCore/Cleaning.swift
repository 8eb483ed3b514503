/// What is kept how long, and the step that deletes what is kept no longer.
public import ChatModel

/// How long things are kept after they ended.
public struct Retention: Hashable, Sendable {
    public var sessionMilliseconds: Int64
    public var journalMilliseconds: Int64
    /// Files that were offered and that no message has named.
    public var unsentFileMilliseconds: Int64

    public init(
        sessionMilliseconds: Int64 = 7_776_000_000, journalMilliseconds: Int64 = 2_592_000_000,
        unsentFileMilliseconds: Int64 = 3_600_000
    ) {
        self.sessionMilliseconds = sessionMilliseconds
        self.journalMilliseconds = journalMilliseconds
        self.unsentFileMilliseconds = unsentFileMilliseconds
    }
}

/// Which closed sessions and files go now.
public struct Cleaning: Hashable, Sendable {
    public var retention: Retention
    /// Sessions, and as many files that no message named.
    public var limit: Int
    /// Files of which nothing is left any more: they are not told again.
    public var gone: [FileID]

    /// Files one answer names.
    public static let fileBound = 200

    public init(retention: Retention, limit: Int, gone: [FileID] = []) {
        self.retention = retention
        self.limit = limit
        self.gone = gone
    }
}
