/// The customers of a site in the store of a hub, for the commands `customers` and `explain`. Each
/// call connects, asks, and leaves again; it blocks meanwhile.
import ChatModel
import ChatProtocol
import EventLoop
import Foundation
public import HubConfig
import HubCore
public import Routing

/// A customer for printing.
public struct CustomerText: Sendable, Hashable {
    /// One line a member.
    public let text: String
    /// One object: `id`, `attributes`, `dedicated_agent`, `last_agent`, `ratings`.
    public let json: String
}

public struct CustomerStore: Sendable {
    private let door: StoreDoor

    /// By the settings' Redis, or the private one of their data folder. Throws when there is none.
    public init(settings: NodeSettings) throws {
        door = try StoreDoor(settings)
    }

    /// `path`: a file that ends in `.csv` or `.jsonl`. `onBadRow` is told of every bad row,
    /// `onProgress` of the rows read so far, about once a second.
    public func load(
        path: String, at site: String, isDryRun: Bool,
        onProgress: @escaping @Sendable (_ rows: Int) -> Void,
        onBadRow: @escaping @Sendable (BadRow) -> Void
    ) throws -> ImportReport {
        guard let format = CustomerFormat(path: path) else {
            throw ServeError.settings("\(path): the file's name must end in .csv or .jsonl")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ServeError.settings("\(path) cannot be read")
        }
        let descriptor = file.fileDescriptor
        let id = try Self.id(site)
        let report = try StoreVisit<ImportReport>.make(door) { visit throws(ServeError) in
            let agents = try await Self.agents(visit, id)
            let loader = CustomerLoader(
                desk: visit.desk, site: id, format: format, agents: agents, isDryRun: isDryRun)
            loader.onBadRow = onBadRow
            return try await Self.pump(
                descriptor, into: loader, clock: visit.loop, onProgress: onProgress)
        }
        try file.close()
        return report
    }

    /// Reads the file and feeds it, no faster than the store takes it.
    private static func pump(
        _ descriptor: Int32, into loader: CustomerLoader, clock: EventLoop,
        onProgress: @Sendable (Int) -> Void, isolation: isolated (any Actor)? = #isolation
    ) async throws(ServeError) -> ImportReport {
        let start = clock.nowMilliseconds()
        var told = start
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw ServeError.settings("the file cannot be read to its end") }
            if count == 0 { break }
            buffer.withUnsafeBytes { loader.read(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            while loader.isFull { await answer(of: loader) }
            try check(loader)
            if clock.nowMilliseconds() - told >= 1_000 {
                told = clock.nowMilliseconds()
                onProgress(loader.report.rows)
            }
        }
        loader.finish()
        while loader.inFlight > 0 { await answer(of: loader) }
        try check(loader)
        var report = loader.report
        report.milliseconds = max(1, clock.nowMilliseconds() - start)
        return report
    }

    private static func answer(
        of loader: CustomerLoader, isolation: isolated (any Actor)? = #isolation
    ) async {
        await withCheckedContinuation { continuation in
            loader.onAnswer = {
                loader.onAnswer = nil
                continuation.resume()
            }
        }
    }

    private static func check(_ loader: CustomerLoader) throws(ServeError) {
        if let failure = loader.failure {
            throw ServeError.settings("line \(failure.line): \(failure.reason)")
        }
        if loader.isLost {
            throw ServeError.settings(
                "Redis went away after \(loader.report.loaded) rows; import the file again, rows that "
                    + "are loaded already do no harm")
        }
    }

    /// What is known of him; empty when nothing is.
    public func customer(_ id: String, at site: String) throws -> CustomerText {
        Self.text(try record(id, at: site))
    }

    /// The trusted attributes and the record's own agents, as a start would read them.
    public func facts(_ facts: Facts, of id: String, at site: String) throws -> Facts {
        var facts = facts
        for (name, value) in try record(id, at: site).attributes
        where facts.attributes.trusted(name) == nil {
            facts.attributes.set(name, to: value, origin: .trusted)
        }
        return facts
    }

    private func record(_ id: String, at site: String) throws -> CustomerRecord {
        let siteID = try Self.id(site)
        let person = try Self.person(id)
        return try StoreVisit<CustomerRecord>.make(door) { visit throws(ServeError) in
            guard case .customer(let record) = try await visit.ask(
                .readCustomer(person), site: siteID)
            else { throw ServeError.site("the store does not tell what it knows of \(id)") }
            return record
        }
    }

