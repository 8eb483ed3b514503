/// The content of a file while it comes: counted, looked at, written no faster than the disk takes
/// it, and told to the store when it is safe. Made by `FileDoor`.
import ChatModel
import ChatProtocol
import EventLoop
import HubCore
import WebSockets

/// On the loop's thread.
final class FileUpload: HTTPBodyReader {
    /// Bytes gathered for one write, and at which no more is read.
    private static let writeBytes = 262_144
    private static let pauseBytes = 524_288

    private let ticket: FileTicket
    private let rules: FileRules
    private let writer: any BlobWriter
    private let desk: StoreDesk
    private let completion: HTTPCompletion
    private let answer: (FileAnswer) -> HTTPResponse
    private let forget: () -> Void
    private let ended: () -> Void
    private var sniffer = ContentSniffer()
    private var received = 0
    private var buffer: [UInt8] = []
    private var isWriting = false
    private var isPaused = false
    private var isWhole = false
    private var failure: FileAnswer?

    /// `answer`: with what a page of another origin must be told. `forget`: takes the content away
    /// that the store wants no more. `ended`: nothing more comes.
    init(
        _ ticket: FileTicket, rules: FileRules, writer: any BlobWriter, desk: StoreDesk,
        completion: HTTPCompletion, answer: @escaping (FileAnswer) -> HTTPResponse,
        forget: @escaping () -> Void, ended: @escaping () -> Void
    ) {
        self.forget = forget
        self.ended = ended
        self.ticket = ticket
        self.rules = rules
        self.writer = writer
        self.desk = desk
        self.completion = completion
        self.answer = answer
    }

    /// The connection ended, or all is done: nothing unfinished is left lying.
    deinit {
        writer.cancel()
        ended()
    }

    /// What follows a failure is read and dropped: a browser that is cut off while it sends learns
    /// nothing of the answer. It is no more than was announced.
    func take(_ piece: UnsafeRawBufferPointer) {
        received += piece.count
        guard failure == nil else { return }
        guard received <= ticket.file.byteCount else { return fail(.tooBig) }
        sniffer.take(piece)
        buffer.append(contentsOf: piece)
        writeOn()
        if isWriting, buffer.count >= Self.pauseBytes, !isPaused {
            isPaused = true
            completion.pauseBody()
        }
    }

    func finish() -> HTTPResponse {
        if failure == nil, received != ticket.file.byteCount { fail(.badLength) }
        let types = rules.terms.types
        if failure == nil, !types.contains(sniffer.type ?? "") { fail(.badType(types)) }
        if let failure { return answer(failure) }
        // From here on a failure answers by itself.
        isWhole = true
        writeOn()
        return .deferred
    }

    private func fail(_ why: FileAnswer) {
        failure = why
        buffer = []
        writer.cancel()
        if isWhole { completion.finish(answer(why)) }
    }

    private func writeOn() {
        guard !isWriting, failure == nil else { return }
        if buffer.isEmpty {
            if isWhole { settle() }
        } else if isWhole || buffer.count >= Self.writeBytes {
            isWriting = true
            let piece = buffer
            buffer = []
            writer.write(piece) { [weak self] isWritten in self?.wrote(isWritten) }
        }
    }

    private func wrote(_ isWritten: Bool) {
        isWriting = false
        guard failure == nil else { return }
        guard isWritten else {
            if isPaused { completion.resumeBody() }
            return fail(.unavailable)
        }
        writeOn()
        if isPaused, buffer.count < Self.pauseBytes {
            isPaused = false
            completion.resumeBody()
        }
    }

    /// All of it is written: into its place, then the store learns of it, then the client.
    private func settle() {
        isWriting = true
        let type = sniffer.type ?? ""
        writer.finish(type: type) { [weak self] isKept in
            guard let self else { return }
            guard isKept else { return fail(.unavailable) }
            tellStore(type)
        }
    }

    private func tellStore(_ type: String) {
        let kept = KeptFile(
            session: ticket.session, file: ticket.file.id, type: type,
            totalBytes: rules.limits.totalBytes)
        desk.submit(.fileKept(kept), site: ticket.site) { [weak self] reply in
            guard let self else { return }
            switch reply {
            case .file(let finding): completion.finish(answer(.kept(finding.record.file)))
            // The content goes with the file's own end, which the store tells.
            case .refused(.sessionClosed): completion.finish(answer(.sessionClosed))
            case .refused(.noSpace):
                // Others were faster. What is not kept takes no space.
                forget()
                completion.finish(answer(.noSpace))
            case .refused:
                // Given up while it came: nothing names it any more.
                forget()
                completion.finish(answer(.noFile))
            default: completion.finish(answer(.unavailable))
            }
        }
    }
}
