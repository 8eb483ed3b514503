/// Contents as files of a folder: `<site>/<two letters>/<file>.<type>`, and `<site>/coming/` for
/// what is not whole yet. Every system call that may wait runs beside the loop.
///
/// Several workers and machines may share the folder: each content is written under a name of its
/// own, flushed to disk, and then linked to its place (link(2) never replaces what is there).
import ChatModel
import EventLoop
import Glibc

final class FolderBlobStore: BlobStore {
    private let loop: EventLoop
    private let root: String
    /// What a content of each type is called behind the dot.
    static let endings = [
        "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp",
        "application/pdf": "pdf", "application/zip": "zip", "text/plain": "txt",
    ]

    init(loop: EventLoop, root: String) {
        precondition(root.hasPrefix("/"), "a folder of contents is named from the top")
        self.loop = loop
        self.root = root
    }

    func writer(of file: FileID, at site: SiteID) -> any BlobWriter {
        let mark = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return FolderBlobWriter(
            loop: loop, folder: folder(of: file, at: site), file: file,
            coming: "\(root)/\(site.text)/coming/\(file).\(mark)")
    }

    func open(_ name: BlobName, then: @escaping ((any BlobReader)?) -> Void) {
        guard let ending = Self.endings[name.type] else { return loop.post(later(then, nil)) }
        let path = "\(folder(of: name.file, at: name.site))/\(name.file).\(ending)"
        loop.offload {
            OpenBlob(path: path)
        } then: { [loop] found in
            then(found.map { FolderBlobReader(loop: loop, $0) })
        }
    }

    func delete(_ files: [FileID], at site: SiteID, then: @escaping ([FileID]) -> Void) {
        let paths = files.map { file in
            (file, Self.endings.values.map { "\(folder(of: file, at: site))/\(file).\($0)" })
        }
        loop.offload {
            paths.compactMap { file, names in
                names.allSatisfy { unlink($0) == 0 || errno == ENOENT } ? file : nil
            }
        } then: { then($0) }
    }

    /// Removes what was left unfinished: uploads whose process died, an hour old or more.
    func sweepUnfinished(at site: SiteID) {
        let folder = "\(root)/\(site.text)/coming"
        loop.offload { Self.sweep(folder) } then: { _ in }
    }

    private static func sweep(_ folder: String) -> Int {
        guard let directory = opendir(folder) else { return 0 }
        defer { closedir(directory) }
        let oldest = time(nil) - 3_600
        var count = 0
        while let entry = readdir(directory) {
            let path = folder + "/" + entry.pointee.name
            var status = stat()
            let isOld = stat(path, &status) == 0 && status.st_mtim.tv_sec < oldest
            if isOld, status.st_mode & S_IFMT == S_IFREG, unlink(path) == 0 { count += 1 }
        }
        return count
    }

    /// Identifiers of sites and files are letters, digits, `-` and `_`: no way out of the folder.
    private func folder(of file: FileID, at site: SiteID) -> String {
        "\(root)/\(site.text)/\(file.description.dropFirst(2).prefix(2))"
    }

    private func later(
        _ then: @escaping ((any BlobReader)?) -> Void, _ value: (any BlobReader)?
    ) -> @Sendable () -> Void {
        // Made and called on the loop's thread: nothing crosses to another.
        nonisolated(unsafe) let call = { then(value) }
        return { call() }
    }
}

