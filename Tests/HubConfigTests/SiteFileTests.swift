/// What a site file may say, and how everything wrong with one is told.
import ChatModel
import Routing
import Testing

@testable import HubConfig

/// The least that is a site; a test adds what it is about.
func site(_ more: String = "", strategy: String = "- { plan: [{ to: group, group: care }] }")
    -> String
{
    """
    site: shop
    groups:
      care: { agents: [anna] }
      spare: { agents: [bo] }
    agents: { anna: {}, bo: {} }
    strategy:
    \(strategy.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
    \(more)
    """
}

func problems(_ text: String) -> [String] {
    SiteFile.load(text: text, name: "f").errors.map {
        "\($0.line):\($0.column) \($0.message)"
    }
}

struct SiteFileTests {
    @Test func theLeastFileHasAllDefaults() throws {
        let checked = SiteFile.load(text: site(), name: "f")
        let settings = try #require(checked.settings, "\(checked.problems)")
        #expect(settings.accept == .offer)
        #expect(settings.offerTimeoutMilliseconds == 20_000)
        #expect(settings.inviteTimeoutMilliseconds == 300_000)
        #expect(
            settings.grace == GraceSettings(customerMilliseconds: 60_000, agentMilliseconds: 30_000)
        )
        #expect(settings.limits == LimitSettings())
        #expect(settings.vip == VipSettings())
        #expect(settings.timezone == "UTC")
        #expect(settings.agents.map { $0.groups.map(\.text) } == [["care"], ["spare"]])
        #expect(settings.agents.map(\.capacity) == [4, 4])
        #expect(settings.keyVariable == "CHATHUB_KEY_SHOP")
    }

    @Test func everythingWrongIsToldAtOnceWithItsPlace() {
        let text = """
            site: Shop!
            timezone: Asia/Shanghia
            vip: { source: both, default_level: 11, head_start: 10, parameter: { trust: unsigned } }
            groups:
              care:
                agents: [anna, anna, v_x]
                max_waitng: 5
              Care 2: { agents: [bo] }
            strategy:
              - name: gold
                who: { level: ">= 50", attributes: { since: "> soon" } }
                reception: human-frist
                plan:
                  - { to: group, group: crae }
                  - { to: team }
            offer_timeout: 20
            limits: { message_bytes: 8KB, frames_per_second: many }
            origins: [shop.example]
            """
        let found = SiteFile.load(text: text, name: "bad.yaml")
        #expect(found.settings == nil)
        let lines = found.errors.map { "\($0.line) \($0.message)" }
        for expected in [
            "1 not a name for a site", "2 unknown time zone `Asia/Shanghia`",
            "3 unknown value `both`", "3 expected 1...10, found `11`",
            "3 expected a duration, found `10`",
            "6 `anna` is in this group already", "6 `v_x` is no agent's identifier",
            "7 unknown key `max_waitng`", "8 `Care 2` is no name for a group",
            "11 not a level", "11 `soon` is neither a number nor a date",
            "12 unknown value `human-frist`", "14 unknown group `crae`",
            "15 unknown value `team`", "16 expected a duration, found `20`",
            "17 expected a size, found `8KB`", "17 expected a whole number, found `many`",
            "18 not a web origin",
        ] {
            #expect(lines.contains(expected), "missing: \(expected)\nfound: \(lines)")
        }
        let suggestions = Set(found.errors.compactMap(\.suggestion))
        #expect(
            suggestions.isSuperset(of: [
                "Asia/Shanghai", "max_waiting", "human-first", "care", "20s", "10s",
            ]), "\(suggestions)")
    }

    @Test func repeatedKeysAreToldWithBothLinesAndDoNotHideOtherProblems() {
        let text = site(
            """
            accept: auto
            grace: { customer: 60s, customer: 50s }
            accept: offer
            offer_timeout: 1
            """)
        let found = problems(text)
        #expect(found.contains("9:25 key `customer` is given twice, first in line 9"), "\(found)")
        #expect(found.contains("10:1 key `accept` is given twice, first in line 8"), "\(found)")
        #expect(found.contains { $0.hasPrefix("11:16 expected a duration") }, "\(found)")
    }

    @Test func unknownReferencesNameWhatExists() throws {
        let text = site(
            "calendars: { workdays: { weekdays: [mon-fri] } }",
            strategy: """
                - { when: { calendar: workday }, plan: [{ to: group, group: cares }] }
                - { plan: [{ to: group, group: care }] }
                """)
        let found = SiteFile.load(text: text, name: "f").errors
        let calendar = try #require(found.first { $0.message == "unknown calendar `workday`" })
        #expect(calendar.suggestion == "workdays")
        let group = try #require(found.first { $0.message == "unknown group `cares`" })
        #expect(group.suggestion == "care")
        #expect(group.allowed == "care, spare")
        #expect(group.path == "strategy[0].plan[0].group")
    }

    @Test func anUnsignedParameterIsCappedEvenWhenNobodySaysSo() throws {
        func parameter(_ text: String) throws -> LevelParameter {
            let text = site("vip: { source: combined, parameter: \(text) }")
            return try #require(SiteFile.load(text: text, name: "f").settings).vip.parameter
        }
        #expect(try parameter("{ trust: unsigned }").maximum.value == 9)
        #expect(try parameter("{ trust: signed }").maximum.value == 10)
        #expect(try parameter("{ name: l }").trust == .signed)
    }

    @Test func aStrategyWithoutARuleForEverybodyIsRefused() {
        let text = site(strategy: "- { who: { level: 5 }, plan: [{ to: group, group: care }] }")
        #expect(problems(text).contains { $0.hasSuffix("nowhere to go") })
    }

    @Test func aHumanModeNeedsAStepToAGroup() {
        #expect(
            problems(site(strategy: "- { plan: [{ to: dedicated }] }"))
                == ["7:13 human-first needs a step to a group: the group is where people wait"])
        #expect(problems(site(strategy: "- { name: a }")) == ["7:5 `plan` is missing"])
        #expect(problems(site(strategy: "- { reception: robot-only }")) == [])
    }

    @Test(arguments: [
        ("- { plan: P }\n- { who: { level: 5 }, plan: P }\n- { plan: P }", 2),
        (
            "- { who: { level: '>= 3' }, plan: P }\n- { who: { level: [4, 7] }, plan: P }\n"
                + "- { plan: P }", 1
        ),
        (
            "- { what: { topic: [a, b] }, plan: P }\n- { what: { topic: b }, plan: P }\n"
                + "- { plan: P }", 1
        ),
        (
            "- { where: { region: 江苏 }, plan: P }\n- { where: { region: 江苏/南京 }, plan: P }\n"
                + "- { plan: P }", 1
        ),
        (
            "- { who: { attributes: { n: '>= 3' } }, plan: P }\n"
                + "- { who: { attributes: { n: '4..6', m: x } }, plan: P }\n- { plan: P }", 1
        ),
        (
            "- { who: { attributes: { n: '> 4' } }, plan: P }\n"
                + "- { who: { attributes: { n: '4..6' } }, plan: P }\n- { plan: P }", 0
        ),
        (
            "- { what: { topic: a }, plan: P }\n- { what: { topic: [a, b] }, plan: P }\n"
                + "- { plan: P }", 0
        ),
        (
            "- { who: { attributes: { m: { not: a } } }, plan: P }\n"
                + "- { who: { attributes: { m: [b, a] } }, plan: P }\n- { plan: P }", 0
        ),
    ])
    func rulesThatCanNeverMatchAreRefused(_ rules: String, _ count: Int) {
        let plan = "[{ to: group, group: care }]"
        let found = problems(site(strategy: rules.split(separator: "P").joined(separator: plan)))
        #expect(found.filter { $0.contains("can never match") }.count == count, "\(found)")
        #expect(found.count == count, "\(found)")
    }

    @Test func conversationsMayBeOpenedAgainForTenMinutesUnlessTheFileSaysOtherwise() {
        func reopen(_ more: String) -> Int64? {
            SiteFile.load(text: site(more), name: "f").settings?.reopenMilliseconds
        }
        #expect(
            reopen("") == 600_000 && reopen("reopen: 0s") == 0 && reopen("reopen: 2h") == 7_200_000)
        let long = problems(site("reopen: 30d"))
        #expect(long.count == 1 && long[0].hasPrefix("8:"), "\(long)")
    }

    @Test func silentCustomersAreRemindedBeforeTheirChatIsClosed() {
        let good = SiteFile.load(
            text: site("idle: { remind_after: 3m, close_after: 10m }"), name: "f")
        #expect(good.settings?.idle.remindMilliseconds == 180_000)
        #expect(good.settings?.idle.closeMilliseconds == 600_000)
        #expect(SiteFile.load(text: site(), name: "f").settings?.idle.remindMilliseconds == nil)
        let late = problems(site("idle: { remind_after: 3m, close_after: 3m }"))
        #expect(late.count == 1 && late[0].contains("before they are reminded"), "\(late)")
        let short = problems(site("idle: { remind_after: 10ms, close_after: never }"))
        #expect(short.count == 2, "\(short)")
    }

    @Test func failingExamplesRefuseTheFile() {
        let text = site(
            """
            examples:
              - name: a level by page
                given: { page: { level: 7 } }
                expect: { rule: rule 1, level: 7 }
            """)
        #expect(
            problems(text)
                == ["9:5 example `a level by page` fails: expected level 7, found 0"])
    }

    @Test func valuesThatNeedQuotesAreExplained() {
        let text = site(strategy: "- { who: { level: >= 5 }, plan: [{ to: group, group: care }] }")
        let found = SiteFile.load(text: text, name: "f").errors
        #expect(found.count == 1)
        #expect(found.first?.line == 7)
        #expect(found.first?.allowed?.contains("quotes") == true, "\(found)")
    }

    @Test(arguments: [
        "", "- a\n- b\n", "just words", "a: [", "\u{0}", "a: *b", "? [x]\n: y", "{}: 1",
        "a: 1\n---\nb: 2",
        "site: shop\nsite: shop\nsite: shop\n", "\u{FEFF}site: x",
        String(repeating: "[", count: 3000), String(repeating: "a: {", count: 3000),
    ])
    func whatIsNoSiteFileIsRefusedCalmly(_ text: String) {
        let checked = SiteFile.load(text: text, name: "f")
        #expect(checked.settings == nil)
        #expect(!checked.errors.isEmpty)
    }

    @Test func aliasesCannotMakeASmallFileHuge() {
        var text = "site: shop\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        text += "strategy: [{ who: { attributes: { m: *a12 } } }]\n"
        let found = problems(text)
        #expect(found.contains { $0.hasPrefix("1:1 the file describes more than") }, "\(found)")
    }

    @Test func signingKeysInASiteFileAreRefused() {
        #expect(
            problems(site("keys: { main: abc }")) == [
                "8:1 signing keys do not stand in a site file"
            ])
    }

    @Test func membersWithoutAProfileAreWarnedOf() {
        let text = site().split(separator: "agents: { anna: {}, bo: {} }").joined()
        let checked = SiteFile.load(text: text, name: "f")
        #expect(checked.settings != nil)
        #expect(
            checked.warnings.map(\.message).contains("`anna` is not under `agents`: defaults apply")
        )
    }

    @Test func aLevelBetweenTheRulesIsWarnedOf() {
        func warnings(_ first: String, _ second: String) -> [String] {
            let text = site(
                strategy: """
                    - { name: high, who: { level: "\(first)" }, plan: [{ to: group, group: care }] }
                    - { name: low, who: { level: "\(second)" }, plan: [{ to: group, group: care }] }
                    - { name: rest, plan: [{ to: group, group: spare }] }
                    """)
            return SiteFile.load(text: text, name: "f").warnings.map(\.message)
        }
        #expect(
            warnings(">= 6", "1..3") == ["level 4, 5 falls between `high` and the rules beside it"])
        #expect(warnings(">= 4", "1..3") == [])
    }

    @Test func addressesAndOriginsHaveOneForm() throws {
        let text = site(
            "limits: { trusted_addresses: ['0:0::1', 10.0.0.1] }\norigins: ['https://a.example']")
        let settings = try #require(SiteFile.load(text: text, name: "f").settings)
        #expect(settings.limits.trustedAddresses == ["::1", "10.0.0.1"])
        #expect(settings.origins == ["https://a.example"])
        for origin in [
            "https://A.example", "https://a.example/", "https://a.example:443", "null", "*",
            "a.example", "https://", "ftp://a.example", "https://a.example:x", "https://.example",
        ] {
            #expect(!LimitDecoder.isOrigin(origin), "\(origin)")
        }
        #expect(LimitDecoder.isOrigin("http://localhost:3000"))
        #expect(LimitDecoder.isOrigin("http://[::1]:3000"))
    }
}