    /// `attributes` set over what is there, `removed` taken away; `dedicatedAgent` empty: none any
    /// more, nil: as it is. The customer as he is then.
    public func change(
        _ id: String, at site: String, attributes: [(name: String, value: String)],
        removed: [String], dedicatedAgent: String?
    ) throws -> CustomerText {
        let siteID = try Self.id(site)
        var change = CustomerChange(customer: try Self.person(id), removed: removed)
        for (name, value) in attributes {
            change.attributes[name] = CustomerValue.value(of: value)
        }
        let wanted = change
        let record = try StoreVisit<CustomerRecord>.make(door) { visit throws(ServeError) in
            var change = wanted
            let agents = try await Self.agents(visit, siteID)
            if let name = dedicatedAgent {
                change.dedicatedAgent =
                    name.isEmpty ? .cleared : .agent(try Self.agent(name, agents, site))
            }
            switch try await visit.ask(.changeCustomer(change), site: siteID) {
            case .customer(let record): return record
            case .refused(.tooMany):
                throw ServeError.site("\(id) would have more than 100,000 attributes")
            case let reply: throw ServeError.site("the store answered something else: \(reply)")
            }
        }
        return Self.text(record)
    }

    /// Gives all customers whose attributes fit one of the agents, in turn. How many were looked at,
    /// and how many each agent got, in the agents' order.
    public func assign(
        where conditions: [(name: String, value: String)], to names: [String], at site: String,
        isPreview: Bool
    ) throws -> (looked: Int, given: [(agent: String, customers: Int)]) {
        let siteID = try Self.id(site)
        let outcome = try StoreVisit<CustomerAssignment.Outcome>.make(door) {
            visit throws(ServeError) in
            let known = try await Self.agents(visit, siteID)
            var agents: [PersonID] = []
            for name in names { agents.append(try Self.agent(name, known, site)) }
            let assignment = CustomerAssignment(
                filter: CustomerFilter(equal: conditions), agents: agents, isPreview: isPreview)
            let outcome = await withCheckedContinuation { continuation in
                assignment.begin(visit.desk, site: siteID) { continuation.resume(returning: $0) }
            }
            guard let outcome else {
                throw ServeError.settings("Redis went away in between; run the command again")
            }
            return outcome
        }
        let given = names.map { name in (name, PersonID(name).flatMap { outcome.given[$0] } ?? 0) }
        return (outcome.looked, given)
    }

    // MARK: Parts

    private static func agents<Value>(
        _ visit: isolated StoreVisit<Value>, _ site: SiteID
    ) async throws(ServeError) -> Set<PersonID> {
        guard case .site(let stored?) = try await visit.ask(.loadSite, site: site) else {
            throw ServeError.site("no version of the site \(site) is known here")
        }
        let file = SiteFile.load(text: stored.text, name: "\(site)")
        guard let settings = file.settings else {
            throw ServeError.site("version \(stored.version) of \(site) cannot be read here")
        }
        return Set(settings.agents.map(\.id))
    }

    private static func agent(
        _ name: String, _ agents: Set<PersonID>, _ site: String
    ) throws(ServeError) -> PersonID {
        guard let agent = PersonID(name), agents.contains(agent) else {
            throw ServeError.site("no agent `\(name)` at the site \(site)")
        }
        return agent
    }

    private static func id(_ site: String) throws(ServeError) -> SiteID {
        guard let id = SiteID(site) else {
            throw ServeError.site("`\(site)` is no name of a site")
        }
        return id
    }

    private static func person(_ id: String) throws(ServeError) -> PersonID {
        guard let person = PersonID(id) else { throw ServeError.site(CustomerValue.badID(id)) }
        return person
    }

    private static func text(_ record: CustomerRecord) -> CustomerText {
        func value(_ value: AttributeValue) -> String {
            var json = JSONWriter(capacity: 64)
            json.attribute(value)
            return String(decoding: json.bytes, as: UTF8.self)
        }
        var lines = ["id               \(record.id)"]
        lines.append("dedicated agent  \(record.dedicatedAgent?.text ?? "-")")
        lines.append("last agent       \(record.lastAgent?.text ?? "-")")
        for agent in record.ratings.keys.sorted() {
            lines.append("rated            \(agent): \(record.ratings[agent]?.score ?? 0) of 5")
        }
        for (name, attribute) in record.attributes.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(name) = \(value(attribute))")
        }
        let object = ServerFrame.customerObject(record, attributes: record.attributes, more: 0)
        return CustomerText(
            text: lines.joined(separator: "\n") + "\n",
            json: String(decoding: object, as: UTF8.self) + "\n")
    }
}
