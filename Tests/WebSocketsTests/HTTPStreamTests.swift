// Bodies that are read while they go out, and the methods of files.
import EventLoop
import Glibc
import Synchronization
import Testing

@testable import WebSockets

/// Gives `byteCount` bytes, each piece a turn later, and remembers how many it was asked for.
///
/// `@unchecked Sendable`: loop thread only; the counters have a lock.
private final class CountingSource: HTTPBodySource, @unchecked Sendable {
    struct Counts: Sendable {
        var given = 0
        var ends = 0
    }
    let counts = Mutex(Counts())
    private let loop: EventLoop
    private let failsAt: Int

    init(_ loop: EventLoop, failsAt: Int = .max) {
        self.loop = loop
        self.failsAt = failsAt
    }

    func read(atMost most: Int, then: @escaping ([UInt8]?) -> Void) {
        let given = counts.withLock { counts in
            counts.given += most
            return counts.given
        }
        loop.schedule(afterMilliseconds: 1) { [failsAt] in
            then(given > failsAt ? nil : [UInt8](repeating: 0x61, count: most))
        }
    }

    func end() { counts.withLock { $0.ends += 1 } }
}

extension SocketTests {
    @Suite struct HTTPStreamTests {
        private func withSource(
            failsAt: Int = .max, byteCount: Int,
            _ body: (TestServer, CountingSource) throws -> Void
        ) throws {
            let made = SharedResult<CountingSource>()
            try withServer(
                { _ in },
                { recorder in
                    recorder.onRequest = { request in
                        guard request.path == "/file", let source = made.get() else {
                            return .text(200, "next")
                        }
                        return .streamed(
                            200, fields: [HTTPField("Content-Type", "x/y")], byteCount: byteCount,
                            from: source)
                    }
                }
            ) { server in
                let source = CountingSource(server.thread.loop, failsAt: failsAt)
                made.set(source)
                try body(server, source)
            }
        }

        @Test func theBodyArrivesWholeAndTheNextRequestIsAnsweredAfterIt() throws {
            try withSource(byteCount: 300_000) { server, source in
                let socket = try RawSocket(port: server.port)
                try socket.send(
                    "GET /file HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try socket.read(until: "\r\n\r\n").contains("Content-Length: 300000\r\n"))
                let body = try socket.read(300_000) ?? []
                #expect(body.count == 300_000 && body.allSatisfy { $0 == 0x61 })
                #expect(try socket.read(until: "next").contains("200 OK"))
                #expect(source.counts.withLock { $0.ends } == 1)
            }
        }

        @Test func headReadsNothing() throws {
            try withSource(byteCount: 300_000) { server, source in
                let socket = try RawSocket(port: server.port)
                try socket.send("HEAD /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                let text = String(decoding: try socket.readToEnd(), as: UTF8.self)
                #expect(text.contains("Content-Length: 300000\r\n") && text.hasSuffix("\r\n\r\n"))
                #expect(source.counts.withLock { $0.given } == 0)
                #expect(source.counts.withLock { $0.ends } == 1)
            }
        }

        /// Back-pressure: what the sockets' buffers do not take is not asked for.
        @Test func aReaderThatDoesNotReadHoldsTheSource() throws {
            try withSource(byteCount: 200 << 20) { server, source in
                let socket = try RawSocket(port: server.port)
                try socket.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(
                    try socket.read(until: "\r\n\r\n").contains("Content-Length: 209715200\r\n"))
                #expect(try socket.read(1 << 20)?.count == 1 << 20)
                var last = -1
                try eventually("the source rests") {
                    usleep(100_000)
                    let given = source.counts.withLock { $0.given }
                    defer { last = given }
                    return given == last
                }
                #expect((1 << 20..<20 << 20).contains(last))
                socket.close()
                try eventually("ended") { source.counts.withLock { $0.ends } == 1 }
            }
        }

        /// Sent together with the first one or later: the library would spin on it.
        @Test(arguments: [true, false])
        func whoAsksForMoreAndDoesNotReadIsHungUpOn(_ isTogether: Bool) throws {
            try withSource(byteCount: 200 << 20) { server, source in
                let socket = try RawSocket(port: server.port)
                let next = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
                try socket.send(
                    "GET /file HTTP/1.1\r\nHost: h\r\n\r\n" + (isTogether ? next : ""))
                if !isTogether {
                    try eventually("it reads") { source.counts.withLock { $0.given } > 0 }
                    try socket.send(next)
                }
                try eventually("ended") { source.counts.withLock { $0.ends } == 1 }
            }
        }

        @Test func aSourceThatFailsCutsTheBodyShort() throws {
            try withSource(failsAt: 100_000, byteCount: 300_000) { server, source in
                let socket = try RawSocket(port: server.port)
                try socket.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n")
                let all = try socket.readToEnd()
                #expect((65_536..<100_000).contains(all.count))
                try eventually("ended") { source.counts.withLock { $0.ends } == 1 }
            }
        }

        @Test func putBringsABodyAndOptionsBringsNone() throws {
            try withServer(
                { _ in },
                {
                    $0.onRequest = { .text(200, "\($0.method.rawValue) \($0.body.count)") }
                }
            ) { server in
                let socket = try RawSocket(port: server.port)
                let body = String(repeating: "b", count: 100_000)
                try socket.send(
                    "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + body)
                #expect(try socket.read(until: "PUT 100000").contains("200 OK"))
                try socket.send("OPTIONS /x HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try socket.read(until: "OPTIONS 0").contains("200 OK"))
            }
        }
    }
}
