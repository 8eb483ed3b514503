// The small HTTP side on the port of the WebSockets.
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct HTTPTests {
        private func answer(
            _ socket: RawSocket, _ request: String, bodyBytes: Int
        ) throws -> (head: String, body: String) {
            try socket.send(request)
            let head = try socket.read(until: "\r\n\r\n")
            let body = try socket.read(bodyBytes) ?? []
            return (head, String(decoding: body, as: UTF8.self))
        }

        @Test func requestsOnOneConnectionAreAnsweredInOrder() throws {
            try withServer(
                { $0.extraHeaders = ["x-api"] },
                {
                    $0.onRequest = { request in
                        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(
                            separator: ",")
                        let api = request.headers["x-api"] ?? "-"
                        let body = String(decoding: request.body, as: UTF8.self)
                        return HTTPResponse(
                            status: 200,
                            fields: [
                                HTTPField("Content-Type", "text/plain"),
                                HTTPField("X-Split", "a\r\nInjected: yes"),
                            ],
                            body: Array(
                                "\(request.method.rawValue) \(request.path) \(query) \(api) \(body)"
                                    .utf8))
                    }
                }
            ) { server in
                let socket = try RawSocket(port: server.port)
                for _ in 0..<3 {
                    let get = try answer(
                        socket, "GET /a%20b?x=1&y=%32 HTTP/1.1\r\nHost: h\r\nX-Api: k\r\n\r\n",
                        bodyBytes: 19)
                    #expect(get.body == "GET /a b x=1,y=2 k ")
                    #expect(get.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
                    #expect(get.head.contains("Content-Length: 19\r\n"))
                    #expect(!get.head.contains("Injected"))
                }
            }
        }

        @Test func headHasTheLengthButNoBody() throws {
            try withServer({ _ in }, { $0.onRequest = { _ in .text(200, "four") } }) { server in
                let socket = try RawSocket(port: server.port)
                try socket.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                let text = String(decoding: try socket.readToEnd(), as: UTF8.self)
                #expect(text.contains("Content-Length: 4\r\n"))
                #expect(text.hasSuffix("Connection: close\r\n\r\n"))
            }
        }

        @Test(arguments: [0, 1, 700, 60_000, 900_000])
        func postedBodyArrivesWholeAndBigAnswersToo(_ count: Int) throws {
            try withServer(
                { _ in }, { $0.onRequest = { .bytes(200, contentType: "x/y", $0.body + $0.body) } }
            ) { server in
                let socket = try RawSocket(port: server.port)
                let body = String(repeating: "b", count: count)
                for _ in 0..<2 {
                    let request =
                        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: \(count)\r\n\r\n"
                    let got = try answer(socket, request + body, bodyBytes: 2 * count)
                    #expect(got.head.contains("Content-Length: \(2 * count)\r\n"))
                    #expect(got.body == body + body)
                }
                #expect(try server.statistics().httpRequests == 2)
            }
        }

        static let refused: [(String, Int)] = [
            ("POST / HTTP/1.1\r\nHost: h\r\n\r\n", 411),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
            ("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 400),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("PUT / HTTP/1.1\r\nHost: h\r\n\r\n", 411),
            ("OPTIONS / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 400),
            ("DELETE / HTTP/1.1\r\nHost: h\r\n\r\n", 405),
            ("GET /v1/ws HTTP/1.1\r\nHost: h\r\n\r\n", 426),
        ]

        @Test(arguments: refused)
        func badRequestIsRefusedAndTheConnectionClosed(_ request: String, _ status: Int) throws {
            try withServer { server in
                let socket = try RawSocket(port: server.port)
                try socket.send(request)
                let text = String(decoding: try socket.readToEnd(), as: UTF8.self)
                #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
                #expect(try server.statistics().httpRequests == 0)
            }
        }

        @Test func deferredAnswerComesLaterAndTheNextRequestWaits() throws {
            let waiting = SharedResult<HTTPCompletion>()
            try withServer(
                { _ in },
                {
                    $0.onRequest = { request in
                        if request.path == "/later" {
                            waiting.set(request.completion)
                            return .deferred
                        }
                        return .text(200, "now")
                    }
                }
            ) { server in
                let socket = try RawSocket(port: server.port)
                try socket.send(
                    "GET /later HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
                try eventually("asked") { waiting.get() != nil }
                _ = try server.thread.on {
                    waiting.get()?.finish(.text(200, "later"))
                    waiting.get()?.finish(.text(500, "twice"))
                    return true
                }
                #expect(try socket.read(until: "later").contains("Content-Length: 5"))
                #expect(try socket.read(until: "now").contains("Content-Length: 3"))
                try socket.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
                try eventually("asked again") { try server.statistics().httpRequests == 3 }
                socket.close()
                _ = try server.thread.on {
                    waiting.get()?.finish(.text(200, "nobody there"))
                    return true
                }
            }
        }

        @Test func upgradeAfterARequestOnTheSameConnectionWorks() throws {
            try withServer({ _ in }, { $0.onRequest = { _ in .text(200, "page") } }) { server in
                let socket = try RawSocket(port: server.port)
                #expect(
                    try answer(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", bodyBytes: 4).body
                        == "page")
                try socket.send(RawSocket.handshake())
                #expect(try socket.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101"))
                try socket.sendFrame("hello")
                try eventually("received") { server.log == ["opened", "text 5"] }
            }
        }
    }
}
