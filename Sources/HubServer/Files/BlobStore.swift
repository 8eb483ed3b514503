/// Where the contents of files lie, apart from what the store knows of them. Used on the loop's
/// thread; answers come back to it, never inside the call. All workers, and all machines of a hub,
/// must reach the same one.
import ChatModel

/// A content's address: its type is part of it, so whatever is found under a file's recorded type
/// was once judged to be of that type.
struct BlobName: Hashable, Sendable {
    let site: SiteID
    let file: FileID
    let type: String
}

protocol BlobStore: AnyObject {
    /// Nothing is there before the writer has finished.
    func writer(of file: FileID, at site: SiteID) -> any BlobWriter
    /// Nil when there is no such content.
    func open(_ name: BlobName, then: @escaping ((any BlobReader)?) -> Void)
    /// Those of which nothing is left, also of those that were not there.
    func delete(_ files: [FileID], at site: SiteID, then: @escaping ([FileID]) -> Void)
}

protocol BlobWriter: AnyObject {
    /// One piece after the other: the next when `then` was called. False: it cannot be kept.
    func write(_ piece: [UInt8], then: @escaping (Bool) -> Void)
    /// The content is on disk, in its place, once `then` says so. Whatever was there first under
    /// this type stays.
    func finish(type: String, then: @escaping (Bool) -> Void)
    /// Nothing is left of it. Harmless after `finish`.
    func cancel()
}

protocol BlobReader: AnyObject {
    var byteCount: Int { get }
    /// At most `most` bytes; empty at the end, nil when it cannot be read. One call at a time.
    func read(atMost most: Int, then: @escaping ([UInt8]?) -> Void)
    func close()
}
