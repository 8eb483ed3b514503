/// Says when everybody begins and at which rate: this process by itself, or the one that started it.
import EventLoop
import Foundation
import Glibc

protocol LoadConductor: AnyObject {
    /// Rates are being tried: one that grows without end is cut off.
    var isSearching: Bool { get }
    /// Everybody is in (nil), or the stage is over: `then` gets the next one, nil for the end.
    func proceed(after result: StageResult?, then: @escaping (StageOrder?) -> Void)
    func complete(_ report: inout LoadReport)
    func sampled(_ sample: LoadSample)
}

final class LocalConductor: LoadConductor {
    private var book: StageBook

    init(_ options: LoadOptions) { book = StageBook(options) }

    var isSearching: Bool { book.search.isSearching }

    func proceed(after result: StageResult?, then: @escaping (StageOrder?) -> Void) {
        if let result { book.note(result) }
        then(book.order)
    }

    func complete(_ report: inout LoadReport) { book.complete(&report) }
    func sampled(_ sample: LoadSample) {}
}

/// One line either way between a process and its parts, over pipes: JSON objects.
struct PartLine: Codable {
    /// To the parent: everybody is in.
    var ready: Bool?
    var result: StageResult?
    var sample: LoadSample?
    var report: LoadReport?
    /// Why this part cannot go on.
    var failure: String?
    /// To the part: play this.
    var order: StageOrder?
    /// To the part: it was the last one.
    var end: Bool?
    /// To the part: report what there is.
    var stop: Bool?

    /// Blocks until the pipe took it; false when nobody reads any more.
    func write(to descriptor: Int32) -> Bool {
        // Encoding plain numbers and texts does not fail; if it did, the other side waits in vain.
        guard var bytes = try? JSONEncoder().encode(self) else { return false }
        bytes.append(0x0A)
        return bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EAGAIN {
                    var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wish, 1, -1)
                } else if count <= 0 && errno != EINTR {
                    return false
                }
                rest = rest.dropFirst(max(0, count))
            }
            return true
        }
    }
}

/// Reads `PartLine`s from a pipe as they come.
final class PartReader {
    private let watcher: FileWatcher
    private var bytes: [UInt8] = []

    /// `each` gets nil at the end of the stream, once.
    init(loop: EventLoop, descriptor: Int32, _ each: @escaping (PartLine?) -> Void) throws {
        var take: () -> Void = {}
        watcher = try loop.watch(descriptor: descriptor, .readable) { _ in take() }
        take = { [weak self] in self?.read(each) }
    }

    private func read(_ each: (PartLine?) -> Void) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(watcher.descriptor, &chunk, chunk.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard count > 0 else {
            watcher.stop()
            return each(nil)
        }
        bytes += chunk[..<count]
        while let end = bytes.firstIndex(of: 0x0A) {
            let line = Data(bytes[..<end])
            bytes.removeFirst(end + 1)
            do {
                each(try JSONDecoder().decode(PartLine.self, from: line))
            } catch {
                each(PartLine(failure: "a line between the processes cannot be read: \(error)"))
            }
        }
    }
}

/// In a process that plays a part: asks its parent over standard input and output.
final class PartConductor: LoadConductor {
    let isSearching: Bool
    private var reader: PartReader?
    private var waiting: ((StageOrder?) -> Void)?

    /// `onStop`: the parent wants the report now, or is gone.
    init(loop: EventLoop, options: LoadOptions, onStop: @escaping (_ isGone: Bool) -> Void) throws {
        isSearching = options.search != .fixed
        reader = try PartReader(loop: loop, descriptor: 0) { [weak self] line in
            guard let line else { return onStop(true) }
            if line.stop == true { return onStop(false) }
            guard let waiting = self?.waiting else { return }
            self?.waiting = nil
            waiting(line.order)
        }
    }

    func proceed(after result: StageResult?, then: @escaping (StageOrder?) -> Void) {
        waiting = then
        tell(result.map { PartLine(result: $0) } ?? PartLine(ready: true))
    }

    func complete(_ report: inout LoadReport) {}
    func sampled(_ sample: LoadSample) { tell(PartLine(sample: sample)) }

    func tell(_ line: PartLine) {
        // A parent that is gone is noticed at the other pipe, which ends the run.
        _ = line.write(to: 1)
    }
}
