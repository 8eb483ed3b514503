// One conversation of very many messages: what an append and a page of history then cost Redis, and
// what a message takes of its memory.
import ChatModel
import HubCore

enum TranscriptScale {
    /// Messages in the conversation when a figure is taken.
    private static let lengths = [1_000, 10_000, 100_000]
    private static let perCall = 32

    static func run(_ figures: FigureBook) throws {
        let house = try RedisHouse()
        let customer = Participant(role: .customer, id: PersonID("talker")!)
        let session = SessionID(high: 7, low: 7)
        _ = try house.ask([.attach(Attach(person: customer, profile: nil))])
        let begun = try house.ask([.start(plainStart(session, customer.id, GroupID("sales")!))])
        guard case .started = begun[0] else {
            throw BenchmarkFailure(what: "a start was answered \(begun[0])")
        }
        let before = try house.redisFigures().memory
        var written = 0
        for length in lengths {
            figures.begin("transcript.\(length)", "a conversation of \(length) messages:")
            let from = written
            written = length
            let calls = stride(from: from, to: length, by: perCall).map { first in
                StoreRequest.append(
                    Append(
                        session: session,
                        messages: (first..<min(first + perCall, length)).map {
                            message($0, customer)
                        }))
            }
            let last = min(100, calls.count)
            _ = try house.ask(calls.dropLast(last))
            let append = try house.cpu(of: calls.suffix(last)) / Double(last * perCall)
            figures.record("append_us", "append, 32 a call", append, "us of Redis a message")
            let page = { (direction: HistoryQuery.Direction) in
                try house.cpu(
                    of: (0..<200).map { _ in
                        .history(HistoryQuery(session: session, direction: direction, limit: 50))
                    }) / 200
            }
            let (newest, oldest) = (try page(.before(Int(Int32.max))), try page(.after(0)))
            figures.record("newest_us", "the newest 50", newest, "us of Redis")
            figures.record("oldest_us", "the first 50", oldest, "us of Redis")
        }
        let grown = try house.redisFigures().memory - before
        figures.record(
            "bytes", "memory a message of 100 bytes", grown / Double(written), "bytes", decimals: 0)
        try house.stop()
    }

    private static func message(_ number: Int, _ sender: Participant) -> NewMessage {
        NewMessage(
            sender: sender, key: "m\(number)",
            body: Array(
                (#""kind":"text","text":""# + String(repeating: "x", count: 100) + "\"").utf8),
            origin: ConnectionReference(incarnation: 1, connection: 1))
    }
}
