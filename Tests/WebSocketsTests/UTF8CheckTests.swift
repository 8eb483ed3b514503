// The incremental UTF-8 check against the standard library's validation.
import Testing

@testable import WebSockets

@Suite struct UTF8CheckTests {
    /// Whether `bytes`, cut at `cuts`, pass.
    static func passes(_ bytes: [UInt8], cuts: [Int] = []) -> Bool {
        var check = UTF8Check()
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = Array(bytes[start..<end])
            guard piece.withUnsafeBytes({ check.take($0) }) else { return false }
            start = end
        }
        return check.isComplete
    }

    @Test(arguments: [
        "", "plain", "你好，世界", "👨‍👩‍👧‍👦 é",
        "\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}",
        "12345678é", "1234567é8",
    ])
    func validTextPassesHoweverItIsCut(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Self.passes(bytes))
        for cut in 0...bytes.count { #expect(Self.passes(bytes, cuts: [cut])) }
        #expect(Self.passes(bytes, cuts: Array(0...bytes.count)))
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xE4, 0xBD], [0xF0, 0x9F, 0x98], [0xC3], [0xC3, 0x28], [0x41, 0xFE, 0x41],
        ] as [[UInt8]])
    func invalidTextNeverPasses(_ bytes: [UInt8]) {
        #expect(!Self.passes(bytes))
        for cut in 0...bytes.count { #expect(!Self.passes(bytes, cuts: [cut])) }
    }

    @Test func agreesWithTheStandardLibraryOnRandomBytes() {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var numbers = SplitMix(state: seed)
        for _ in 0..<20_000 {
            let alphabet: [UInt8] = [
                0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE4, 0xED,
                0xEF, 0xF0, 0xF3, 0xF4, 0xF5,
            ]
            let bytes = (0..<Int(numbers.next() % 12)).map { _ in
                alphabet[Int(numbers.next() % UInt64(alphabet.count))]
            }
            let cut = bytes.isEmpty ? 0 : Int(numbers.next() % UInt64(bytes.count))
            let expected = String(validating: bytes, as: UTF8.self) != nil
            #expect(Self.passes(bytes, cuts: [cut]) == expected, "seed \(seed) bytes \(bytes)")
        }
    }
}

/// A small generator with a seed that can be printed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
