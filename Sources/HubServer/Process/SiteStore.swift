/// The versions of sites in the store of a hub, for the commands `apply`, `rollback`, `versions`
/// and `explain`. Each call connects, asks, and leaves again; it blocks meanwhile.
import ChatModel
import Foundation
public import HubConfig
import HubCore

/// A version's number and text.
public struct SiteText: Sendable, Hashable {
    public let number: Int
    public let text: String

    init(_ stored: StoredSite) {
        number = stored.version
        text = stored.text
    }
}

public struct SiteStore: Sendable {
    let door: StoreDoor

    /// By the settings' Redis, or the private one of their data folder. Throws when there is none.
    public init(settings: NodeSettings) throws {
        door = try StoreDoor(settings)
    }

    /// Nil when the site is not known here.
    public func inForce(at site: String) throws -> SiteText? {
        let id = try Self.id(site)
        return try StoreVisit<SiteText?>.make(door) { visit throws(ServeError) in
            guard case .site(let stored) = try await visit.ask(.loadSite, site: id) else {
                throw ServeError.site("the store does not tell what is in force at \(site)")
            }
            return stored.map(SiteText.init)
        }
    }

    /// What to throw when the site turns out not to be known here: it says which are.
    public func unknown(_ site: String) throws -> any Error {
        let id = try Self.id(site)
        return try StoreVisit<ServeError>.make(door) { visit throws(ServeError) in
            try await visit.unknown(id)
        }
    }

    /// The names of all sites of the hub.
    public func sites() throws -> [String] {
        try StoreVisit<[String]>.make(door) { visit throws(ServeError) in
            try await visit.sites().map(\.text)
        }
    }

    /// A kept version; nil when it is not.
    public func version(_ number: Int, at site: String) throws -> SiteText? {
        let id = try Self.id(site)
        return try StoreVisit<SiteText?>.make(door) { visit throws(ServeError) in
            guard case .site(let stored?) = try await visit.ask(.loadVersion(number), site: id)
            else { return nil }
            return SiteText(stored)
        }
    }

    /// Newest first; empty when the site is not known here.
    public func versions(at site: String) throws -> [VersionEntry] {
        let id = try Self.id(site)
        return try StoreVisit<[VersionEntry]>.make(door) { visit throws(ServeError) in
            guard case .versions(let list) = try await visit.ask(.siteVersions, site: id) else {
                throw ServeError.site("the store does not tell the versions of \(site)")
            }
            return list.notes.map { note in
                VersionEntry(
                    number: note.number, isInForce: note.number == list.inForce,
                    atMilliseconds: note.at, digest: note.digest, source: note.source,
                    author: note.author, previous: note.previous, bytes: note.bytes)
            }
        }
    }

    /// Puts a checked text into force as a new version; its number. `replacing`: the version it was
    /// compared with, 0 for none; when another one is in force by now, nothing is done.
    public func apply(
        text: String, at site: String, source: String, replacing: Int
    ) throws -> Int {
        let id = try Self.id(site)
        let apply = ApplySite(
            text: text, digest: ContentHash.text(of: Array(text.utf8)),
            source: Self.shortened(URL(fileURLWithPath: source).lastPathComponent),
            author: Self.shortened(NSUserName()), condition: .replacing(replacing))
        return try StoreVisit<Int>.make(door) { visit throws(ServeError) in
            try await visit.announce(id)
            return try Self.number(await visit.ask(.applySite(apply), site: id), site)
        }
    }

    /// Goes back to the version before the one in force; its number. `replacing` as above.
    public func rollback(at site: String, replacing: Int) throws -> Int {
        let id = try Self.id(site)
        return try StoreVisit<Int>.make(door) { visit throws(ServeError) in
            try Self.number(
                await visit.ask(.rollbackSite(replacing: replacing), site: id), site)
        }
    }

    private static func number(_ reply: StoreReply, _ site: String) throws(ServeError) -> Int {
        switch reply {
        case .site(let stored?): return stored.version
        case .refused(.reload):
            throw ServeError.site(
                "another version of \(site) came into force meanwhile; nothing was stored, look "
                    + "again")
        case .refused(.notFound):
            throw ServeError.site("no version of \(site) before this one is kept")
        default: throw ServeError.site("the store answered something else: \(reply)")
        }
    }

    static func id(_ site: String) throws(ServeError) -> SiteID {
        guard let id = SiteID(site) else {
            throw ServeError.site(
                "`\(site)` is no name of a site: 1-40 of a-z, 0-9 and -, beginning with a "
                    + "letter or digit")
        }
        return id
    }

    private static func shortened(_ text: String) -> String { String(text.prefix(100)) }
}
