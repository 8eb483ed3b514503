/// What `chathub apply` and `chathub rollback` print: what changes, and what became of it.
public struct ApplyReport: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable {
        /// Put into force.
        case applied
        /// This very text was in force already.
        case unchanged
        /// Only looked at: `--dry-run`.
        case shown
        /// Not wanted after all.
        case declined
    }

    public var site: String
    /// The file, or the version that is gone back to.
    public var source: String
    /// The version that was in force; 0: none.
    public var replaced: Int
    /// Nil when the version in force cannot be read by this program.
    public var difference: SiteDifference?

    public init(site: String, source: String, replaced: Int, difference: SiteDifference?) {
        self.site = site
        self.source = source
        self.replaced = replaced
        self.difference = difference
    }

    /// What would change: shown before anything is done.
    public func text(color: Bool = false) -> String {
        let paint = Paint(isOn: color)
        let place = replaced == 0 ? "new site" : "version \(replaced) is in force"
        let heading = paint.bold("\(site): \(place); with \(source):") + "\n"
        guard let difference else {
            return heading + "the version in force cannot be read here, so not compared\n"
        }
        if difference.changes.isEmpty { return heading + "nothing changes in what it means\n" }
        return heading + difference.text(color: color)
    }

    /// What became of it, in one line.
    public func text(_ outcome: Outcome, version: Int, color: Bool = false) -> String {
        let paint = Paint(isOn: color)
        return switch outcome {
        case .applied: paint.green("\(site): version \(version) is in force") + "\n"
        case .unchanged: "\(site): \(source) is in force already, as version \(version)\n"
        case .shown: "nothing was stored\n"
        case .declined: "nothing was stored, as you wished\n"
        }
    }

    /// One JSON object: `site`, `source`, `replaced` (0: none), `version` in force now, `outcome`
    /// (`applied`, `unchanged`, `shown`), `warnings` and `difference`, null when not compared.
    public func json(_ outcome: Outcome, version: Int, warnings: [Problem] = []) -> String {
        JSONText.object([
            ("site", .text(site)), ("source", .text(source)), ("replaced", .integer(replaced)),
            ("version", .integer(version)), ("outcome", .text(outcome.rawValue)),
            ("warnings", .list(warnings.map { .text("\($0.line): \($0.message)") })),
            ("difference", difference?.list ?? .null),
        ]).description + "\n"
    }
}
