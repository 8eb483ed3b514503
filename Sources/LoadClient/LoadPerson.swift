/// One connection of a load test, customer or agent: its requests, and what it may see. Driven by
/// the scenarios through `LoadCrowd`.
import ChatModel
import ChatProtocol
import WebSockets

final class LoadPerson {
    let number: Int
    let isAgent: Bool
    var socket: WebSocketSession?
    var session: SessionID?
    /// The scenario's own index of what this person takes part in; -1: none.
    var place = -1
    /// Messages of a session come with rising numbers on every connection, acknowledgements too.
    var lastSeq = 0
    /// The secret a visitor comes back with.
    var secret: String?
    /// Sends that are not acknowledged yet.
    var pending = PendingSends()
    /// We end the connection ourselves: its end is no news.
    var isLeaving = false
    /// The number of the `status.set` that brought an agent online; 0: not sent.
    private(set) var onlineRequest: Int64 = 0
    private var nextRequest: Int64 = 1

    init(number: Int, isAgent: Bool) {
        self.number = number
        self.isAgent = isAgent
    }

    /// For messages to people.
    var name: String { isAgent ? LoadNames.agent(number + 1) : "customer \(number)" }

    /// Sends a request given as its members without braces, type and id; returns its number.
    @discardableResult
    func request(_ type: String, _ members: String) -> Int64 {
        let id = nextRequest
        nextRequest += 1
        let rest = members.isEmpty ? "" : "," + members
        socket?.send(Array(#"{"type":"\#(type)","id":\#(id)\#(rest)}"#.utf8))
        return id
    }

    /// An agent goes online. What he still holds of a run that was killed is closed first: `hello`
    /// is the answer to his hello.
    func goOnline(after hello: ServerEvent) {
        if case .array(let sessions)? = hello.tree["sessions"] {
            for session in sessions {
                guard case .text(let id)? = session["session"] else { continue }
                request("session.close", #""session":"\#(id)""#)
            }
        }
        goOnline()
    }

    func goOnline() {
        onlineRequest = request("status.set", #""status":"online""#)
    }

    /// The hot path: `body` appends all that follows the number of the request.
    @inline(__always)
    func send(_ line: inout [UInt8], body: (inout [UInt8]) -> Void) -> Int64 {
        let id = nextRequest
        nextRequest += 1
        line.append(contentsOf: Self.sendHead)
        DecimalText.append(id, to: &line)
        body(&line)
        socket?.send(line)
        return id
    }

    private static let sendHead = Array(#"{"type":"message.send","id":"#.utf8)

    func answerPing() {
        socket?.send(Self.pong)
    }

    private static let pong = Array(#"{"type":"pong"}"#.utf8)

    /// A connection of its own begins to count anew.
    func comesAgain() {
        nextRequest = 1
        isLeaving = false
    }
}

/// Planned times of a connection's sends by request number. Numbers rise and answers come nearly in
/// order, so this is an array with a moving front. Amortised O(1).
struct PendingSends {
    /// For a number that was answered, or never was a send.
    private static let taken: Int64 = -1

    private var planned: [Int64] = []
    private var head = 0
    /// The request number of `planned[head]`.
    private var first: Int64 = 0

    /// `id` is greater than every one before. `plannedMicroseconds` 0: not measured.
    mutating func add(_ id: Int64, plannedMicroseconds: Int64) {
        if head == planned.count {
            planned.removeAll(keepingCapacity: true)
            head = 0
            first = id
        }
        while first + Int64(planned.count - head) < id { planned.append(Self.taken) }
        planned.append(plannedMicroseconds)
    }

    /// The planned time of a send that was not answered before; nil for any other number.
    mutating func take(_ id: Int64) -> Int64? {
        let index = head + Int(clamping: id - first)
        guard id >= first, index < planned.count, planned[index] != Self.taken else { return nil }
        defer {
            planned[index] = Self.taken
            while head < planned.count, planned[head] == Self.taken {
                head += 1
                first += 1
            }
            if head > 1024, head * 2 > planned.count {
                planned.removeFirst(head)
                head = 0
            }
        }
        return planned[index]
    }
}
