/// What `chathub check` and `apply` print: problems for people, and for programs.
public enum CheckReport {
    /// One problem in two to three lines, then a count. With `color` for terminals that have it.
    public static func text<Settings>(
        _ checked: CheckedFile<Settings>, color: Bool = false
    ) -> String {
        let paint = Paint(isOn: color)
        var lines = checked.problems.flatMap { describe($0, paint) }
        let errors = checked.errors.count
        let warnings = checked.warnings.count
        let counts = [
            errors > 0 ? count(errors, "error") : nil,
            warnings > 0 ? count(warnings, "warning") : nil,
        ].compactMap(\.self).joined(separator: ", ")
        if checked.settings == nil {
            // Not the settings file is to blame for an option or a variable.
            let files = Set(checked.errors.map(\.file))
            let file = files.count == 1 ? files.first ?? checked.file : checked.file
            lines.append(paint.red("\(file): \(counts), nothing is applied"))
        } else {
            lines.append(
                paint.green("\(checked.file): good" + (counts.isEmpty ? "" : ", \(counts)")))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One JSON object: `file`, `ok`, `errors`, `warnings`, and `problems` with `severity`, `file`,
    /// `line`, `column`, `path`, `message`, and where there is one `allowed`, `suggestion` and
    /// `source`, the line itself.
    public static func json<Settings>(_ checked: CheckedFile<Settings>) -> String {
        let problems = checked.problems.map { problem in
            JSONText.object([
                ("severity", .text(problem.severity.rawValue)), ("file", .text(problem.file)),
                ("line", .integer(problem.line)), ("column", .integer(problem.column)),
                ("path", .text(problem.path)), ("message", .text(problem.message)),
                ("allowed", problem.allowed.map(JSONText.text)),
                ("suggestion", problem.suggestion.map(JSONText.text)),
                ("source", problem.source.map(JSONText.text)),
            ])
        }
        return JSONText.object([
            ("file", .text(checked.file)), ("ok", .boolean(checked.settings != nil)),
            ("errors", .integer(checked.errors.count)),
            ("warnings", .integer(checked.warnings.count)), ("problems", .list(problems)),
        ]).description + "\n"
    }

    private static func describe(_ problem: Problem, _ paint: Paint) -> [String] {
        var place = problem.file
        if problem.line > 0 { place += ":\(problem.line):\(problem.column)" }
        let severity = problem.severity == .error ? paint.red("error") : paint.yellow("warning")
        var lines = ["\(paint.bold(place)): \(severity): \(problem.message)"]
        if let source = problem.source { lines.append("    \(problem.line) | \(source)") }
        if !problem.path.isEmpty { lines.append("    at \(problem.path)") }
        if let allowed = problem.allowed { lines.append("    allowed: \(allowed)") }
        if let suggestion = problem.suggestion {
            lines.append("    did you mean \(paint.bold(suggestion))?")
        }
        return lines
    }

    private static func count(_ number: Int, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }
}

/// Colours of a terminal, or none.
struct Paint {
    let isOn: Bool

    func red(_ text: String) -> String { wrap(text, "31") }
    func green(_ text: String) -> String { wrap(text, "32") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func bold(_ text: String) -> String { wrap(text, "1") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
