/// Pure rooms: same input, same output. Time and random numbers are arguments; nothing waits.

extension Rule {
    static let pureRooms = Rule(name: "pure rooms") { text in
        guard let name = text.room, House.room(name)?.isPure == true else { return [] }
        return text.code.enumerated().flatMap { line, code in
            PureRoomBan.all.compactMap { ban in
                ban.isBroken(by: code)
                    ? (line, "\(name) is pure: no \(ban.kind) (\(ban.word))") : nil
            }
        }
    }
}

struct PureRoomBan {
    let kind: String
    let word: String
    /// Text whose presence on the line makes the word all right: `using:` hands the generator in.
    var unless: String?

    func isBroken(by code: String) -> Bool {
        guard Words.contains(word, in: code) else { return false }
        if let unless { return !code.contains(unless) }
        return true
    }

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
