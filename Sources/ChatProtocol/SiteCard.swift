/// What the `hello` answer tells of the site: to customers what their page asks and shows, to
/// agents what they choose from. The two are apart on purpose, as with sessions.
public import ChatModel

public struct SiteCard: Hashable, Sendable {
    public var name: String
    public var service: ServiceSettings
    /// Agents are given sessions without being asked.
    public var acceptsAlone: Bool
    /// 0: a talk that has ended frees the slot at once.
    public var wrapUpMilliseconds: Int64
    /// How long after its end a customer may open a conversation again; 0: not at all.
    public var reopenMilliseconds: Int64
    /// All of the site.
    public var groups: [GroupLabel]
    /// Nil where no files are taken.
    public var files: FileTerms?

    public init(
        name: String, service: ServiceSettings = ServiceSettings(), acceptsAlone: Bool = false,
        wrapUpMilliseconds: Int64 = 0, reopenMilliseconds: Int64 = 0, groups: [GroupLabel] = [],
        files: FileTerms? = nil
    ) {
        self.name = name
        self.service = service
        self.acceptsAlone = acceptsAlone
        self.wrapUpMilliseconds = wrapUpMilliseconds
        self.reopenMilliseconds = reopenMilliseconds
        self.groups = groups
        self.files = files
    }
}

extension ServerFrame {
    static func site(_ card: SiteCard, for audience: Audience, _ json: inout JSONWriter) {
        json.name("site")
        json.raw("{")
        json.member("name", card.name)
        if audience.isCustomer {
            customersSite(card.service, &json)
            if card.reopenMilliseconds > 0 { json.member("reopen_ms", card.reopenMilliseconds) }
        } else {
            agentsSite(card, &json)
        }
        if let files = card.files { siteFiles(files, &json) }
        json.raw("}")
    }

    // MARK: For customers

    private static func customersSite(_ service: ServiceSettings, _ json: inout JSONWriter) {
        json.optional("title", service.widget.title)
        json.optional("welcome", service.widget.welcome)
        topics(service, &json)
        if !service.widget.prechat.isEmpty {
            json.list("prechat", service.widget.prechat) { field, json in
                json.raw("{")
                json.member("id", field.id)
                json.optional("label", field.label)
                json.member("kind", field.kind.rawValue)
                json.member("required", field.isRequired)
                if !field.choices.isEmpty { choices("choices", field.choices, &json) }
                json.raw("}")
            }
        }
        guard let survey = service.survey else { return }
        json.name("survey")
        json.raw("{")
        json.optional("question", survey.question)
        json.name("reasons")
        json.raw("{")
        json.list("low", survey.lowReasons) { $1.local($0) }
        json.list("high", survey.highReasons) { $1.local($0) }
        json.raw("}")
        json.member("comment", survey.hasComment)
        json.raw("}")
    }

    /// What customers choose from; agents read it where a session names one.
    private static func topics(_ service: ServiceSettings, _ json: inout JSONWriter) {
        if !service.widget.topics.isEmpty { choices("topics", service.widget.topics, &json) }
    }

    private static func choices(
        _ name: StaticString, _ choices: [NamedChoice], _ json: inout JSONWriter
    ) {
        json.list(name, choices) { choice, json in
            json.raw("{")
            json.member("id", choice.id)
            json.optional("name", choice.name)
            json.raw("}")
        }
    }

    // MARK: For agents

    private static func agentsSite(_ card: SiteCard, _ json: inout JSONWriter) {
        json.member("accept", card.acceptsAlone ? "auto" : "offer")
        json.member("wrap_up_ms", card.wrapUpMilliseconds)
        json.list("groups", card.groups) { group, json in
            json.raw("{")
            json.member("id", group.id.text)
            json.member("name", group.name)
            json.raw("}")
        }
        topics(card.service, &json)
        json.list("tags", card.service.tags) { $1.text($0) }
        json.name("dispositions")
        json.raw("{")
        json.list("topics", card.service.dispositions.topics) { $1.text($0) }
        json.list("results", card.service.dispositions.results) { $1.text($0) }
        json.raw("}")
        json.name("statuses")
        json.raw("{")
        for (status, name) in [
            (AgentStatus.busy, "busy" as StaticString), (.away, "away"), (.offline, "offline"),
        ] {
            json.list(name, card.service.statusReasons[status] ?? []) { $1.text($0) }
        }
        json.raw("}")
    }
}

extension JSONWriter {
    /// A member that is a list.
    mutating func list<Value>(
        _ name: StaticString, _ values: [Value], _ write: (Value, inout JSONWriter) -> Void
    ) {
        self.name(name)
        raw("[")
        for (index, value) in values.enumerated() {
            if index > 0 { raw(",") }
            write(value, &self)
        }
        raw("]")
    }

    /// `{"zh":...,"en":...}`, of the languages that are there.
    mutating func local(_ text: LocalText) {
        raw("{")
        optional("zh", text.chinese)
        optional("en", text.english)
        raw("}")
    }

    mutating func optional(_ name: StaticString, _ text: LocalText?) {
        guard let text else { return }
        self.name(name)
        local(text)
    }
}
