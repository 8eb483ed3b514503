/// Files spoilt at random: whatever they say, they are read or refused, never fatal.
import Testing

@testable import HubConfig

struct SpoiltFileTests {
    @Test func spoiltFilesAreReadOrRefused() throws {
        let seed: UInt64 = 20_261_122
        var random = SplitMix(state: seed)
        let texts = try ["Config/sites/demo.yaml", "Config/chathub.yaml"]
            .map(SampleFileTests.text)
        let pieces = [
            "", " ", "\n", ":", "- ", "[", "]", "{", "}", "\"", "'", "*", "&a ", "*a", "!", "|",
            ">",
            "#", "~", "null", "\t", "0", "-1", "9999999999999999999", "1e400", "NaN", "..", "\u{0}",
            "\u{202E}", "\u{E000}", "👍🏽", "not: ", "any: ", "<<: ", "---\n", "site: x\n",
        ]
        for round in 0..<200 {
            var scalars = Array(texts[round % 2].unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let start = Int.random(in: 0..<scalars.count, using: &random)
                let end = min(scalars.count, start + Int.random(in: 0...12, using: &random))
                let piece = pieces.randomElement(using: &random) ?? ""
                scalars.replaceSubrange(start..<end, with: Array(piece.unicodeScalars))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let site = SiteFile.load(text: String(text), name: "f")
            let node = NodeFile.load(text: String(text), name: "f")
            #expect((site.settings == nil) == !site.errors.isEmpty, "round \(round), seed \(seed)")
            #expect((node.settings == nil) == !node.errors.isEmpty, "round \(round), seed \(seed)")
            #expect(site.problems.allSatisfy { $0.allowed?.isEmpty != true }, "round \(round)")
            _ = CheckReport.json(site)
        }
    }
}

/// Random numbers that a printed seed brings back (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
