/// Patterns: right against a naive twin, and linear whatever the pattern and the text.
import Testing

@testable import Routing

struct GlobTests {
    /// By trying everything; exponential, for small texts only.
    static func naive(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return naive(pattern.dropFirst(), text)
                || (!text.isEmpty && naive(pattern, text.dropFirst()))
        }
        return text.first == first && naive(pattern.dropFirst(), text.dropFirst())
    }

    @Test func globsAgreeWithTheNaiveTwin() {
        var random = SeededRandom(seed: 20_261_122)
        for _ in 0..<20_000 {
            let pattern = random.text(of: "ab*", length: 0...7)
            let text = random.text(of: "ab", length: 0...9)
            #expect(
                Glob(pattern).matches(text) == Self.naive(pattern[...], text[...]),
                "\(pattern) on \(text), seed 20261122")
        }
    }

    @Test(arguments: [
        String(repeating: "a*", count: 100) + "b", String(repeating: "*a", count: 100),
        "*" + String(repeating: "a", count: 200) + "b*", "*aab*aab*aab*c",
        String(repeating: "*", count: 200),
    ])
    func hostilePatternsTakeLinearSteps(_ pattern: String) {
        let text = String(repeating: "a", count: 65_536)
        var steps = 0
        _ = Glob(pattern).matches(text, steps: &steps)
        #expect(steps <= 2 * (text.utf8.count + pattern.utf8.count))
    }

    @Test func hostileKeywordsTakeLinearSteps() {
        let keywords = (1...200).map { String(repeating: "a", count: $0) + "b" }
        let nested = (1...200).map { String(repeating: "a", count: $0) }
        let index = KeywordIndex(Set(keywords + nested))
        let text = String(repeating: String(repeating: "a", count: 199) + "c", count: 300)
        var steps = 0
        let found = index.found(in: text, steps: &steps)
        #expect(found.count == 199)
        #expect(steps <= 2 * text.utf8.count + keywords.count + nested.count)
    }

    @Test func keywordsAgreeWithTheNaiveTwin() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<3000 {
            let words = Set((0..<6).map { _ in random.text(of: "abc", length: 1...4) })
            let text = random.text(of: "abc", length: 0...15)
            let found = KeywordIndex(words).found(in: text)
            #expect(Set(found) == words.filter { text.contains($0) }, "\(words) in \(text), seed 7")
        }
    }
}

/// Random numbers that a printed seed brings back (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func text(of letters: String, length: ClosedRange<Int>) -> String {
        let letters = Array(letters)
        let count = Int.random(in: length, using: &self)
        return String((0..<count).map { _ in letters.randomElement(using: &self) ?? "a" })
    }
}
