/// What a site file says of its widget, survey, canned replies and words to choose from.
import ChatModel
import Testing

@testable import HubConfig

struct ServiceFileTests {
    private func load(_ lines: String) -> CheckedFile<SiteSettings> {
        let text = """
            site: shop
            agents: { anna: {} }
            groups: { care: { agents: [anna] } }
            strategy: [{ plan: [{ to: group, group: care }] }]
            \(lines)
            """
        return SiteFile.load(text: text, name: "f")
    }

    @Test func everythingPeopleAreShownIsRead() throws {
        let file = load(
            """
            name: 山茶小铺
            widget:
              title: { zh: 咨询, en: Chat }
              welcome: "Hello\\nthere"
              topics: [order, { id: refund, name: { zh: 退款 } }]
              prechat:
                - { id: phone, label: 电话, kind: phone, required: true }
                - { id: member, label: Member, kind: choice, choices: [gold] }
            survey:
              question: { zh: 满意吗 }
              reasons: { low: [{ zh: 慢, en: Slow }], high: [Good] }
              comment: false
            canned:
              - { shortcut: hi, text: 您好, title: Greeting }
              - { shortcut: back, text: "a\\nb", groups: [care] }
            statuses: { away: [午休, 培训], busy: [开会] }
            tags: [催发货]
            dispositions: { topics: [退款], results: [已解决, 未解决] }
            """)
        #expect(file.problems == [])
        let service = try #require(file.settings?.service)
        #expect(service.name == "山茶小铺")
        #expect(service.widget.title == LocalText(chinese: "咨询", english: "Chat"))
        #expect(service.widget.welcome == LocalText("Hello\nthere"))
        #expect(
            service.widget.topics == [
                NamedChoice(id: "order", name: LocalText("order")),
                NamedChoice(id: "refund", name: LocalText(chinese: "退款")),
            ])
        #expect(
            service.widget.prechat == [
                PrechatField(id: "phone", label: LocalText("电话"), kind: .phone, isRequired: true),
                PrechatField(
                    id: "member", label: LocalText("Member"), kind: .choice,
                    choices: [NamedChoice(id: "gold", name: LocalText("gold"))]),
            ])
        let survey = try #require(service.survey)
        #expect(survey.question == LocalText(chinese: "满意吗"))
        #expect(survey.lowReasons == [LocalText(chinese: "慢", english: "Slow")])
        #expect(survey.highReasons == [LocalText("Good")])
        #expect(!survey.hasComment)
        #expect(
            service.canned == [
                CannedReply(shortcut: "hi", title: "Greeting", text: "您好"),
                CannedReply(shortcut: "back", text: "a\nb", groups: [GroupID("care")!]),
            ])
        #expect(service.statusReasons == [.away: ["午休", "培训"], .busy: ["开会"]])
        #expect(service.tags == ["催发货"])
        #expect(service.dispositions.topics == ["退款"])
        #expect(service.dispositions.results == ["已解决", "未解决"])
    }

    @Test func timeToWriteUpAndToComeInIsRead() throws {
        let settings = try #require(load("wrap_up: 45s\nramp: { every: 2m }").settings)
        #expect(settings.wrapUpMilliseconds == 45_000)
        #expect(settings.rampMilliseconds == 120_000)
        let plain = try #require(load("").settings)
        #expect(plain.wrapUpMilliseconds == 0)
        #expect(plain.rampMilliseconds == 30_000)
    }

    @Test func aPlainSiteAsksNothing() throws {
        let service = try #require(load("").settings?.service)
        #expect(service == ServiceSettings())
        #expect(try #require(load("survey: {}").settings).service.survey == SurveySettings())
    }

    @Test(arguments: [
        ("widget: { tittle: x }", "unknown key `tittle`"),
        ("widget: { topics: [a, a] }", "`a` is in the list already"),
        ("widget: { topics: [{ name: x }] }", "`id` is missing"),
        ("widget: { prechat: [{ id: a, label: b, kind: number }] }", "unknown value `number`"),
        ("widget: { prechat: [{ id: a }] }", "`label` is missing"),
        ("widget: { prechat: [{ id: a, label: b, kind: choice }] }", "`choices` is missing"),
        (
            "widget: { prechat: [{ id: a, label: b, choices: [c] }] }",
            "`choices` belong to a field of kind `choice`"
        ),
        ("survey: { reasons: { low: [{ fr: oui }] } }", "a text in no language"),
        ("survey: { reasons: { low: [a, b, c, d, e, f, g, h, i, j, k] } }", "11 reasons"),
        ("survey: { comment: maybe }", "expected yes or no, found `maybe`"),
        ("canned: [{ text: a }]", "`shortcut` is missing"),
        ("canned: [{ shortcut: a }]", "`text` is missing"),
        ("canned: [{ shortcut: a, text: b, groups: [crae] }]", "unknown group `crae`"),
        (
            "canned: [{ shortcut: a, text: b }, { shortcut: a, text: c }]",
            "`a` is in the list already"
        ),
        ("statuses: { online: [x] }", "unknown key `online`"),
        ("tags: [\"\"]", "the text is empty"),
        ("ramp: { every: 0s }", "expected 1s...1h, found `0s`"),
        ("dispositions: { result: [x] }", "unknown key `result`"),
    ])
    func whatIsWrongIsToldByLine(_ lines: String, _ message: String) {
        let errors = load(lines).errors.map { "\($0.line): \($0.message)" }
        #expect(errors.contains("5: \(message)"), "\(errors)")
    }

    @Test func tooManyWordsAreRefused() {
        let long = String(repeating: "字", count: 1_365)
        let replies = (1...65).map { "{ shortcut: s\($0), text: \(long) }" }
        let errors = load("canned: [\(replies.joined(separator: ", "))]").errors.map(\.message)
        #expect(errors == ["266175 bytes of texts"])
    }
}
