/// One way of a talk, from a sender to the other end: what was sent, refused and heard. Pure; kept
/// by `RelayTalks`.
struct TalkWay {
    enum Finding { case inOrder, late, twice }

    /// Messages sent; they are numbered from 0.
    private(set) var sent = 0
    /// The number of the request that carried the first one.
    private var firstRequest: Int64 = 0
    /// The first number behind all that was heard.
    private var next = 0
    /// Before `next`, and not heard so far: the hub refused them, or they come too late, or never.
    private var passedOver: Set<Int> = []
    private var refusedNumbers: Set<Int> = []

    /// The next message leaves, by this request. Requests of a sender have rising numbers without
    /// holes while he talks.
    mutating func send(by request: Int64) {
        if sent == 0 { firstRequest = request }
        sent += 1
    }

    /// The hub refused a request. False when it carried no message.
    mutating func refused(_ request: Int64) -> Bool {
        let number = Int(clamping: request - firstRequest)
        guard request >= firstRequest, number < sent else { return false }
        return refusedNumbers.insert(number).inserted
    }

    func wasRefused(_ number: Int) -> Bool { refusedNumbers.contains(number) }

    mutating func hear(_ number: Int) -> Finding {
        if number == next {
            next += 1
            return .inOrder
        }
        if number > next {
            passedOver.formUnion(next..<number)
            next = number + 1
            return .inOrder
        }
        guard passedOver.remove(number) != nil else { return .twice }
        // Of what was refused because the store did not answer nobody knows when it turns up.
        return refusedNumbers.contains(number) ? .inOrder : .late
    }

    var refusals: Int { refusedNumbers.count }

    /// Not refused, and not heard at the other end.
    var lost: Int {
        let unheard = passedOver.union(next..<max(next, sent))
        return unheard.subtracting(refusedNumbers).count
    }
}
