// What leaves in which frame, without sockets.
import Testing

@testable import WebSockets

@Suite struct OutboxTests {
    let buffer = FrameBuffer(headRoom: 16, capacity: 64)
    var outbox = Outbox()

    private mutating func frame(maxBytes: Int = 65_536, maxLines: Int = .max) -> String? {
        guard
            let frame = outbox.nextFrame(into: buffer, maxBytes: maxBytes, maxLines: maxLines)
        else { return nil }
        return String(
            decoding: UnsafeRawBufferPointer(start: buffer.payload, count: frame.byteCount),
            as: UTF8.self)
    }

    private mutating func send(_ lines: String...) {
        for line in lines { outbox.append(line: Array(line.utf8)) }
    }

    @Test mutating func linesLeaveJoinedInOrder() {
        send("a", "b", "c")
        #expect(outbox.waitingBytes == 3)
        #expect(frame() == "a\nb\nc")
        #expect(outbox.isEmpty)
        #expect(outbox.waitingBytes == 0)
        #expect(frame() == nil)
    }

    @Test mutating func framesAreCutAtLineEnds() {
        send("12345", "67890", "abcde")
        #expect(frame(maxBytes: 11) == "12345\n67890")
        #expect(frame(maxBytes: 11) == "abcde")
    }

    @Test mutating func aFrameHasNoMoreLinesThanTheOtherSideTakes() {
        send("a", "b", "c", "d", "e")
        #expect(frame(maxLines: 2) == "a\nb")
        #expect(frame(maxLines: 2) == "c\nd")
        #expect(frame(maxLines: 2) == "e")
    }

    @Test mutating func lineLongerThanAFrameGoesAlone() {
        let long = String(repeating: "x", count: 300)
        send("a", long, "b")
        #expect(frame(maxBytes: 64) == "a")
        #expect(frame(maxBytes: 64) == long)
        #expect(frame(maxBytes: 64) == "b")
    }

    @Test mutating func messagesAreNeverJoined() {
        send("a")
        outbox.append(message: Array("m".utf8), isBinary: false)
        outbox.append(message: [], isBinary: true)
        send("b")
        #expect(frame() == "a")
        #expect(frame() == "m")
        #expect(frame()?.isEmpty == true)
        #expect(frame() == "b")
    }

    @Test mutating func volatileLineIsReplacedInItsPlace() {
        send("a")
        #expect(outbox.appendVolatile(line: Array("old".utf8), key: 7) == false)
        send("b")
        #expect(outbox.appendVolatile(line: Array("newer".utf8), key: 7) == true)
        #expect(outbox.appendVolatile(line: Array("other".utf8), key: 8) == false)
        #expect(outbox.waitingBytes == 12)
        #expect(frame() == "a\nnewer\nb\nother")
        #expect(outbox.appendVolatile(line: Array("again".utf8), key: 7) == false)
    }

    @Test mutating func droppingVolatileLinesKeepsTheRest() {
        _ = outbox.appendVolatile(line: Array("t".utf8), key: 1)
        send("a")
        _ = outbox.appendVolatile(line: Array("u".utf8), key: 2)
        send("b")
        #expect(outbox.dropVolatile() == 2)
        #expect(outbox.waitingBytes == 2)
        #expect(frame() == "a\nb")
        #expect(outbox.dropVolatile() == 0)
    }

    @Test mutating func agreesWithAPlainQueueOnRandomTurns() {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var numbers = SplitMix(state: seed)
        var model: [String] = []
        for step in 0..<5_000 {
            if numbers.next() % 3 > 0 {
                let line = String(repeating: "l", count: Int(numbers.next() % 20)) + "\(step)"
                send(line)
                model.append(line)
            } else {
                var expected: [String] = []
                var bytes = 0
                while let next = model.first, expected.isEmpty || bytes + 1 + next.utf8.count <= 40
                {
                    bytes += (expected.isEmpty ? 0 : 1) + next.utf8.count
                    expected.append(model.removeFirst())
                }
                let got = frame(maxBytes: 40)
                #expect(got ?? "" == expected.joined(separator: "\n"), "seed \(seed)")
            }
            #expect(outbox.waitingBytes == model.reduce(0) { $0 + $1.utf8.count }, "seed \(seed)")
        }
    }
}
