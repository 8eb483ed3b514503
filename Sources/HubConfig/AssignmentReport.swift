/// What giving customers an agent of their own came to: what `chathub customers assign-agent`
/// prints.

public struct AssignmentReport: Hashable, Sendable {
    public struct Share: Hashable, Sendable {
        public var agent: String
        public var customers: Int

        public init(agent: String, customers: Int) {
            self.agent = agent
            self.customers = customers
        }
    }

    /// One of the conditions by itself, over all customers that were looked at.
    public struct Condition: Hashable, Sendable {
        public var name: String
        public var value: String
        public var fitting: Int
        /// Customers of whom the attribute is known, whatever it says.
        public var known: Int

        public init(name: String, value: String, fitting: Int, known: Int) {
            self.name = name
            self.value = value
            self.fitting = fitting
            self.known = known
        }
    }

    public var isPreview: Bool
    public var looked: Int
    /// In the order the agents were named.
    public var given: [Share]
    /// Customers among them whose own agent this was before.
    public var already: Int
    /// Empty when nobody was looked at.
    public var conditions: [Condition]

    public init(
        isPreview: Bool, looked: Int, given: [Share], already: Int, conditions: [Condition]
    ) {
        self.isPreview = isPreview
        self.looked = looked
        self.given = given
        self.already = already
        self.conditions = conditions
    }

    public var assigned: Int { given.reduce(0) { $0 + $1.customers } }

    /// The shares and their sum, or why nobody fits.
    public func text() -> String {
        guard assigned > 0 else { return (["nobody fits, nothing is changed"] + reasons).lines }
        let word = isPreview ? "would get an agent of their own" : "have an agent of their own now"
        let before = already > 0 ? "; \(already) had the same one before" : ""
        return (given.map { "\($0.agent): \($0.customers)" }
            + ["\(assigned) of \(looked) customers \(word)\(before)"]).lines
    }

    /// One object: `looked`, `assigned`, `already`, `preview`, and `agents` with `agent` and
    /// `customers`.
    public func json() -> String {
        JSONText.object([
            ("looked", .integer(looked)), ("assigned", .integer(assigned)),
            ("already", .integer(already)), ("preview", .boolean(isPreview)),
            (
                "agents",
                .list(
                    given.map {
                        .object([("agent", .text($0.agent)), ("customers", .integer($0.customers))])
                    })
            ),
        ]).description + "\n"
    }

    private var reasons: [String] {
        guard looked > 0 else {
            return [
                "  nothing is known of any customer of this site; `customers import` loads them"
            ]
        }
        var reasons = ["  customers looked at: \(looked)"]
        for condition in conditions {
            let written = "  \(condition.name)=\(condition.value): "
            if condition.fitting > 0 {
                reasons.append(written + "fits \(condition.fitting)")
            } else if condition.known > 0 {
                reasons.append(
                    written + "fits none; \(condition.known) have another `\(condition.name)`")
            } else {
                reasons.append(written + "of nobody a `\(condition.name)` is known")
            }
        }
        if conditions.count > 1, conditions.allSatisfy({ $0.fitting > 0 }) {
            reasons.append("  each fits somebody, but nobody fits all of them")
        }
        return reasons
    }
}

extension [String] {
    fileprivate var lines: String { joined(separator: "\n") + "\n" }
}
