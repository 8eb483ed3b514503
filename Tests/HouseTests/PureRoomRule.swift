/// Pure rooms: same input, same output. Time and random numbers are arguments; nothing waits.

extension Rule {
    static let pureRooms = Rule(name: "pure rooms") { text in
        guard let name = text.room, House.room(name)?.isPure == true else { return [] }
        return PureRoomBan.all.flatMap { ban in
            text.linesHolding(ban.word).filter { !ban.isAllowed(in: text.code[$0]) }
                .map { (line: $0, message: "\(name) is pure: no \(ban.kind) (\(ban.word))") }
        }
    }
}

struct PureRoomBan {
    let kind: String
    let word: String
    /// Text whose presence on the line makes the word all right: `using:` hands the generator in.
    var unless: String?

    func isAllowed(in code: String) -> Bool { unless.map { code.contains($0) } ?? false }

    static let all: [PureRoomBan] =
        [
            "ContinuousClock", "SuspendingClock", "Date", "DispatchTime", "clock_gettime",
            "gettimeofday", "time(nil)", "ProcessInfo",
        ].map { PureRoomBan(kind: "clock", word: $0) }
        + ["SystemRandomNumberGenerator", "UUID", "arc4random", "getrandom"]
        .map { PureRoomBan(kind: "randomness", word: $0) }
        + [".random(", ".randomElement(", ".shuffled(", ".shuffle("]
        .map { PureRoomBan(kind: "randomness of its own", word: $0, unless: "using:") }
        + ["Task", "TaskGroup", "withTaskGroup", "AsyncStream", "Thread", "DispatchQueue"]
        .map { PureRoomBan(kind: "task", word: $0) }
        + ["async", "await"].map { PureRoomBan(kind: "waiting", word: $0) }
        + ["Mutex", "NSLock", "nonisolated(unsafe)", "@unchecked"]
        .map { PureRoomBan(kind: "shared state", word: $0) }
        + ["print(", "FileManager", "getenv("].map { PureRoomBan(kind: "world", word: $0) }
}
