// Bad and good frames on the wire: what libwebsockets accepts and this room does not.
import Testing

@testable import WebSockets

extension SocketTests {
    @Suite struct FrameTests {
        struct Case: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var frames: [UInt8]
            var code: Int
        }

        static let refused: [Case] = [
            Case(
                testDescription: "binary", frames: RawSocket.frame([1, 2], opcode: 2), code: 4500),
            Case(
                testDescription: "invalid UTF-8", frames: RawSocket.frame([0xC3, 0x28]),
                code: 4500),
            Case(
                testDescription: "a surrogate", frames: RawSocket.frame([0xED, 0xA0, 0x80]),
                code: 4500),
            Case(
                testDescription: "UTF-8 broken across fragments",
                frames: RawSocket.frame([0x61, 0xE4], isFinal: false)
                    + RawSocket.frame([0x28, 0x61], opcode: 0), code: 4500),
            Case(
                testDescription: "UTF-8 left open at the end of the message",
                frames: RawSocket.frame([0x61, 0xE4], isFinal: false)
                    + RawSocket.frame([0xBD], opcode: 0), code: 4500),
            Case(
                testDescription: "invalid far into a long frame",
                frames: RawSocket.frame([UInt8](repeating: 0x61, count: 3_000) + [0xFF]), code: 4500
            ),
            Case(
                testDescription: "announced length over the limit",
                frames: RawSocket.frame([0x61], announcing: 65_537), code: 4501),
            Case(
                testDescription: "announced length of 1 TiB",
                frames: RawSocket.frame([0x61], announcing: 1 << 40), code: 4501),
            Case(
                testDescription: "running total over the limit",
                frames: RawSocket.frame([UInt8](repeating: 0x61, count: 60_000), isFinal: false)
                    + RawSocket.frame([UInt8](repeating: 0x61, count: 6_000), opcode: 0), code: 4501
            ),
            Case(
                testDescription: "65 fragments",
                frames: RawSocket.frame([], isFinal: false)
                    + (0..<64).flatMap { _ in RawSocket.frame([], opcode: 0, isFinal: false) },
                code: 4502),
            Case(
                testDescription: "20,000 empty continuations",
                frames: RawSocket.frame([0x61], isFinal: false)
                    + (0..<20_000).flatMap { _ in RawSocket.frame([], opcode: 0, isFinal: false) },
                code: 4502),
            Case(
                testDescription: "reserved bit", frames: [0xC1, 0x81, 0, 0, 0, 0, 0x61],
                code: 1002),
            Case(
                testDescription: "unknown opcode", frames: RawSocket.frame([], opcode: 3),
                code: 1002),
            Case(
                testDescription: "continuation of nothing",
                frames: RawSocket.frame([0x61], opcode: 0),
                code: 1002),
        ]

        @Test(arguments: refused)
        func badFrameIsAnsweredWithItsCodeAndHarmsNobodyElse(_ entry: Case) throws {
            try withServer({ _ in }, { $0.onReceived = { session, bytes in session.send(bytes) } })
            {
                server in
                let other = try RawSocket.opened(port: server.port)
                let socket = try RawSocket.opened(port: server.port)
                try socket.send(entry.frames)
                #expect(try socket.readCloseCode() == entry.code)
                socket.close()
                try eventually("closed") { server.log.contains { $0.hasPrefix("closed") } }
                #expect(!server.log.contains { $0.hasPrefix("text") }, "nothing was delivered")
                try other.sendFrame("still here")
                #expect(try other.readFrame()?.text == "still here")
                #expect(try server.statistics().unfinishedBytes == 0)
            }
        }

        @Test func largestMessageAndCutCharactersArriveWhole() throws {
            try withServer({ _ in }, { $0.onReceived = { session, bytes in session.send(bytes) } })
            {
                server in
                let socket = try RawSocket.opened(port: server.port)
                let long = String(repeating: "你好👋", count: 6_553)
                #expect(long.utf8.count == 65_530)
                try socket.sendFrame(long)
                #expect(try socket.readFrame()?.text == long)
                var fragments: [UInt8] = []
                for (index, byte) in Array("é你👋".utf8).enumerated() {
                    fragments += RawSocket.frame([byte], opcode: index == 0 ? 1 : 0, isFinal: false)
                    fragments += RawSocket.frame([0x70], opcode: 9)
                }
                try socket.send(fragments + RawSocket.frame([], opcode: 0))
                var frame = try socket.readFrame()
                while frame?.opcode == 10 { frame = try socket.readFrame() }
                #expect(frame?.text == "é你👋")
            }
        }

        @Test func unfinishedMessageIsGivenUpInTime() throws {
            try withServer({ $0.limits.unfinishedMessageSeconds = 1 }) { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("never finished", isFinal: false)
                #expect(try socket.readCloseCode() == 4502)
            }
        }

        @Test func finishedMessagesDoNotTimeOut() throws {
            try withServer({ $0.limits.unfinishedMessageSeconds = 1 }) { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("one ", isFinal: false)
                try socket.sendFrame("message", opcode: 0)
                try eventually("delivered") { server.log.contains("text 11") }
                let quiet = try RawSocket.opened(port: server.port)
                try quiet.sendFrame("unfinished", isFinal: false)
                #expect(try quiet.readCloseCode() == 4502)
                try socket.sendFrame("second")
                try eventually("delivered") { server.log.contains("text 6") }
            }
        }

        @Test func overTheTotalTheOldestUnfinishedMessageGoes() throws {
            try withServer({ $0.limits.maxUnfinishedBytesTotal = 100_000 }) { server in
                let sockets = try (0..<3).map { _ in try RawSocket.opened(port: server.port) }
                let piece = String(repeating: "a", count: 40_000)
                for (index, socket) in sockets.enumerated() {
                    try socket.sendFrame(piece, isFinal: false)
                    if index < 2 {
                        try eventually("held") {
                            try server.statistics().unfinishedBytes == 40_000 * (index + 1)
                        }
                    }
                }
                #expect(try sockets[0].readCloseCode() == 4502)
                try sockets[1].sendFrame("b", opcode: 0)
                try sockets[2].sendFrame("c", opcode: 0)
                try eventually("both others are whole") {
                    server.log.filter { $0 == "text 40001" }.count == 2
                }
                try eventually("nothing is held") { try server.statistics().unfinishedBytes == 0 }
            }
        }

        @Test func pingIsAnsweredWithItsPayload() throws {
            try withServer { server in
                let socket = try RawSocket.opened(port: server.port)
                try socket.sendFrame("payload", opcode: 9)
                let pong = try socket.readFrame()
                #expect(pong?.opcode == 10)
                #expect(pong?.text == "payload")
            }
        }

        @Test func pausedReadingHoldsInputBackAndLosesNothing() throws {
            try withServer({ _ in }, { $0.onReceived = { session, _ in session.pauseReading() } }) {
                server in
                let socket = try RawSocket.opened(port: server.port)
                for index in 0..<5 {
                    try socket.sendFrame(String(repeating: "x", count: index + 1))
                }
                for count in 1...5 {
                    try eventually("message \(count)") { server.log.count == count + 1 }
                    _ = try server.statistics()
                    #expect(server.log.count == count + 1, "the next one waits")
                    _ = try server.thread.on { [server] in
                        server.sessions[0].resumeReading()
                        return true
                    }
                }
                #expect(server.log == ["opened"] + (1...5).map { "text \($0)" })
            }
        }
    }
}
