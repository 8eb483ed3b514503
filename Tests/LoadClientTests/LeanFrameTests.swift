/// The cheap reader says what the full one says, or leaves the frame to it.
import ChatModel
import ChatProtocol
import Testing

@testable import LoadClient

@Suite struct LeanFrameTests {
    private static let session = SessionID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)

    private static func line(_ text: String) -> [UInt8] {
        Array(text.replacing("SESSION", with: session.description).utf8)
    }

    static let frames = [
        #"{"type":"ok","id":7,"session":"SESSION","seq":12,"at":1764000000000}"#,
        #"{"type":"message","session":"SESSION","seq":3,"at":1764000000000,"#
            + #""from":{"role":"customer","#
            + #""id":"v_1","text":"not this one"},"kind":"text","text":"m 3 12345 xxx"}"#,
        #"{"type":"queue.position","session":"SESSION","position":4,"wait_s":[0,null]}"#,
        #"{"type":"queue.position","session":"SESSION","wait_s":[0,60]}"#,
        #"{"type":"ping","now":1764000000000}"#,
        #"{"type":"ok","id":1,"you":{"id":"a\"}","list":[1,{"a":"]"}]},"more":true,"none":null}"#,
        #"{"type":"message","session":"SESSION","seq":3,"text":"with \"quotes\" and \n"}"#,
        #"{ "type": "ok", "id": 3 }"#, #"{"type":"ok","id":1.5}"#, #"{"type":"ok","id":-3}"#, "{}",
        "[]", "", "{", #"{"type":"ok""#, #"{"type":"ok"}x"#, #"{"type":"ok",}"#, #"{"seq":}"#,
        #"{"type":"error","id":2,"code":"forbidden","message":"no","retryable":false}"#,
    ]

    @Test("it agrees with the full reader", arguments: frames)
    func agrees(_ text: String) {
        let line = Self.line(text)
        line.withUnsafeBytes { bytes in
            guard let lean = LeanFrame(bytes) else { return }
            guard let full = ServerEvent.decode(bytes) else {
                // It reads no nested values and judges no numbers: only a frame of our own passes.
                #expect(lean.kind == .other, "\(text)")
                return
            }
            #expect(lean.id == full.id)
            #expect(lean.session == full.session)
            #expect(lean.seq == full.seq)
            #expect(lean.position == full.position)
            #expect(String(decoding: lean.text, as: UTF8.self) == full.text ?? "")
            #expect((lean.kind == .ok) == (full.type == "ok"))
            #expect((lean.kind == .message) == (full.type == "message"))
        }
    }

    @Test func theHotFramesAreReadWithoutTheFullReader() {
        for text in Self.frames[0...2] {
            Self.line(text).withUnsafeBytes { #expect(LeanFrame($0) != nil, "\(text)") }
        }
    }

    /// Whatever is cut off or changed: no trap, and never another text than the full reader's.
    @Test func spoiltLinesNeverRead() {
        var chance = SplitMix(seed: 7)
        for text in Self.frames {
            let whole = Self.line(text)
            for _ in 0..<200 where !whole.isEmpty {
                var spoilt = whole
                spoilt[Int(chance.next() % UInt64(whole.count))] = UInt8(chance.next() & 0x7F)
                spoilt.removeLast(Int(chance.next() % UInt64(whole.count)))
                spoilt.withUnsafeBytes { bytes in
                    guard let lean = LeanFrame(bytes), let full = ServerEvent.decode(bytes) else {
                        return
                    }
                    #expect(String(decoding: lean.text, as: UTF8.self) == full.text ?? "")
                    #expect(lean.seq == full.seq)
                }
            }
        }
    }

    @Test func aMarkIsReadAsItWasWritten() {
        var bytes: [UInt8] = []
        TextMark(isMeasured: true, number: 12, plannedMicroseconds: 345).append(to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text == "m 12 345 ")
        let mark = TextMark(text)
        #expect(mark?.isMeasured == true && mark?.isAgents == false)
        #expect(mark?.number == 12)
        #expect(mark?.plannedMicroseconds == 345)
        bytes = []
        TextMark(isMeasured: false, isAgents: true, number: 7, plannedMicroseconds: 0)
            .append(to: &bytes)
        let agents = TextMark(String(decoding: bytes, as: UTF8.self))
        #expect(agents?.isMeasured == false && agents?.isAgents == true && agents?.number == 7)
        for wrong in ["", "m", "m 1", "m  1 ", "m x 1 ", "m 1234567890123456789 1 "] {
            #expect(TextMark(wrong) == nil, "\(wrong)")
        }
    }
}
