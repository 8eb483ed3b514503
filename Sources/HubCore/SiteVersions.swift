/// Versions of a site file as the store keeps them: what `chathub apply`, `rollback`, `versions`
/// and `serve` ask for and are told.


/// A site file on its way into the store.
public struct ApplySite: Hashable, Sendable {
    public enum Condition: Hashable, Sendable {
        /// A file named at a start: stored only if it is not the one that was last applied, last
        /// named at a start, or in force. So a restart never undoes `apply` or `rollback`.
        case startFile
        /// Somebody looked at the difference to this version (0: there was none): refused with
        /// `reload` when another is in force by now. Nil: whichever is in force.
        case replacing(Int?)
    }

    public var text: String
    /// Tells one text from another.
    public var digest: String
    /// The file's name, for people.
    public var source: String
    /// Who applied it, for people.
    public var author: String
    public var condition: Condition
    /// Versions kept, this one included. The oldest go first, but never the one it replaces.
    public var keep: Int

    public static let standardKeep = 50

    public init(
        text: String, digest: String, source: String, author: String, condition: Condition,
        keep: Int = standardKeep
    ) {
        precondition(keep >= 2, "rollback needs the version before")
        self.text = text
        self.digest = digest
        self.source = source
        self.author = author
        self.condition = condition
        self.keep = keep
    }
}

/// What is kept of a version beside its text.
public struct VersionNote: Hashable, Sendable {
    /// From 1, rising, never used twice in a site.
    public var number: Int
    public var digest: String
    public var source: String
    public var author: String
    /// Milliseconds since 1970, Redis's time.
    public var at: Int64
    /// The version that was in force before it: where a rollback goes. 0: there was none. It may
    /// not be kept any more.
    public var previous: Int
    /// Of the text, in UTF-8.
    public var bytes: Int

    public init(
        number: Int, digest: String, source: String, author: String, at: Int64, previous: Int,
        bytes: Int
    ) {
        self.number = number
        self.digest = digest
        self.source = source
        self.author = author
        self.at = at
        self.previous = previous
        self.bytes = bytes
    }
}

public struct SiteVersions: Hashable, Sendable {
    /// 0: the site has no version.
    public var inForce: Int
    /// Newest first.
    public var notes: [VersionNote]

    public init(inForce: Int, notes: [VersionNote]) {
        self.inForce = inForce
        self.notes = notes
    }
}
