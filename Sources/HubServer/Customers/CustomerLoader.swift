/// Loads customers into the store while their file is still being read: rows go out in steps of a
/// few hundred, a few steps at once, and whoever reads the file waits when too many are on their
/// way. Memory does not grow with the file. Used by the command and by the HTTP API, on the loop's
/// thread.
import ChatModel
import HubConfig
import HubCore
import Routing

final class CustomerLoader {
    /// Rows in a step: about two milliseconds of Redis, in which messages wait.
    static let stepRows = 250
    /// Steps on their way at which the reader should stop for a while.
    static let stepBound = 8

    private let desk: StoreDesk
    private let site: SiteID
    private var rows: CustomerRows
    /// Rows of the next step; never more than `stepRows`.
    private(set) var batch: [CustomerChange] = []
    private(set) var report = ImportReport()
    private(set) var inFlight = 0
    /// The store went away or refused: some of the rows are loaded, and loading all again is right.
    private(set) var isLost = false
    /// Told after each answer of the store.
    var onAnswer: (() -> Void)?
    /// The attribute that makes somebody important, if the site has one: other values than levels
    /// are warned of.
    var levelAttribute: String?
    /// Told of every bad row.
    var onBadRow: ((BadRow) -> Void)?

    init(
        desk: StoreDesk, site: SiteID, format: CustomerFormat, agents: Set<PersonID>,
        isDryRun: Bool,
        badRowBound: Int = ImportReport.shownBadRows
    ) {
        self.desk = desk
        self.site = site
        rows = CustomerRows(format: format, agents: agents)
        report.isDryRun = isDryRun
        report.badRowBound = badRowBound
    }

    /// What makes the whole file unreadable.
    var failure: BadRow? { rows.failure }
    var isFull: Bool { inFlight >= Self.stepBound }

    /// Nothing is kept of what comes once the store is lost.
    func read(_ piece: UnsafeRawBufferPointer) {
        guard !isLost else { return }
        rows.read(piece) { take($0) }
    }

    /// The end of the file: what is left goes out.
    func finish() {
        guard !isLost else { return }
        rows.finish { take($0) }
        send()
    }

    private func take(_ row: Result<CustomerRow, BadRow>) {
        guard !isLost else { return }
        report.rows += 1
        switch row {
        case .failure(let bad):
            report.note(bad)
            onBadRow?(bad)
        case .success(let row):
            warn(of: row)
            guard !report.isDryRun else { return report.loaded += 1 }
            batch.append(CustomerChange(row))
            if batch.count == Self.stepRows { send() }
        }
    }

    private func warn(of row: CustomerRow) {
        guard let name = levelAttribute, let value = row.attributes[name],
            !VipSettings.isLevel(value)
        else { return }
        report.warn(
            BadRow(
                line: row.line,
                reason: "\(name) is no level and makes nobody important: yes, no, or 1 to 10"))
    }

    private func send() {
        guard !batch.isEmpty, !isLost else { return }
        let count = batch.count
        inFlight += 1
        let step = batch
        batch.removeAll(keepingCapacity: true)
        desk.submit(.changeCustomers(step), site: site) { [self] reply in
            inFlight -= 1
            if case .customersChanged(let created) = reply {
                report.loaded += count
                report.created += created
            } else {
                isLost = true
                batch = []
            }
            onAnswer?()
        }
    }
}

extension CustomerChange {
    init(_ row: CustomerRow) {
        self.init(customer: row.id, attributes: row.attributes, removed: row.removed)
        switch row.dedicatedAgent {
        case .unchanged: break
        case .cleared: dedicatedAgent = .cleared
        case .agent(let agent): dedicatedAgent = .agent(agent)
        }
    }
}
