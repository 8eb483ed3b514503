/// What a waiting customer is told about his wait. A pure function of the true order, on a fixed
/// ladder, so that nobody can read another level out of it.
import ChatProtocol

struct WaitEstimate {
    /// Seconds a range may begin and end at.
    static let ladder = [
        0, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 5400, 7200, 10_800, 14_400,
    ]
    /// What one session takes an agent while the site's own figure is unknown.
    static let unknownMilliseconds: Int64 = 60_000

    /// From half of the expected wait to one and a half of it. While the mean is unknown the range
    /// begins at 0. `high` is nil beyond the ladder.
    static func range(_ outlook: Outlook) -> WaitRange {
        let places = Int64(outlook.ahead + 1)
        let mean = outlook.meanIntervalMilliseconds
        guard mean > 0 else {
            let expected = places * unknownMilliseconds / Int64(max(1, outlook.agents))
            return WaitRange(low: 0, high: stepUp(seconds(expected)))
        }
        let expected = places * mean
        return WaitRange(
            low: stepDown(seconds(expected / 2)), high: stepUp(seconds(expected * 3 / 2)))
    }

    private static func seconds(_ milliseconds: Int64) -> Int { Int((milliseconds + 999) / 1000) }
    private static func stepDown(_ seconds: Int) -> Int { ladder.last { $0 <= seconds } ?? 0 }
    private static func stepUp(_ seconds: Int) -> Int? { ladder.first { $0 >= max(1, seconds) } }
}
