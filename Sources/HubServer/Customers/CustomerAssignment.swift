/// Gives many customers their own agents: all whose attributes fit, spread evenly. Goes through the
/// site's customers page by page; one who is changed meanwhile is taken as he was read.
import ChatModel
import HubConfig
import HubCore

struct CustomerAssignment {
    /// Attribute and value, as text; all must fit.
    var conditions: [(name: String, value: String)]
    /// At least one.
    var agents: [PersonID]
    /// Counts and changes nothing.
    var isPreview: Bool

    struct Outcome {
        var looked = 0
        /// By agent.
        var given: [PersonID: Int] = [:]
    }

    /// Nil when the store went away in between; what was done stays, and doing it again is right.
    func run(
        _ desk: StoreDesk, site: SiteID, isolation: isolated (any Actor)? = #isolation
    ) async -> Outcome? {
        var outcome = Outcome()
        var after: PersonID?
        var turn = 0
        while true {
            let query = CustomerQuery(after: after, limit: CustomerLoader.stepRows)
            guard case .customers(let page) = await desk.ask(.listCustomers(query), site: site)
            else { return nil }
            guard let last = page.last else { return outcome }
            outcome.looked += page.count
            var changes: [CustomerChange] = []
            for record in page where fits(record) {
                let agent = agents[turn % agents.count]
                turn += 1
                outcome.given[agent, default: 0] += 1
                changes.append(CustomerChange(customer: record.id, dedicatedAgent: .agent(agent)))
            }
            if !changes.isEmpty, !isPreview {
                guard case .customersChanged = await desk.ask(.changeCustomers(changes), site: site)
                else { return nil }
            }
            after = last.id
        }
    }

    private func fits(_ record: CustomerRecord) -> Bool {
        conditions.allSatisfy { name, value in
            record.attributes[name].map { CustomerValue.matches($0, value) } ?? false
        }
    }
}
