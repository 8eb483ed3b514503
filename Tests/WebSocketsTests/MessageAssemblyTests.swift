// Pieces to messages, without sockets.
import Testing

@testable import WebSockets

@Suite struct MessageAssemblyTests {
    var limits = WebSocketLimits()
    var assembly = MessageAssembly()

    private mutating func take(
        _ text: String, first: Bool, last: Bool, remaining: Int = 0, binary: Bool = false,
        acceptsBinary: Bool = false
    ) -> MessageAssembly.Step {
        var copy = Array(text.utf8)
        return copy.withUnsafeMutableBytes {
            assembly.take(
                UnsafeRawBufferPointer($0),
                Piece(isFirst: first, isLast: last, remaining: remaining, isBinary: binary),
                limits: limits, acceptsBinary: acceptsBinary)
        }
    }

    @Test mutating func messageInOnePieceIsNotCopied() {
        #expect(take("hello", first: true, last: true) == .wholePiece)
        #expect(assembly.bytes.capacity == 0)
        #expect(!assembly.isUnfinished)
    }

    @Test mutating func emptyMessageIsWhole() {
        #expect(take("", first: true, last: true) == .wholePiece)
    }

    @Test mutating func piecesAndFragmentsAreJoinedInOrder() {
        #expect(take("ab", first: true, last: false, remaining: 1) == .more)
        #expect(assembly.isUnfinished)
        #expect(take("c", first: false, last: false) == .more)
        #expect(take("", first: false, last: false) == .more)
        #expect(take("d", first: false, last: true) == .wholeCollected)
        #expect(assembly.claim() == Array("abcd".utf8))
        #expect(!assembly.isUnfinished)
        #expect(take("next", first: true, last: true) == .wholePiece)
    }

    @Test mutating func announcedLengthOverTheLimitIsRefusedAtTheFirstPiece() {
        limits.maxMessageBytes = 10
        #expect(take("a", first: true, last: false, remaining: 9) == .more)
        #expect(take("a", first: true, last: false, remaining: 10) == .refused(.tooBig))
        #expect(take("a", first: true, last: false, remaining: .max) == .refused(.tooBig))
    }

    @Test mutating func runningTotalOverTheLimitIsRefused() {
        limits.maxMessageBytes = 10
        #expect(take("123456", first: true, last: false) == .more)
        #expect(take("7890", first: false, last: false) == .more)
        #expect(take("x", first: false, last: true) == .refused(.tooBig))
    }

    @Test mutating func messageOfExactlyTheLimitPasses() {
        limits.maxMessageBytes = 10
        #expect(take("1234567890", first: true, last: true) == .wholePiece)
    }

    @Test mutating func emptyFragmentsCountToo() {
        limits.maxFragments = 3
        #expect(take("", first: true, last: false) == .more)
        #expect(take("", first: false, last: false) == .more)
        #expect(take("", first: false, last: false) == .more)
        #expect(take("", first: false, last: false) == .refused(.tooManyFragments))
    }

    @Test mutating func piecesOfOneFrameCountAsOneFragment() {
        limits.maxFragments = 1
        for index in 0..<10 {
            #expect(take("a", first: index == 0, last: false, remaining: 10 - index) == .more)
        }
        #expect(take("a", first: false, last: true) == .wholeCollected)
    }

    @Test mutating func binaryIsRefusedUnlessAccepted() {
        #expect(take("a", first: true, last: true, binary: true) == .refused(.binary))
        #expect(
            take("a", first: true, last: true, binary: true, acceptsBinary: true) == .wholePiece)
    }

    @Test mutating func characterMayBeCutButNotLeftOpen() {
        var pieces: [MessageAssembly.Step] = []
        for (index, bytes) in [[0xE4], [0xBD, 0xA0]].enumerated() as EnumeratedSequence<[[UInt8]]> {
            let step = bytes.withUnsafeBytes {
                assembly.take(
                    $0,
                    Piece(isFirst: index == 0, isLast: index == 1, remaining: 0, isBinary: false),
                    limits: limits, acceptsBinary: false)
            }
            pieces.append(step)
        }
        #expect(pieces == [.more, .wholeCollected])
        let open = [0xE4 as UInt8, 0xBD].withUnsafeBytes {
            assembly.take(
                $0, Piece(isFirst: true, isLast: true, remaining: 0, isBinary: false),
                limits: limits, acceptsBinary: false)
        }
        #expect(open == .refused(.notUTF8))
    }
}
