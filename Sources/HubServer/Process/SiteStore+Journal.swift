/// Reading a site's journal for `chathub journal`: the stream `{site}:journal` that every step adds
/// to (`journal` in lib_base.lua).
import ChatModel
public import HubConfig
import HubCore
import Redis

/// Which entries of a journal.
public struct JournalQuery: Sendable {
    /// Only this session's; nil: all.
    public var session: String?
    /// At most so many of the newest; nil: all that are kept.
    public var last: Int?
    /// Go on with what happens, until the process is ended.
    public var follows: Bool

    public init(session: String?, last: Int?, follows: Bool) {
        self.session = session
        self.last = last
        self.follows = follows
    }
}

extension SiteStore {
    /// Tells the entries, oldest first. Blocks; with `follows` it comes back only with an error.
    /// Memory is bounded by `last`, or by a page of a thousand entries.
    public func journal(
        at site: String, _ query: JournalQuery, each: @escaping @Sendable ([JournalEntry]) -> Void
    ) throws {
        let id = try Self.id(site)
        try StoreVisit<Void>.make(door) { visit throws(ServeError) in
            let journal = Journal(key: "{\(id.text)}:journal", query: query)
            var end = try await journal.tellKept(visit, each)
            while query.follows {
                let next = try await journal.tell(visit, after: end, each)
                if next == end { await visit.pause(milliseconds: 250) }
                end = next
            }
        }
    }
}

/// One reading of one journal.
private struct Journal: Sendable {
    let key: String
    let query: JournalQuery
    private static let page = 1000
    /// Entries of one look backwards: a script of a customer waits no longer than for this.
    private static let newestPage = 500

    /// What is kept already; the number of the newest entry.
    func tellKept(
        _ visit: isolated StoreVisit<Void>, _ each: @Sendable ([JournalEntry]) -> Void
    ) async throws(ServeError) -> String {
        if let last = query.last, query.session == nil {
            let entries = try await newest(visit, last)
            each(entries)
            return entries.last?.id ?? "0-0"
        }
        // A session's entries lie anywhere: the whole journal is looked through, page by page.
        var (kept, end): ([JournalEntry], String) = ([], "0-0")
        while true {
            let entries = try await read(visit, after: end)
            guard let newest = entries.last else { break }
            end = newest.id
            let fitting = entries.filter(isAsked)
            if let last = query.last {
                kept = (kept + fitting).suffix(last)
            } else {
                each(fitting)
            }
        }
        each(kept)
        return end
    }

    /// The newest entries, oldest first, read backwards page by page.
    private func newest(
        _ visit: isolated StoreVisit<Void>, _ last: Int
    ) async throws(ServeError) -> [JournalEntry] {
        var (found, end): ([JournalEntry], String) = ([], "+")
        while found.count < last {
            let count = min(Self.newestPage, last - found.count)
            let reply = try await visit.command(
                RedisCommand("XREVRANGE", key, end, "-", "COUNT", String(count)))
            let page = Self.entries(reply)
            found += page
            guard page.count == count, let oldest = page.last else { break }
            end = "(" + oldest.id
        }
        return found.reversed()
    }

    /// What came behind an entry; the number of the newest one looked at.
    func tell(
        _ visit: isolated StoreVisit<Void>, after end: String,
        _ each: @Sendable ([JournalEntry]) -> Void
    ) async throws(ServeError) -> String {
        let entries = try await read(visit, after: end)
        each(entries.filter(isAsked))
        return entries.last?.id ?? end
    }

    private func read(
        _ visit: isolated StoreVisit<Void>, after end: String
    ) async throws(ServeError) -> [JournalEntry] {
        Self.entries(
            try await visit.command(
                RedisCommand("XRANGE", key, "(" + end, "+", "COUNT", String(Self.page))))
    }

    private func isAsked(_ entry: JournalEntry) -> Bool {
        query.session == nil || entry.session == query.session
    }

    private static func entries(_ reply: RedisReply) -> [JournalEntry] {
        (reply.array ?? []).compactMap { item in
            guard let id = item[0]?.string, let at = Int64(id.prefix { $0 != "-" }) else {
                return nil
            }
            var fields: [String: String] = [:]
            let flat = item[1]?.array ?? []
            for index in stride(from: 0, to: flat.count - 1, by: 2) {
                if let name = flat[index].string { fields[name] = flat[index + 1].string }
            }
            return JournalEntry(
                id: id, atMilliseconds: at, kind: fields["type"] ?? "",
                session: fields["session"] ?? "", agent: fields["agent"] ?? "",
                level: fields["level"] ?? "", group: fields["group"] ?? "",
                by: fields["by"] ?? "")
        }
    }
}
