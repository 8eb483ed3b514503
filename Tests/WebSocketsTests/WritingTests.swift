// Frames out: joining, cutting, slow readers, closing.
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct WritingTests {
        @Test(arguments: [true, false])
        func linesOfOneTurnLeaveInOneFrame(_ direct: Bool) throws {
            let answer: (WebSocketSession, [UInt8]) -> Void = { session, _ in
                for index in 0..<10 { session.send(Array("{\"n\":\(index)}".utf8)) }
            }
            try withServer({ $0.writesDirectly = direct }, { $0.onReceived = answer }) { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("go")
                let expected = (0..<10).map { "{\"n\":\($0)}" }.joined(separator: "\n")
                #expect(try socket.readFrame()?.text == expected)
                let statistics = try server.statistics()
                #expect(statistics.framesOut == 1)
                #expect(statistics.directWrites == (direct ? 1 : 0))
                #expect(statistics.waitingBytes == 0)
            }
        }

        @Test func moreThanAFrameIsCutAtLineEnds() throws {
            let line = Array(String(repeating: "l", count: 9_999).utf8)
            try withServer(
                { _ in },
                { $0.onReceived = { session, _ in for _ in 0..<20 { session.send(line) } } }
            ) { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("go")
                var lines = 0
                var frames = 0
                while lines < 20, let frame = try socket.readFrame() {
                    frames += 1
                    #expect(frame.payload.count <= 65_536)
                    for part in frame.payload.split(separator: 10) {
                        lines += 1
                        #expect(Array(part) == line)
                    }
                }
                #expect(lines == 20)
                #expect(frames == 4)
            }
        }

        @Test(arguments: [true, false])
        func slowReaderIsClosedWithItsCodeAndOthersGoOn(_ direct: Bool) throws {
            try withServer({
                $0.writesDirectly = direct
                $0.limits.outboxLimitBytes = 300_000
            }) { server in
                let slow = try RawSocket.opened(port: server.port, receiveBuffer: 65_536)
                let quick = try RawSocket.opened(port: server.port)
                try eventually("both") { server.log.count == 2 }
                let line = Array(String(repeating: "s", count: 50_000).utf8)
                try eventually("the limit") {
                    try server.thread.on { [server] in
                        server.sessions[0].send(line)
                        return !server.sessions[0].isOpen
                    }
                }
                let statistics = try server.statistics()
                #expect(statistics.slowReaders == 1)
                _ = try server.thread.on { [server] in
                    server.sessions[1].send(Array("hello".utf8))
                    return true
                }
                #expect(try quick.readFrame()?.text == "hello")
                #expect(try slow.readCloseCode() == 4008)
                slow.close()
                try eventually("closed") { server.log.contains("closed 4008") }
                #expect(try server.statistics().waitingBytes == 0)
            }
        }

        @Test func slowReaderThatNeverReadsIsKilled() throws {
            try withServer({
                $0.limits.outboxLimitBytes = 300_000
                $0.limits.closeSeconds = 1
            }) { server in
                let slow = try RawSocket.opened(port: server.port, receiveBuffer: 4_096)
                try eventually("open") { server.log.count == 1 }
                let line = Array(String(repeating: "s", count: 50_000).utf8)
                try eventually("the limit") {
                    try server.thread.on { [server] in
                        server.sessions[0].send(line)
                        return !server.sessions[0].isOpen
                    }
                }
                try eventually("killed") { server.log.contains("closed 4008") }
                slow.close()
            }
        }

        @Test func volatileLinesAreReplacedAndDroppedFirst() throws {
            let answer: (WebSocketSession, [UInt8]) -> Void = { session, _ in
                session.sendVolatile(Array("typing 1".utf8), key: 1)
                session.send(Array("kept".utf8))
                session.sendVolatile(Array("typing 2".utf8), key: 1)
            }
            try withServer({ _ in }, { $0.onReceived = answer }) { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("go")
                #expect(try socket.readFrame()?.text == "typing 2\nkept")
                #expect(try server.statistics().volatileDropped == 1)
            }
            let crowd: (WebSocketSession, [UInt8]) -> Void = { session, _ in
                session.sendVolatile(Array("typing".utf8), key: 1)
                session.send([UInt8](repeating: 0x61, count: 600))
                session.sendVolatile(Array("typing".utf8), key: 2)
            }
            try withServer({ $0.limits.outboxLimitBytes = 1_000 }, { $0.onReceived = crowd }) {
                server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("go")
                #expect(try socket.readFrame()?.payload.count == 600)
                #expect(try server.statistics().volatileDropped == 2)
            }
        }

        @Test func broadcastReachesEverybodyOnce() throws {
            try withServer { server in
                let sockets = try (0..<20).map { _ in try RawSocket.opened(port: server.port) }
                try eventually("all") { server.log.count == 20 }
                _ = try server.thread.on { [server] in
                    let line = Array("to all".utf8)
                    for session in server.sessions { session.send(line) }
                    return true
                }
                for socket in sockets { #expect(try socket.readFrame()?.text == "to all") }
                #expect(try server.statistics().directWrites == 20)
            }
        }

        @Test func whatWasSentBeforeACloseArrivesBeforeIt() throws {
            let answer: (WebSocketSession, [UInt8]) -> Void = { session, _ in
                session.send(Array("last words".utf8))
                session.close(code: 4000, reason: "drain")
                session.send(Array("too late".utf8))
                session.close(code: 4010, reason: "ignored")
            }
            try withServer({ _ in }, { $0.onReceived = answer }) { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.send(
                    RawSocket.frame(Array("go".utf8)) + RawSocket.frame(Array("more".utf8)))
                #expect(try socket.readFrame()?.text == "last words")
                let close = try socket.readFrame()
                #expect(close?.opcode == 8)
                #expect(close?.code == 4000)
                #expect(
                    close.map { String(decoding: $0.payload.dropFirst(2), as: UTF8.self) }
                        == "drain")
                try socket.send(RawSocket.frame([0x0F, 0xA0], opcode: 8))
                #expect(try socket.readFrame() == nil)
                try eventually("closed") { server.log == ["opened", "text 2", "closed 4000"] }
            }
        }

        @Test(arguments: [1000, 1001, 3000, 4999])
        func peersCloseIsAnsweredAndReported(_ code: Int) throws {
            try withServer { server in
                let socket = try RawSocket.opened(port: server.port)
                let payload = [UInt8(code >> 8), UInt8(code & 0xFF)] + Array("bye".utf8)
                try socket.send(RawSocket.frame(payload, opcode: 8))
                #expect(try socket.readCloseCode() == code)
                try eventually("closed") { server.log == ["opened", "closed \(code)"] }
            }
        }

        @Test func endsWithoutACloseFrameAreReportedToo() throws {
            try withServer { server in
                let gone = try RawSocket.opened(port: server.port)
                gone.close()
                try eventually("1006") { server.log == ["opened", "closed 1006"] }
                let empty = try RawSocket.opened(port: server.port)
                try empty.send(RawSocket.frame([], opcode: 8))
                try eventually("1005") { server.log.last == "closed 1005" }
            }
        }

        @Test func abortedPeerIsGoneAtOnceOnAnIdleServer() throws {
            try withServer { server in
                let socket = try RawSocket.opened(port: server.port)
                try eventually("open") { server.log == ["opened"] }
                _ = try server.thread.on { [server] in
                    server.sessions[0].abort()
                    server.sessions[0].send(Array("nothing".utf8))
                    server.sessions[0].close(code: 4000, reason: "")
                    return true
                }
                #expect(try socket.readFrame() == nil)
                try eventually("closed") { server.log == ["opened", "closed 1006"] }
            }
        }

        @Test func sessionKeptAfterItsEndDoesNothing() throws {
            try withServer { server in
                let socket = try RawSocket.opened(port: server.port)
                socket.close()
                try eventually("closed") { server.log.count == 2 }
                let waiting = try server.thread.on { [server] in
                    let session = server.sessions[0]
                    session.send(Array("x".utf8))
                    session.sendVolatile(Array("x".utf8), key: 1)
                    session.pauseReading()
                    session.resumeReading()
                    session.close(code: 4000, reason: "x")
                    session.abort()
                    return session.waitingBytes
                }
                #expect(waiting == 0)
            }
        }

        @Test func identifiersAreNeverUsedTwice() throws {
            try withServer { server in
                for count in 1...5 {
                    try RawSocket.opened(port: server.port).close()
                    try eventually("gone") { server.log.count == count * 2 }
                }
                let ids = try server.thread.on { [server] in server.sessions.map(\.id) }
                #expect(Set(ids).count == 5)
            }
        }

        @Test func shutDownEndsEverySessionAndLeavesNothingOpen() throws {
            let server = try TestServer()
            let sockets = try (0..<5).map { _ in try RawSocket.opened(port: server.port) }
            let half = try RawSocket(port: server.port)
            try half.send("GET / HT")
            try eventually("all") { server.log.count == 5 }
            try server.stop()
            #expect(server.log.filter { $0.hasPrefix("closed") }.count == 5)
            for socket in sockets { #expect(try socket.readFrame() == nil) }
            #expect(throws: TestFailure.self) { _ = try RawSocket(port: server.port) }
        }
    }
}
