/// Two spellings of one text are one key, one name and one value; what people write stays as it is.
import ChatModel
import ChatProtocol
import Foundation
import Testing

@Suite struct NormalFormTests {
    private let one = "caf\u{E9}"
    private let two = "cafe\u{301}"

    private func bytes(_ text: String?) -> [UInt8] { Array((text ?? "").utf8) }

    @Test func keysNamesAndValuesHaveOneSpelling() throws {
        let line = """
            {"type":"session.start","id":1,"key":"\(two)","topic":"\(two)","text":"\(two)",\
            "attributes":{"\(two)":["\(two)",1]}}
            """
        guard case .success(let read) = FrameDecoder().decode(Array(line.utf8)),
            case .sessionStart(let start) = read.frame
        else {
            Issue.record("not read: \(line)")
            return
        }
        #expect(bytes(start.key) == bytes(one) && bytes(start.topic) == bytes(one))
        let (name, value) = try #require(start.attributes.first)
        #expect(bytes(name) == bytes(one))
        #expect(
            bytes(value.storedText)
                == bytes(AttributeValue.list([.text(one), .integer(1)]).storedText))
        #expect(bytes(start.text) == bytes(two))
    }

    /// Hangul's letters stand apart: Foundation leaves some of them uncomposed behind a syllable.
    @Test func hangulLettersBecomeSyllables() {
        #expect(bytes("\u{1112}\u{1161}\u{11AB}".composed) == bytes("\u{D55C}"))
        #expect(bytes("\u{937B}\u{BE0C}\u{11B3}".composed) == bytes("\u{937B}\u{BE18}"))
    }

    /// Against Foundation's, over letters of many scripts, marks in any order among them.
    @Test(arguments: [7, UInt64.random(in: 0..<1_000_000)])
    func theFormIsUnicodes(seed: UInt64) {
        var state = seed
        func roll(_ range: ClosedRange<UInt32>) -> UInt32 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + UInt32(state >> 33)
                % (range.upperBound - range.lowerBound + 1)
        }
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xA0...0x2FF, 0x300...0x36F, 0x370...0x5FF, 0x900...0x97F,
            0x1E00...0x1FFF, 0x2000...0x214F, 0x3000...0x30FF, 0x4E00...0x9FFF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE00...0xFFEF, 0x1F300...0x1FAFF,
            0x1D15E...0x1D164,
        ]
        for _ in 0..<4_000 {
            var text = ""
            for _ in 0...roll(0...8) {
                let range = ranges[Int(roll(0...UInt32(ranges.count - 1)))]
                guard let scalar = Unicode.Scalar(roll(range)) else { continue }
                text.unicodeScalars.append(scalar)
            }
            #expect(
                bytes(text.composed) == bytes(text.precomposedStringWithCanonicalMapping),
                "seed \(seed): \(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
    }
}
