// What the command line asks for.

struct ScaleOptions {
    struct Wrong: Error { let what: String }

    static let help = """
        Usage: scale-benchmark [store] [transcript] [agents] [tick] [rules] [OPTION]...

        Without a part all run.
          store   Redis's CPU for each step beside a long queue of eleven levels, and its memory
          transcript   the same for a conversation of 100,000 messages
          agents  the same for 10,000 agents in 100 groups
          tick    the hub's CPU for the places of many connected waiters of one class
          rules   the CPU of one walk over many rules

        Of store:
          --sizes N,N        how many wait (default 10000,100000); a million takes 3 GB and minutes
          --signatures N     requirements among them, evenly; every agent meets all (default 0)
          --exclusions N     how many of 200 agents a session passes over, badly rated (default 0)

          --json             one object on standard output; the report goes to standard error
          --help
        """

    private static let all: Set = ["store", "transcript", "agents", "tick", "rules"]

    private(set) var parts: Set<String> = []
    private(set) var sizes = [10_000, 100_000]
    private(set) var signatures = 0
    private(set) var exclusions = 0
    private(set) var isJSON = false
    private(set) var asksForHelp = false

    init(_ words: some Sequence<String>) throws {
        var rest = words.makeIterator()
        while let word = rest.next() {
            switch word {
            case let part where Self.all.contains(part): parts.insert(part)
            case "--sizes": sizes = try Self.numbers(word, rest.next(), 1_000...10_000_000)
            case "--signatures":
                signatures = try Self.numbers(word, rest.next(), 0...1_000)[0]
            case "--exclusions": exclusions = try Self.numbers(word, rest.next(), 0...20)[0]
            case "--json": isJSON = true
            case "--help", "-h": asksForHelp = true
            default: throw Wrong(what: "unknown word \(word)")
            }
        }
        if parts.isEmpty { parts = Self.all }
    }

    private static func numbers(
        _ name: String, _ text: String?, _ range: ClosedRange<Int>
    ) throws -> [Int] {
        let numbers = (text ?? "").split(separator: ",").map { Int($0) ?? -1 }
        guard !numbers.isEmpty, numbers.allSatisfy(range.contains) else {
            throw Wrong(
                what: "\(name) takes numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        return numbers
    }
}
