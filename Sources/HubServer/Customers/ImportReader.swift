/// A file of customers that comes as the body of a request: loaded while it comes, no faster than
/// the store takes it, and answered with what became of it. Made by `CustomerApi`.
import ChatModel
import EventLoop
import HubConfig
import HubCore
import WebSockets

/// On the loop's thread.
final class ImportReader: HTTPBodyReader {
    private let loop: EventLoop
    private let completion: HTTPCompletion
    private var loading: CustomerLoader?
    /// What came before the site's agents were known; at most a read of the socket or two.
    private var early: [UInt8] = []
    private var isWhole = false
    private var isPaused = false
    private var isAway = false
    /// Answered before the body was whole: nothing more is read.
    private var isAnswered = false
    private let start: Int64

    init(
        desk: StoreDesk, siteAgents: SiteAgents, site: SiteID, format: CustomerFormat,
        isDryRun: Bool, badRowBound: Int, loop: EventLoop, completion: HTTPCompletion
    ) {
        self.loop = loop
        self.completion = completion
        start = loop.nowMilliseconds()
        siteAgents.read(site) { [weak self] agents in
            guard let self else { return }
            guard let agents else {
                isAway = true
                return settle()
            }
            let loader = CustomerLoader(
                desk: desk, site: site, format: format, agents: agents, isDryRun: isDryRun,
                badRowBound: badRowBound)
            loader.levelAttribute = siteAgents.levelAttribute(of: site)
            loader.onAnswer = { [weak self] in self?.settle() }
            loading = loader
            early.withUnsafeBytes { loader.read($0) }
            early = []
            if isWhole { loader.finish() }
            settle()
        }
    }

    func take(_ piece: UnsafeRawBufferPointer) {
        guard !isAnswered else { return }
        guard let loading else {
            early.append(contentsOf: piece)
            return pause()
        }
        loading.read(piece)
        if loading.isLost { return giveUp() }
        if loading.isFull { pause() }
    }

    func finish() -> HTTPResponse {
        isWhole = true
        guard !isAnswered else { return Self.lost }
        loading?.finish()
        if let answer { return answer }
        return .deferred
    }

    private func pause() {
        isPaused = true
        completion.pauseBody()
    }

    /// The store is away: said at once, however much of the body is still to come.
    private func giveUp() {
        guard !isAnswered else { return }
        isAnswered = true
        completion.finish(isAway ? CustomerApi.away : Self.lost)
    }

    /// The store has answered: more of the body, or the end.
    private func settle() {
        if isAway || loading?.isLost == true { return giveUp() }
        if isPaused, loading?.isFull == false {
            isPaused = false
            completion.resumeBody()
        }
        if isWhole, let answer { completion.finish(answer) }
    }

    private static let lost = CustomerApi.error(
        503, "the store went away; send it again, rows that are loaded do no harm")

    /// Nil while steps are on their way.
    private var answer: HTTPResponse? {
        guard let loading, loading.inFlight == 0 else { return nil }
        if let failure = loading.failure {
            return CustomerApi.error(400, "line \(failure.line): \(failure.reason)")
        }
        var report = loading.report
        report.milliseconds = max(1, loop.nowMilliseconds() - start)
        return CustomerApi.json(200, Array(report.json().utf8))
    }
}
