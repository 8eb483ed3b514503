// Opening handshakes on the wire: what libwebsockets would let through must not get a 101.
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct HandshakeTests {
        struct Case: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var request: String
            /// 0: the connection is closed without an answer.
            var status: Int
            /// Reason in the statistics, when this room refuses it (not the library).
            var reason: String?
        }

        static let refused: [Case] = [
            Case(
                testDescription: "version 8",
                request: RawSocket.handshake(["Sec-WebSocket-Version": "8"]),
                status: 426, reason: "version"),
            Case(
                testDescription: "no version",
                request: RawSocket.handshake(without: "Sec-WebSocket-Version"), status: 426,
                reason: "version"),
            Case(
                testDescription: "short key",
                request: RawSocket.handshake(["Sec-WebSocket-Key": "x"]),
                status: 400, reason: "key"),
            Case(
                testDescription: "no key",
                request: RawSocket.handshake(without: "Sec-WebSocket-Key"), status: 400,
                reason: "key"),
            Case(
                testDescription: "two keys",
                request: RawSocket.handshake(extra: "Sec-WebSocket-Key: \(RawSocket.key)\r\n"),
                status: 400, reason: "key"),
            Case(
                testDescription: "POST", request: RawSocket.handshake(method: "POST"), status: 405,
                reason: "method"),
            Case(
                testDescription: "HTTP/1.0", request: RawSocket.handshake(version: "HTTP/1.0"),
                status: 505, reason: "httpVersion"),
            Case(
                testDescription: "wrong path", request: RawSocket.handshake(path: "/v1/wsx"),
                status: 404, reason: "path"),
            Case(
                testDescription: "two origins",
                request: RawSocket.handshake(
                    extra: "Origin: https://a.example\r\nOrigin: https://b.example\r\n"),
                status: 400, reason: "origin"),
            Case(
                testDescription: "two hosts",
                request: RawSocket.handshake(extra: "Host: other\r\n"),
                status: 400, reason: "host"),
            Case(
                testDescription: "no host", request: RawSocket.handshake(without: "Host"),
                status: 400, reason: "host"),
            Case(
                testDescription: "a body",
                request: RawSocket.handshake(extra: "Content-Length: 4\r\n"),
                status: 400, reason: "body"),
            Case(
                testDescription: "no sub-protocol",
                request: RawSocket.handshake(without: "Sec-WebSocket-Protocol"), status: 400,
                reason: "subprotocol"),
            Case(
                testDescription: "wrong sub-protocol",
                request: RawSocket.handshake(["Sec-WebSocket-Protocol": "mqtt"]), status: 0,
                reason: "subprotocol"),
            Case(
                testDescription: "h2c",
                request: RawSocket.handshake(
                    ["Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings"],
                    extra: "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"), status: 0, reason: "upgrade"),
            Case(
                testDescription: "unknown upgrade",
                request: RawSocket.handshake(["Upgrade": "foo"]),
                status: 403, reason: nil),
            Case(
                testDescription: "Connection without upgrade",
                request: RawSocket.handshake(["Connection": "keep-alive"]), status: 0, reason: nil),
            Case(
                testDescription: "HTTP/2 preface", request: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                status: 403, reason: nil),
            Case(
                testDescription: "no HTTP at all", request: "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n",
                status: 403, reason: nil),
            Case(
                testDescription: "headers of 20 KB",
                request: RawSocket.handshake(
                    extra: "X-Big: \(String(repeating: "x", count: 20_000))\r\n"),
                status: 0, reason: nil),
            Case(
                testDescription: "2,000 headers",
                request: RawSocket.handshake(
                    extra: (0..<2_000).map { "X-\($0): a\r\n" }.joined()), status: 0, reason: nil),
            Case(
                testDescription: "a path of 9 KB",
                request: RawSocket.handshake(path: "/" + String(repeating: "p", count: 9_000)),
                status: 0, reason: nil),
        ]

        @Test(arguments: refused)
        func forbiddenHandshakeNeverOpens(_ entry: Case) throws {
            try withServer { server in
                let socket = try RawSocket(port: server.port)
                try socket.send(entry.request)
                let answer = String(decoding: try socket.readToEnd(), as: UTF8.self)
                #expect(!answer.contains(" 101 "), "\(answer)")
                if entry.status != 0 {
                    // The library's own refusals (403) speak HTTP/1.0.
                    let status = answer.split(separator: " ").dropFirst().first
                    #expect(status == "\(entry.status)", "\(answer)")
                } else {
                    #expect(answer.isEmpty, "\(answer)")
                }
                if entry.status == 426 { #expect(answer.contains("Sec-WebSocket-Version: 13\r\n")) }
                try eventually("the connection is forgotten") {
                    try server.statistics().handshakes == 0
                }
                if let reason = entry.reason {
                    #expect(try server.statistics().refused == [reason: 1])
                }
                #expect(server.log.isEmpty)
                // Others are not harmed.
                _ = try RawSocket.opened(port: server.port)
            }
        }

        @Test func goodHandshakeOpensWithoutCompression() throws {
            try withServer { server in
                let socket = try RawSocket(port: server.port)
                try socket.send(
                    RawSocket.handshake(
                        ["Sec-WebSocket-Protocol": "other, chathub.v1"],
                        extra: "Origin: https://shop.example\r\n"
                            + "Sec-WebSocket-Extensions: permessage-deflate; "
                            + "client_max_window_bits\r\n"
                    ))
                let answer = try socket.read(until: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 101 "))
                #expect(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
                #expect(answer.contains("Sec-WebSocket-Protocol: chathub.v1\r\n"))
                #expect(!answer.lowercased().contains("extensions"))
                try eventually("opened") { server.log == ["opened"] }
                let seen = try server.thread.on { [server] in
                    "\(server.sessions[0].origin ?? "-") \(server.sessions[0].remoteAddress)"
                }
                #expect(seen == "https://shop.example 127.0.0.1")
            }
        }

        @Test func silentAndDrippingHandshakesAreCut() throws {
            try withServer({ $0.limits.handshakeSeconds = 1 }) { server in
                let silent = try RawSocket(port: server.port, seconds: 8)
                let half = try RawSocket(port: server.port, seconds: 8)
                try half.send("GET /v1/ws HTTP/1.1\r\nHost: a\r\n")
                #expect(try silent.readToEnd().isEmpty)
                #expect(try half.readToEnd().isEmpty)
                try eventually("forgotten") { try server.statistics().handshakes == 0 }
            }
        }

        @Test func framesSentRightAfterTheHandshakeAreNotLost() throws {
            try withServer { server in
                let socket = try RawSocket(port: server.port)
                try socket.send(
                    Array(RawSocket.handshake().utf8) + RawSocket.frame(Array("early".utf8))
                        + RawSocket.frame(Array("bird".utf8)))
                try eventually("both") { server.log == ["opened", "text 5", "text 4"] }
            }
        }

        @Test func handshakesBeyondTheBoundWaitAndThenOpen() throws {
            try withServer({ $0.limits.maxHandshakes = 4 }) { server in
                let idle = try (0..<4).map { _ in try RawSocket(port: server.port) }
                try eventually("four") { try server.statistics().handshakes == 4 }
                let waiting = try RawSocket(port: server.port)
                try waiting.send(RawSocket.handshake())
                idle.forEach { $0.close() }
                #expect(try waiting.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
            }
        }
    }
}
