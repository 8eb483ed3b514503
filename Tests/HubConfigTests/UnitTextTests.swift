/// Durations and sizes, and the nearest name.
import Testing

@testable import HubConfig

struct UnitTextTests {
    @Test(arguments: [
        ("30s", 30_000), ("10m", 600_000), ("90d", 7_776_000_000), ("1h30m", 5_400_000),
        ("500ms", 500), ("0s", 0), ("1m1ms", 60_001),
    ])
    func durationsHaveUnits(_ text: String, _ milliseconds: Int64) {
        #expect(DurationText.milliseconds(of: text) == milliseconds)
        #expect(
            DurationText.milliseconds(of: DurationText.text(milliseconds: milliseconds))
                == milliseconds)
    }

    @Test(arguments: [
        "", "30", "s", "-1s", "1.5h", "30 s", "1m1h", "1s1s", "1w", "9999999999999999999s",
        "99999999999d",
        "30S", "３０s",
    ])
    func otherTextsAreNoDurations(_ text: String) {
        #expect(DurationText.milliseconds(of: text) == nil)
    }

    @Test func sizesHaveBinaryUnits() {
        #expect(ByteSizeText.bytes(of: "64KiB") == 65_536)
        #expect(ByteSizeText.bytes(of: "64 KiB") == 65_536)
        #expect(ByteSizeText.bytes(of: "8192") == 8192)
        #expect(ByteSizeText.bytes(of: "8KB") == nil)
        #expect(ByteSizeText.bytes(of: "KiB") == nil)
        #expect(ByteSizeText.text(bytes: 65_536) == "64KiB")
        #expect(ByteSizeText.text(bytes: 0) == "0B")
    }

    @Test func theNearestNameIsFoundAndAFarOneIsNot() {
        #expect(NearestName.of("strategie", among: ["strategy", "site"]) == "strategy")
        #expect(NearestName.of("topci", among: ["topic"]) == "topic")
        #expect(NearestName.of("xyzzy", among: ["topic", "level"]) == nil)
        #expect(NearestName.of("a", among: ["to", "of"]) == nil)
    }
}
