/// Texts that people read: in one or both languages, some with broken lines.
import ChatModel

extension Entry {
    /// One text for everybody, or `{ zh: ..., en: ... }`. Lines may be broken.
    func localText(maximumBytes: Int) -> LocalText? {
        guard isMapping, let section = section() else {
            return paragraph(maximumBytes: maximumBytes).map { LocalText($0) }
        }
        let text = LocalText(
            chinese: section.value("zh").flatMap { $0.paragraph(maximumBytes: maximumBytes) },
            english: section.value("en").flatMap { $0.paragraph(maximumBytes: maximumBytes) })
        if text.chinese == nil, text.english == nil {
            error("a text in no language", allowed: "zh, en")
        }
        section.finish()
        return text
    }

    /// Lines may be broken.
    func paragraph(maximumBytes: Int) -> String? {
        guard let written = scalar?.text, !isNull else {
            error("expected a text")
            return nil
        }
        let text = written.last == "\n" ? String(written.dropLast()) : written
        let allowed = "1...\(maximumBytes) bytes; line breaks, but no other control characters"
        guard (1...maximumBytes).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0 == "\n" || Self.isPrintable($0) })
        else {
            error("not a text to say", allowed: allowed)
            return nil
        }
        return text
    }

    /// A list of at most so many, each once; what is too much or wrong is reported and left out.
    func distinct<Value>(
        atMost bound: Int, _ things: String, key: (Value) -> String, _ read: (Entry) -> Value?
    ) -> [Value] {
        let entries = listOrSelf()
        guard entries.count <= bound else {
            error("\(entries.count) \(things)", allowed: "at most \(bound)")
            return []
        }
        var seen: Set<String> = []
        return entries.compactMap { entry in
            guard let value = read(entry) else { return nil }
            guard seen.insert(key(value)).inserted else {
                entry.error("`\(Self.shortened(key(value)))` is in the list already")
                return nil
            }
            return value
        }
    }

    /// A list of short words: tags, reasons, topics.
    func words(atMost bound: Int, _ things: String) -> [String] {
        distinct(atMost: bound, things, key: { $0 }) { $0.text(maximumBytes: 64) }
    }
}
