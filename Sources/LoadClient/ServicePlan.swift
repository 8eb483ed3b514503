/// Who comes when, how important he is, how long he is served and how long he waits: all decided
/// before the first one comes, from a seed. Pure; read by `ServiceScenario`.
import Glibc

struct PlannedCustomer: Hashable {
    /// After the clock was started, microseconds.
    var arrivalMicroseconds: Int64
    var level: Int
    var topic: String?
    var serviceMicroseconds: Int64
    /// From the arrival; nil: he waits as long as it takes.
    var patienceMicroseconds: Int64?
}

struct ServicePlan {
    /// These come before the agents do, and the clock starts when they all wait.
    var waiting: [PlannedCustomer] = []
    /// In the order of their arrival.
    var arriving: [PlannedCustomer] = []

    var count: Int { waiting.count + arriving.count }

    /// Half of them wait already; the others come evenly at the arrival rate.
    static func queue(_ options: CrowdOptions) -> ServicePlan {
        var chance = SplitMix(seed: options.seed)
        let first = (options.customers + 1) / 2
        let customers = (0..<options.customers).map { number in
            let later = Double(max(0, number - first)) / options.arrivalRate
            return customer(at: later, options, scale: 1, patience: nil, &chance)
        }
        return ServicePlan(
            waiting: Array(customers[..<first]), arriving: Array(customers[first...]))
    }

    /// A day by the hourly curve, `factor` times faster than the clock.
    static func day(_ options: CrowdOptions) -> ServicePlan {
        var chance = SplitMix(seed: options.seed)
        let moments = (0..<options.customers)
            .map { _ in DayCurve.moment(chance.share(), hours: options.hours) }
            .sorted()
        return ServicePlan(
            arriving: moments.map { seconds in
                customer(
                    at: seconds, options, scale: 1 / options.factor,
                    patience: options.patienceSeconds, &chance)
            })
    }

    private static func customer(
        at seconds: Double, _ options: CrowdOptions, scale: Double, patience: Double?,
        _ chance: inout SplitMix
    ) -> PlannedCustomer {
        let topic = options.topics.isEmpty
            ? nil : options.topics[Int(chance.next() % UInt64(options.topics.count))]
        return PlannedCustomer(
            arrivalMicroseconds: Int64(seconds * scale * 1e6),
            level: level(options.levels, chance.share()), topic: topic,
            serviceMicroseconds: Int64(chance.exponential(options.serviceSeconds) * scale * 1e6),
            patienceMicroseconds: patience.map { Int64(chance.exponential($0) * scale * 1e6) })
    }

    private static func level(_ levels: [(level: Int, share: Double)], _ share: Double) -> Int {
        var rest = share * levels.reduce(0) { $0 + $1.share }
        for row in levels {
            rest -= row.share
            if rest < 0 { return row.level }
        }
        return levels.last?.level ?? 0
    }
}

/// When a service desk's customers come: relative counts for each hour from midnight, low at
/// night, with a peak before noon, one in the afternoon and a small one in the evening.
enum DayCurve {
    static let hourly: [Double] = [
        4, 2, 1, 1, 1, 2, 6, 14, 40, 78, 96, 88, 60, 64, 90, 94, 82, 64, 46, 44, 52, 40, 20, 10,
    ]

    /// The second of the day at which `share` (0..<1) of all who come by `hours` have come.
    static func moment(_ share: Double, hours: Double) -> Double {
        let whole = min(24, max(0, hours))
        let areas = hourly.enumerated().map { hour, count in
            count * min(1, max(0, whole - Double(hour)))
        }
        var rest = share * areas.reduce(0, +)
        for (hour, area) in areas.enumerated() {
            if rest < area { return (Double(hour) + rest / hourly[hour]) * 3600 }
            rest -= area
        }
        return whole * 3600
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on every machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// 0..<1.
    mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// Exponentially distributed, cut at ten times the mean so that a run has an end.
    mutating func exponential(_ mean: Double) -> Double {
        min(10, -log(1 - share())) * mean
    }
}
