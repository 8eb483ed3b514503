/// A node's configuration: defaults, then the file, then the environment. Called by `chathub serve`
/// and every command that needs to know where the node keeps its things.
public enum NodeFile {
    /// `path` nil: no file. Of the environment only names that begin with `CHATHUB_` are looked at.
    public static func load(
        path: String?, environment: [String: String] = [:], options: [NodeOption] = []
    ) -> CheckedFile<NodeSettings> {
        guard let path else {
            return load(
                text: "", name: "defaults", environment: environment, options: options)
        }
        switch FileText.read(path) {
        case .success(let text):
            return load(text: text, name: path, environment: environment, options: options)
        case .failure(let unreadable):
            return CheckedFile(file: path, settings: nil, problems: [unreadable.problem])
        }
    }

    public static func load(
        text: String, name: String, environment: [String: String] = [:],
        options: [NodeOption] = []
    ) -> CheckedFile<NodeSettings> {
        var settings = NodeSettings()
        let log = ProblemLog(file: name)
        if let root = Document.read(text, log, mayBeEmpty: true) {
            read(root, prefix: "", &settings)
        }
        let environmentLog = ProblemLog(file: "environment")
        override(&settings, environment, besides: Set(options.map(\.key)), environmentLog)
        let optionLog = ProblemLog(file: NodeOption.file)
        override(&settings, options, optionLog)
        check(settings, log)
        let hasErrors = log.hasErrors || environmentLog.hasErrors || optionLog.hasErrors
        return CheckedFile(
            file: name, settings: hasErrors ? nil : settings,
            problems: log.sorted + environmentLog.sorted + optionLog.sorted)
    }

    /// Keys that hold a value, and keys that hold further keys, below a prefix with a dot.
    private static func read(_ section: Section, prefix: String, _ settings: inout NodeSettings) {
        var sections: [String] = []
        for setting in NodeSetting.all where setting.key.hasPrefix(prefix) {
            let rest = setting.key.dropFirst(prefix.count)
            if let dot = rest.firstIndex(of: ".") {
                let name = String(rest[..<dot])
                if sections.last != name { sections.append(name) }
            } else if let entry = section.value(String(rest)) {
                take(entry, setting, &settings)
            }
        }
        for name in sections {
            guard let inner = section.value(name)?.section() else { continue }
            read(inner, prefix: "\(prefix)\(name).", &settings)
        }
        section.finish()
    }

    private static func take(_ entry: Entry, _ setting: NodeSetting, _ settings: inout NodeSettings)
    {
        var text = entry.scalar?.text
        if entry.isSequence, NodeSetting.lists.contains(setting.key) {
            text = (entry.list() ?? []).compactMap { $0.text(maximumBytes: 4096) }
                .joined(separator: ",")
        }
        guard let text, let change = setting.read(text) else {
            entry.error(
                text.map { "`\(Entry.shortened($0))` is not allowed here" } ?? "expected one value",
                allowed: setting.allowed,
                suggestion: text.flatMap { NearestName.of($0, among: setting.choices) })
            return
        }
        change(&settings)
    }

    private static func override(
        _ settings: inout NodeSettings, _ environment: [String: String],
        besides optional: Set<String>, _ log: ProblemLog
    ) {
        for setting in NodeSetting.all where !optional.contains(setting.key) {
            guard let text = environment[setting.variable] else { continue }
            guard let change = setting.read(text) else {
                // The value may be a secret: a Redis address has a password.
                log.error(
                    "\(setting.variable) is not allowed to be this",
                    at: Place(path: setting.variable), allowed: setting.allowed)
                continue
            }
            change(&settings)
        }
        let variables = NodeSetting.all.map(\.variable) + ["CHATHUB_SIGNING_KEY"]
        for name in environment.keys.sorted()
        where name.hasPrefix("CHATHUB_") && !name.hasPrefix("CHATHUB_KEY_")
            && !variables.contains(name)
        {
            log.warning(
                "\(name) is no setting and changes nothing", at: Place(path: name),
                allowed: NearestName.of(name, among: variables)
                    ?? "CHATHUB_ and a key of Config/chathub.yaml, such as CHATHUB_LOG_LEVEL")
        }
    }

    /// The command line goes before everything else, and its mistakes bear its own names.
    private static func override(
        _ settings: inout NodeSettings, _ options: [NodeOption], _ log: ProblemLog
    ) {
        for option in options {
            guard let setting = NodeSetting.all.first(where: { $0.key == option.key }) else {
                preconditionFailure("\(option.name) names no setting")
            }
            guard let change = setting.read(option.text) else {
                // A Redis address may have a password.
                let shown =
                    setting.key == "redis.url" ? "this" : "`\(Entry.shortened(option.text))`"
                log.error(
                    "\(option.name) is not allowed to be \(shown)", at: Place(path: option.name),
                    allowed: setting.allowed)
                continue
            }
            change(&settings)
        }
    }

    private static func check(_ settings: NodeSettings, _ log: ProblemLog) {
        if (settings.tls.certificateFile == nil) != (settings.tls.keyFile == nil) {
            log.error(
                "tls needs both a certificate and a key", at: Place(path: "tls"),
                allowed: "both files, or none")
        }
        if settings.redis.backoffFirstMilliseconds > settings.redis.backoffMostMilliseconds {
            log.error(
                "redis.backoff_first is longer than redis.backoff_most", at: Place(path: "redis"))
        }
        if settings.redis.url != nil, settings.durability == .replicated, settings.replicas > 3 {
            log.warning(
                "every acknowledgement waits for \(settings.replicas) replicas",
                at: Place(path: "durability"))
        }
    }

    /// The settings as the variables that bring them back, for a process that is to have the same
    /// ones whatever became of the file. Without `sites`: the parent alone applies those.
    public static func environment(of settings: NodeSettings) -> [String: String] {
        var variables: [String: String] = [:]
        for setting in NodeSetting.all where !NodeSetting.lists.contains(setting.key) {
            variables[setting.variable] = setting.write(settings)
        }
        return variables
    }

    /// One line a setting, for `--help`: key, variable, default, what is allowed.
    public static var help: [(key: String, variable: String, standard: String, allowed: String)] {
        NodeSetting.all.map { ($0.key, $0.variable, $0.write(NodeSettings()), $0.allowed) }
    }
}

/// A setting given on the command line.
public struct NodeOption: Hashable, Sendable {
    /// What problems of options bear as their file.
    public static let file = "options"

    /// As it was written: `--listen`.
    public var name: String
    /// The setting's key: `listen`.
    public var key: String
    public var text: String

    public init(name: String, key: String, text: String) {
        self.name = name
        self.key = key
        self.text = text
    }
}

extension NodeSetting {
    /// Keys whose value in a file is a list.
    static let lists: Set<String> = ["sites"]
}
