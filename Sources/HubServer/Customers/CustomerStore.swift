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
            let isThere = FileManager.default.fileExists(atPath: path)
            throw ServeError.settings(
                isThere
                    ? "\(path) may not be read; look at its permissions"
                    : "there is no file \(path)")
        }
        let descriptor = file.fileDescriptor
        let id = try SiteStore.id(site)
        let report = try StoreVisit<ImportReport>.make(door) { visit throws(ServeError) in
            let rules = try await Self.rules(visit, id)
            let loader = CustomerLoader(
                desk: visit.desk, site: id, format: format, agents: Set(rules.agents.keys),
                isDryRun: isDryRun)
            loader.levelAttribute = rules.levelAttribute
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
            guard count >= 0 else {
                throw ServeError.settings("the file cannot be read to its end")
            }
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
                "Redis went away after \(loader.report.loaded) rows; import the file again, "
                    + "rows that are loaded already do no harm")
        }
    }

    /// What is known of him; nil when nothing is.
    public func customer(_ id: String, at site: String) throws -> CustomerText? {
        let record = try record(id, at: site)
        let isKnown =
            !record.attributes.isEmpty || !record.ratings.isEmpty || record.dedicatedAgent != nil
            || record.lastAgent != nil
        return isKnown ? Self.text(record) : nil
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
        let siteID = try SiteStore.id(site)
        let person = try Self.person(id)
        return try StoreVisit<CustomerRecord>.make(door) { visit throws(ServeError) in
            guard case .site(.some) = try await visit.ask(.loadSite, site: siteID) else {
                throw try await visit.unknown(siteID)
            }
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
        let siteID = try SiteStore.id(site)
        var change = CustomerChange(customer: try Self.person(id), removed: removed)
        for (name, value) in attributes {
            change.attributes[name] = CustomerValue.value(of: value)
        }
        let wanted = change
        let record = try StoreVisit<CustomerRecord>.make(door) { visit throws(ServeError) in
            var change = wanted
            let agents = Set(try await Self.rules(visit, siteID).agents.keys)
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

    /// Gives all customers whose attributes fit one of the agents, in turn.
    public func assign(
        where conditions: [(name: String, value: String)], to names: [String], at site: String,
        isPreview: Bool
    ) throws -> AssignmentReport {
        let siteID = try SiteStore.id(site)
        let outcome = try StoreVisit<CustomerAssignment.Outcome>.make(door) {
            visit throws(ServeError) in
            let known = Set(try await Self.rules(visit, siteID).agents.keys)
            var agents: [PersonID] = []
            for name in names { agents.append(try Self.agent(name, known, site)) }
            var assignment = CustomerAssignment(
                filter: CustomerFilter(equal: conditions), agents: agents, isPreview: isPreview)
            assignment.countsConditions = true
            let outcome = await withCheckedContinuation { continuation in
                assignment.begin(visit.desk, site: siteID) { continuation.resume(returning: $0) }
            }
            guard let outcome else {
                throw ServeError.settings("Redis went away in between; run the command again")
            }
            return outcome
        }
        return AssignmentReport(
            isPreview: isPreview, looked: outcome.looked,
            given: names.map { name in
                .init(agent: name, customers: PersonID(name).flatMap { outcome.given[$0] } ?? 0)
            },
            already: outcome.already,
            conditions: zip(conditions, outcome.conditions).map { condition, count in
                .init(
                    name: condition.name, value: condition.value, fitting: count.fitting,
                    known: count.known)
            })
    }

    // MARK: Parts

    private static func rules<Value>(
        _ visit: isolated StoreVisit<Value>, _ site: SiteID
    ) async throws(ServeError) -> ImportRules {
        guard case .site(let stored?) = try await visit.ask(.loadSite, site: site) else {
            throw try await visit.unknown(site)
        }
        let file = SiteFile.load(text: stored.text, name: "\(site)")
        guard let settings = file.settings else {
            throw ServeError.site("version \(stored.version) of \(site) cannot be read here")
        }
        return ImportRules(settings)
    }

    private static let shownAgents = 20

    private static func agent(
        _ name: String, _ agents: Set<PersonID>, _ site: String
    ) throws(ServeError) -> PersonID {
        guard let agent = PersonID(name), agents.contains(agent) else {
            let names = agents.map(\.text).sorted()
            let more = names.count > shownAgents ? " and \(names.count - shownAgents) more" : ""
            let list = names.prefix(shownAgents).joined(separator: ", ")
            throw ServeError.site(
                "the site \(site) has no agent `\(name)`; "
                    + (names.isEmpty ? "it has none at all" : "there are \(list)\(more)"))
        }
        return agent
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
