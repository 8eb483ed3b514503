/// A moment, handed in with every event. Intervals are measured with the first clock; the second
/// is only shown and compared with times people wrote down.
public struct Instant: Hashable, Sendable {
    /// Never goes back. Its zero means nothing.
    public var monotonicMilliseconds: Int64
    /// Milliseconds since 1970.
    public var wallMilliseconds: Int64

    public init(monotonicMilliseconds: Int64, wallMilliseconds: Int64) {
        self.monotonicMilliseconds = monotonicMilliseconds
        self.wallMilliseconds = wallMilliseconds
    }
}
