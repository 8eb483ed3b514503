/// Reads what a site shows to the people who use it: `name`, `widget`, `survey`, `canned`,
/// `statuses`, `tags` and `dispositions`.
import ChatModel

struct ServiceDecoder {
    /// Those a canned reply may name.
    let groups: [GroupID]

    static let labelBytes = 120
    static let welcomeBytes = 1_000
    static let topicLimit = 50
    static let fieldLimit = 10
    static let choiceLimit = 50
    static let reasonLimit = 50
    static let wordLimit = 200

    func decode(_ root: Section) -> ServiceSettings {
        var service = ServiceSettings()
        service.name = root.value("name")?.text(maximumBytes: Self.labelBytes)
        if let section = root.value("widget")?.section() { service.widget = widget(section) }
        service.survey = root.value("survey").flatMap { survey($0) }
        if let entry = root.value("canned") { service.canned = canned(entry) }
        if let section = root.value("statuses")?.section() {
            for status in [AgentStatus.busy, .away, .offline] {
                service.statusReasons[status] = section.value(status.rawValue)?
                    .words(atMost: Self.reasonLimit, "reasons")
            }
            section.finish()
        }
        service.tags = root.value("tags")?.words(atMost: Self.wordLimit, "tags") ?? []
        if let section = root.value("dispositions")?.section() {
            service.dispositions.topics =
                section.value("topics")?.words(atMost: Self.wordLimit, "topics") ?? []
            service.dispositions.results =
                section.value("results")?.words(atMost: Self.wordLimit, "results") ?? []
            section.finish()
        }
        return service
    }

    // MARK: The widget

    private func widget(_ section: Section) -> WidgetSettings {
        var widget = WidgetSettings()
        widget.title = section.value("title")?.localText(maximumBytes: Self.labelBytes)
        widget.welcome = section.value("welcome")?.localText(maximumBytes: Self.welcomeBytes)
        if let entry = section.value("topics") {
            widget.topics = choices(entry, atMost: Self.topicLimit, "topics")
        }
        if let entry = section.value("prechat") {
            widget.prechat = entry.distinct(
                atMost: Self.fieldLimit, "fields", key: \.id, prechatField)
        }
        section.finish()
        return widget
    }

    /// Each a word that is shown as it is, or `{ id: ..., name: ... }`.
    private func choices(_ entry: Entry, atMost bound: Int, _ things: String) -> [NamedChoice] {
        entry.distinct(atMost: bound, things, key: \.id) { entry in
            guard entry.isMapping, let section = entry.section() else {
                return entry.text(maximumBytes: 64).map { NamedChoice(id: $0, name: LocalText($0)) }
            }
            let id = identifier(section)
            let name = section.value("name")?.localText(maximumBytes: Self.labelBytes)
            section.finish()
            return id.map { NamedChoice(id: $0, name: name ?? LocalText($0)) }
        }
    }

    private func identifier(_ section: Section) -> String? {
        if !section.contains("id") { section.missing("id", allowed: "1...64 bytes") }
        return section.value("id")?.text(maximumBytes: 64)
    }

    private func prechatField(_ entry: Entry) -> PrechatField? {
        guard let section = entry.section() else { return nil }
        let id = identifier(section)
        let label = section.value("label")?.localText(maximumBytes: Self.labelBytes)
        if !section.contains("label") { section.missing("label") }
        let kind = section.value("kind")?.choice(PrechatField.Kind.self) ?? .text
        let isRequired = section.value("required")?.boolean() ?? false
        let choices =
            section.value("choices").map { self.choices($0, atMost: Self.choiceLimit, "choices") }
            ?? []
        section.finish()
        if kind == .choice, !section.contains("choices") {
            section.missing("choices", allowed: "what to choose from")
        } else if kind != .choice, section.contains("choices") {
            section.log.error(
                "`choices` belong to a field of kind `choice`",
                at: section.place(ofKey: "choices"))
        }
        guard let id, let label else { return nil }
        return PrechatField(
            id: id, label: label, kind: kind, isRequired: isRequired, choices: choices)
    }

    // MARK: The survey

    private func survey(_ entry: Entry) -> SurveySettings? {
        guard let section = entry.section() else { return nil }
        var survey = SurveySettings()
        survey.question = section.value("question")?.localText(maximumBytes: Self.labelBytes)
        survey.hasComment = section.value("comment")?.boolean() ?? survey.hasComment
        if let reasons = section.value("reasons")?.section() {
            survey.lowReasons = self.reasons(reasons.value("low"))
            survey.highReasons = self.reasons(reasons.value("high"))
            reasons.finish()
        }
        section.finish()
        return survey
    }

    /// A rating carries the words themselves, so they are no longer than its reasons may be.
    private func reasons(_ entry: Entry?) -> [LocalText] {
        entry?.distinct(
            atMost: SurveySettings.reasonBound, "reasons",
            key: { "\($0.text(for: "zh")) \($0.text(for: "en"))" }
        ) { $0.localText(maximumBytes: 64) } ?? []
    }

    // MARK: Canned replies

    private func canned(_ entry: Entry) -> [CannedReply] {
        let replies = entry.distinct(
            atMost: CannedReply.siteBound, "replies", key: \.shortcut, cannedReply)
        let bytes = replies.reduce(0) { $0 + $1.text.utf8.count }
        if bytes > CannedReply.totalBytes {
            entry.error(
                "\(bytes) bytes of texts", allowed: "at most \(CannedReply.totalBytes) together")
        }
        return replies
    }

    private func cannedReply(_ entry: Entry) -> CannedReply? {
        guard let section = entry.section() else { return nil }
        let shortcut = section.value("shortcut")?.text(maximumBytes: 64)
        let text = section.value("text")?.paragraph(maximumBytes: CannedReply.textBytes)
        let title = section.value("title")?.text(maximumBytes: CannedReply.titleBytes)
        let named = section.value("groups")?.distinct(
            atMost: groups.count, "groups", key: \.text, group)
        section.finish()
        for key in ["shortcut", "text"] where !section.contains(key) { section.missing(key) }
        guard let shortcut, let text else { return nil }
        return CannedReply(shortcut: shortcut, title: title ?? "", text: text, groups: named ?? [])
    }

    private func group(_ entry: Entry) -> GroupID? {
        guard let text = entry.scalar?.text, let group = groups.first(where: { $0.text == text })
        else {
            let names = groups.map(\.text)
            let written = entry.scalar?.text ?? ""
            entry.error(
                "unknown group `\(Entry.shortened(written))`",
                allowed: names.isEmpty ? "none is defined" : names.joined(separator: ", "),
                suggestion: NearestName.of(written, among: names))
            return nil
        }
        return group
    }
}
