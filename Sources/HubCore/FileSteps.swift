/// The store's steps about files. It keeps which files a session has and what became of them; the
/// contents lie elsewhere (`BlobStore` in HubServer). A file is offered, its content is kept, a
/// message names it; it goes with its session, or after an hour in which no message named it.
public import ChatModel

/// What a site allows of files.
public struct FileLimits: Hashable, Sendable {
    /// Files one session may have.
    public var perSession: Int
    /// Bytes of all contents of the site together.
    public var totalBytes: Int

    public init(perSession: Int = 50, totalBytes: Int = 20 << 30) {
        self.perSession = perSession
        self.totalBytes = totalBytes
    }
}

public struct OfferFile: Hashable, Sendable {
    public var session: SessionID
    /// Used if it is a new one; the same key of the same person leads to the first one.
    public var file: FileID
    public var by: Participant
    public var key: String
    public var name: String
    public var byteCount: Int
    public var limits: FileLimits

    public init(
        session: SessionID, file: FileID, by: Participant, key: String, name: String,
        byteCount: Int, limits: FileLimits
    ) {
        self.session = session
        self.file = file
        self.by = by
        self.key = key
        self.name = name
        self.byteCount = byteCount
        self.limits = limits
    }
}

/// A file's content has come in whole.
public struct KeptFile: Hashable, Sendable {
    public var session: SessionID
    public var file: FileID
    /// What the content shows.
    public var type: String
    /// Of `FileLimits`: only what has come takes space, so that nobody takes any by offers alone.
    public var totalBytes: Int

    public init(session: SessionID, file: FileID, type: String, totalBytes: Int) {
        self.session = session
        self.file = file
        self.type = type
        self.totalBytes = totalBytes
    }
}

/// A message is about to name a file.
public struct ClaimFile: Hashable, Sendable {
    public var session: SessionID
    public var file: FileID
    public var by: Participant

    public init(session: SessionID, file: FileID, by: Participant) {
        self.session = session
        self.file = file
        self.by = by
    }
}

/// A file with its session as it is at that moment.
public struct FileFinding: Hashable, Sendable {
    public var record: FileRecord
    public var session: SessionRecord

    public init(record: FileRecord, session: SessionRecord) {
        self.record = record
        self.session = session
    }
}
