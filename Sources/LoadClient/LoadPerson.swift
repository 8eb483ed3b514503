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
    /// Messages of a session come with rising numbers on every connection, acknowledgements too.
    var lastSeq = 0
    /// The secret a visitor comes back with.
    var secret: String?
    private var nextRequest: Int64 = 1

    init(number: Int, isAgent: Bool) {
        self.number = number
        self.isAgent = isAgent
    }

    /// Sends a request given as its members without braces, type and id; returns its number.
    @discardableResult
    func request(_ type: String, _ members: String) -> Int64 {
        let id = nextRequest
        nextRequest += 1
        let rest = members.isEmpty ? "" : "," + members
        socket?.send(Array(#"{"type":"\#(type)","id":\#(id)\#(rest)}"#.utf8))
        return id
    }

    /// The hot path: `prefix` holds everything up to the number of the request.
    func send(_ line: inout [UInt8], body: (inout [UInt8]) -> Void) -> Int64 {
        let id = nextRequest
        nextRequest += 1
        line.append(contentsOf: #"{"type":"message.send","id":"#.utf8)
        line.append(contentsOf: String(id).utf8)
        body(&line)
        socket?.send(line)
        return id
    }

    func answerPing() {
        socket?.send(Array(#"{"type":"pong"}"#.utf8))
    }
}
