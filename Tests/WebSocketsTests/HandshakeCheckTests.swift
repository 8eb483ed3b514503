// The rules of the opening handshake, without sockets. HandshakeTests tries them on the wire.
import Testing

@testable import WebSockets

@Suite struct HandshakeCheckTests {
    static let good = HandshakeFacts(
        path: "/v1/ws", key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: "other, chathub.v1")

    private func refusal(_ change: (inout HandshakeFacts) -> Void) -> HandshakeRefusal? {
        var facts = Self.good
        change(&facts)
        return HandshakeCheck.refusal(facts, path: "/v1/ws", subprotocol: "chathub.v1")
    }

    @Test func goodHandshakePasses() {
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.origins = 1 } == nil)
        #expect(refusal { $0.upgrade = "WebSocket" } == nil)
    }

    @Test func eachBrokenRuleHasItsOwnReason() {
        #expect(refusal { $0.isGet = false } == .method)
        #expect(refusal { $0.isHTTP11 = false } == .httpVersion)
        #expect(refusal { $0.hosts = 0 } == .host)
        #expect(refusal { $0.hosts = 2 } == .host)
        #expect(refusal { $0.origins = 2 } == .origin)
        #expect(refusal { $0.upgrade = "h2c" } == .upgrade)
        #expect(refusal { $0.upgrade = "websocket, h2c" } == .upgrade)
        #expect(refusal { $0.path = "/v1/ws/" } == .path)
        #expect(refusal { $0.version = "8" } == .version)
        #expect(refusal { $0.version = "13, 8" } == .version)
        #expect(refusal { $0.subprotocols = "" } == .subprotocol)
        #expect(refusal { $0.subprotocols = "chathub.v2,chathub.v11" } == .subprotocol)
        #expect(refusal { $0.subprotocols = "CHATHUB.V1" } == .subprotocol)
        #expect(refusal { $0.announcesBody = true } == .body)
    }

    @Test(arguments: [
        "", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25jZQ== ", "dGhlIHNhbXBsZSBub2 jZQ==", "dGhlIHNhbXBsZSBub25jZTEyMzQ1Ng==",
    ])
    func keyOfAnythingButSixteenBytesIsRefused(_ key: String) {
        #expect(refusal { $0.key = key } == .key)
    }

    @Test(arguments: HandshakeRefusal.allCases)
    func answerStatesItsLength(_ refusal: HandshakeRefusal) throws {
        let answer = String(decoding: refusal.answer, as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 \(refusal.status) "))
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
        try #require(parts.count == 2)
        #expect(parts[0].contains("Content-Length: \(parts[1].utf8.count)"))
        #expect(parts[0].contains("Connection: close"))
    }
}
