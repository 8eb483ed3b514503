/// What people are shown and asked, as lines of the outline.
import ChatModel

extension SiteOutline {
    mutating func addService(_ service: ServiceSettings) {
        add("name", service.name)
        add("widget.title", service.widget.title.map(Self.text))
        add("widget.welcome", service.widget.welcome.map(Self.text))
        for topic in service.widget.topics {
            add("widget.topics.\(topic.id)", Self.text(topic.name))
        }
        for field in service.widget.prechat { add("widget.prechat.\(field.id)", text(field)) }
        if let survey = service.survey { add(survey) }
        for reply in service.canned {
            let title = reply.title.isEmpty ? "" : "\(reply.title): "
            let groups = reply.groups.isEmpty ? "" : " for \(list(reply.groups.map(\.text)))"
            add("canned.\(reply.shortcut)", title + reply.text + groups)
        }
        for status in AgentStatus.allCases {
            add("statuses.\(status.rawValue)", service.statusReasons[status].map { list($0) })
        }
        addWords("tags", service.tags)
        addWords("dispositions.topics", service.dispositions.topics)
        addWords("dispositions.results", service.dispositions.results)
    }

    private mutating func addWords(_ path: String, _ words: [String]) {
        if !words.isEmpty { add(path, list(words)) }
    }

    private mutating func add(_ survey: SurveySettings) {
        add("survey.comment", "\(survey.hasComment)")
        add("survey.question", survey.question.map(Self.text))
        addWords("survey.reasons.low", survey.lowReasons.map(Self.text))
        addWords("survey.reasons.high", survey.highReasons.map(Self.text))
    }

    private func text(_ field: PrechatField) -> String {
        var text = "\(Self.text(field.label)), \(field.kind.rawValue)"
        if field.isRequired { text += ", required" }
        let choices = field.choices.map { "\($0.id): \(Self.text($0.name))" }
        return choices.isEmpty ? text : text + " of \(list(choices))"
    }

    private static func text(_ text: LocalText) -> String {
        let texts = [text.chinese, text.english].compactMap(\.self)
        return texts.first == texts.last ? texts.first ?? "" : texts.joined(separator: " / ")
    }
}
