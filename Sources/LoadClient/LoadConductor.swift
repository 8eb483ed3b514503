/// Says when everybody begins and at which rate: this process by itself, or the one that started
/// it.
import EventLoop
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
            let line = String(decoding: bytes[..<end], as: UTF8.self)
            bytes.removeFirst(end + 1)
            each(PartLine(text: line) ?? .failure("a line between the processes is spoilt"))
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
            switch line {
            case nil: onStop(true)
            case .stop?: onStop(false)
            case .order(let order)?: self?.goOn(order)
            default: self?.goOn(nil)
            }
        }
    }

    private func goOn(_ order: StageOrder?) {
        guard let then = waiting else { return }
        waiting = nil
        then(order)
    }

    func proceed(after result: StageResult?, then: @escaping (StageOrder?) -> Void) {
        waiting = then
        tell(result.map(PartLine.result) ?? .ready)
    }

    func complete(_ report: inout LoadReport) {}
    func sampled(_ sample: LoadSample) { tell(.sample(sample)) }

    private func tell(_ line: PartLine) {
        // A parent that is gone is noticed at the other pipe, which ends the run.
        _ = line.write(to: 1)
    }
}