extension dirent {
    /// The name lies in the record up to its first zero byte (readdir(3)).
    fileprivate var name: String {
        withUnsafeBytes(of: d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

// MARK: - Writing

private final class FolderBlobWriter: BlobWriter {
    private let loop: EventLoop
    private let folder: String
    private let file: FileID
    private let coming: String
    /// -1 before the first piece and after the end.
    private var descriptor: Int32 = -1
    private var isBusy = false
    private var isCancelled = false
    private var isFinished = false

    init(loop: EventLoop, folder: String, file: FileID, coming: String) {
        self.loop = loop
        self.folder = folder
        self.file = file
        self.coming = coming
    }

    func write(_ piece: [UInt8], then: @escaping (Bool) -> Void) {
        isBusy = true
        let (known, path) = (descriptor, coming)
        loop.offload {
            Self.write(piece, to: known >= 0 ? known : Self.create(path))
        } then: { [self] result in
            isBusy = false
            descriptor = result.descriptor
            if isCancelled { return discard() }
            then(result.isWritten)
        }
    }

    func finish(type: String, then: @escaping (Bool) -> Void) {
        guard let ending = FolderBlobStore.endings[type] else {
            preconditionFailure("only types that are told from others are taken")
        }
        isBusy = true
        let (known, path, folder) = (descriptor, coming, folder)
        let place = "\(folder)/\(file).\(ending)"
        descriptor = -1
        loop.offload {
            Self.settle(known, path, place, folder)
        } then: { [self] isKept in
            isBusy = false
            isFinished = isKept
            if !isKept { discard() }
            if !isCancelled { then(isKept) }
        }
    }

    func cancel() {
        guard !isFinished, !isCancelled else { return }
        isCancelled = true
        if !isBusy { discard() }
    }

    private func discard() {
        let (known, path) = (descriptor, coming)
        descriptor = -1
        loop.offload {
            if known >= 0 { close(known) }
            return unlink(path)
        } then: { _ in }
    }

    // MARK: Beside the loop

    private static func create(_ path: String) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = open(path, flags, 0o600)
        guard descriptor < 0, errno == ENOENT else { return descriptor }
        makeFolders(above: path)
        return open(path, flags, 0o600)
    }

    /// Each that is missing, from the top.
    private static func makeFolders(above path: String) {
        let parts = path.split(separator: "/").dropLast()
        var folder = ""
        for part in parts {
            folder += "/" + part
            mkdir(folder, 0o700)
        }
    }

    private static func write(_ piece: [UInt8], to descriptor: Int32)
        -> (descriptor: Int32, isWritten: Bool)
    {
        guard descriptor >= 0 else { return (-1, false) }
        var written = 0
        while written < piece.count {
            let count = piece.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, piece.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (descriptor, false) }
            written += count
        }
        return (descriptor, true)
    }

    /// On disk, then in its place, then the folder's entry on disk too.
    private static func settle(
        _ descriptor: Int32, _ path: String, _ place: String, _ folder: String
    ) -> Bool {
        guard descriptor >= 0 else { return false }
        let isFlushed = fsync(descriptor) == 0
        close(descriptor)
        guard isFlushed else { return false }
        if link(path, place) != 0, errno == ENOENT {
            makeFolders(above: place)
            link(path, place)
        }
        guard access(place, F_OK) == 0 else { return false }
        unlink(path)
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return false }
        defer { close(directory) }
        return fsync(directory) == 0
    }
}

// MARK: - Reading

private struct OpenBlob: Sendable {
    let descriptor: Int32
    let byteCount: Int

    /// Nil when it is not there or cannot be read.
    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            Glibc.close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }
}

private final class FolderBlobReader: BlobReader {
    let byteCount: Int
    private let loop: EventLoop
    private let descriptor: Int32
    private var isBusy = false
    private var isClosed = false

    init(loop: EventLoop, _ blob: OpenBlob) {
        self.loop = loop
        descriptor = blob.descriptor
        byteCount = blob.byteCount
    }

    deinit { if !isClosed { Glibc.close(descriptor) } }

    func read(atMost most: Int, then: @escaping ([UInt8]?) -> Void) {
        isBusy = true
        let descriptor = descriptor
        loop.offload {
            Self.read(descriptor, most)
        } then: { [self] piece in
            isBusy = false
            if isClosed {
                Glibc.close(descriptor)
            } else {
                then(piece)
            }
        }
    }

    /// A read under way still uses the number: it is given back after it.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        if !isBusy { Glibc.close(descriptor) }
    }

    private static func read(_ descriptor: Int32, _ most: Int) -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: most)
        while true {
            let count = Glibc.read(descriptor, &piece, most)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            piece.removeLast(most - count)
            return piece
        }
    }
}
