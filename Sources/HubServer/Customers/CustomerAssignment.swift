/// Gives many customers their own agents: all whose attributes fit, spread evenly. Goes through the
/// site's customers page by page; one who is changed meanwhile is taken as he was read.
import ChatModel
import HubCore

struct CustomerAssignment {
    var filter: CustomerFilter
    /// At least one.
    var agents: [PersonID]
    /// Counts and changes nothing.
    var isPreview: Bool
    /// Whether each condition is also counted by itself, to tell why nobody fits them all.
    var countsConditions = false

    struct Outcome {
        var looked = 0
        var assigned = 0
        /// Of these, those who had just this agent before.
        var already = 0
        /// By agent.
        var given: [PersonID: Int] = [:]
        /// Of each condition, in their order; empty unless asked for.
        var conditions: [(fitting: Int, known: Int)] = []
    }

    /// `then` gets nil when the store went away in between; what was done stays, and doing it again
    /// is right.
    func begin(_ desk: StoreDesk, site: SiteID, then: @escaping (Outcome?) -> Void) {
        var outcome = Outcome()
        desk.eachPage(of: site, after: nil) { page, next in
            let changes = changes(of: page, &outcome)
            guard !changes.isEmpty, !isPreview else { return next(.wanted) }
            desk.submit(.changeCustomers(changes), site: site) { reply in
                if case .customersChanged = reply { next(.wanted) } else { next(.lost) }
            }
        } end: {
            then($0 ? outcome : nil)
        }
    }

    /// Agents get those who fit in turn, over all pages.
    private func changes(of page: [CustomerRecord], _ outcome: inout Outcome) -> [CustomerChange] {
        outcome.looked += page.count
        var changes: [CustomerChange] = []
        if countsConditions { page.forEach { count($0, &outcome) } }
        for record in page where filter.fits(record) {
            let agent = agents[outcome.assigned % agents.count]
            outcome.assigned += 1
            outcome.given[agent, default: 0] += 1
            if record.dedicatedAgent == agent { outcome.already += 1 }
            changes.append(CustomerChange(customer: record.id, dedicatedAgent: .agent(agent)))
        }
        return changes
    }

    private func count(_ record: CustomerRecord, _ outcome: inout Outcome) {
        let found = filter.each(record)
        if outcome.conditions.isEmpty { outcome.conditions = found.map { _ in (0, 0) } }
        for (index, condition) in found.enumerated() {
            outcome.conditions[index].fitting += condition.isFitting ? 1 : 0
            outcome.conditions[index].known += condition.isKnown ? 1 : 0
        }
    }
}
