/// Something wrong in a configuration, told so that it can be mended without reading code. Made
/// while files are decoded and checked; printed by `CheckReport`.
public struct Problem: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// Refused: nothing is applied.
        case error
        /// Shown; refused only with `--strict`.
        case warning
    }

    public var severity: Severity
    /// The file as it was named, or `environment`.
    public var file: String
    /// From 1; 0 where a problem has no place in a file.
    public var line: Int
    /// From 1, counted in Unicode scalars; 0 without a place.
    public var column: Int
    /// Where it stands: `groups.pre-sales.agents[2]`.
    public var path: String
    public var message: String
    /// What would be right.
    public var allowed: String?
    /// The nearest thing that exists.
    public var suggestion: String?
    /// The line itself, where it could not even be read.
    public var source: String?

    public init(
        severity: Severity, file: String, line: Int, column: Int, path: String, message: String,
        allowed: String? = nil, suggestion: String? = nil, source: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
        self.allowed = allowed
        self.suggestion = suggestion
        self.source = source
    }
}

/// A configuration that was read: what it says, unless something is wrong with it.
public struct CheckedFile<Settings: Sendable & Hashable>: Hashable, Sendable {
    public var file: String
    /// Nil when there are errors.
    public var settings: Settings?
    /// Errors and warnings, by place.
    public var problems: [Problem]

    public init(file: String, settings: Settings?, problems: [Problem]) {
        self.file = file
        self.settings = settings
        self.problems = problems
    }

    public var errors: [Problem] { problems.filter { $0.severity == .error } }
    public var warnings: [Problem] { problems.filter { $0.severity == .warning } }
}

/// Where problems are collected while one file is read, so that all are told at once. A class,
/// because every part of the decoder adds to the same one; it never leaves the function that reads.
final class ProblemLog {
    /// More than this many errors, or warnings, help nobody.
    static let limit = 500

    let file: String
    private var problems: [Problem.Severity: [Problem]] = [:]
    private(set) var hasErrors = false

    init(file: String) { self.file = file }

    func error(
        _ message: String, at place: Place, allowed: String? = nil, suggestion: String? = nil,
        source: String? = nil
    ) {
        add(.error, message, place, allowed, suggestion, source)
        hasErrors = true
    }

    func warning(_ message: String, at place: Place, allowed: String? = nil) {
        add(.warning, message, place, allowed, nil)
    }

    /// By place, each once.
    var sorted: [Problem] {
        var seen: Set<Problem> = []
        return problems.values.flatMap(\.self).filter { seen.insert($0).inserted }
            .sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
    }

    private func add(
        _ severity: Problem.Severity, _ message: String, _ place: Place, _ allowed: String?,
        _ suggestion: String?, _ source: String? = nil
    ) {
        guard problems[severity, default: []].count < Self.limit else { return }
        problems[severity, default: []].append(
            Problem(
                severity: severity, file: file, line: place.line, column: place.column,
                path: place.path, message: message, allowed: allowed, suggestion: suggestion,
                source: source))
    }
}

/// A place in a file, by line and by path.
struct Place {
    var line = 0
    var column = 0
    var path = ""
}
