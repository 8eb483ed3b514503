/// The texts of tokens: the same as Foundation makes, and no second text for the same bytes.
import Foundation
import Testing

@testable import HubServer

@Suite struct Base64URLTests {
    @Test func bytesBecomeWhatFoundationMakesOfThemAndComeBack() {
        for count in 0..<200 {
            let seed = UInt64.random(in: .min ... .max)
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: seed &* UInt64($0 + 7) >> 11) }
            let text = Base64URL.encode(bytes)
            let known = Data(bytes).base64EncodedString()
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: "")
            #expect(text == known, "seed \(seed)")
            #expect(Base64URL.decode(text[...]) == bytes, "seed \(seed)")
        }
    }

    @Test func onlyTheCanonicalTextIsRead() {
        #expect(Base64URL.decode("") == [])
        #expect(Base64URL.decode("-_8") == [0xFB, 0xFF])
        // Spare bits turned, padding, the other alphabet, a lone letter, spaces, other scripts.
        for wrong in [
            "-_9", "-_8=", "+/8", "QQ==", "A", "QUJDR", " QQ", "QQ\n", "QQ\u{E9}", "\u{FF21}Q",
        ] {
            #expect(Base64URL.decode(wrong[...]) == nil, "\(wrong)")
        }
    }
}
