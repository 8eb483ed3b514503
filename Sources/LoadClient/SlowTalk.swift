/// One pair of `slow-readers` whose customer stops reading while his agent goes on writing, until
/// the hub closes the customer's connection; then he comes back and reads all of it.
import ChatModel
import ChatProtocol
import EventLoop
import WebSockets

final class SlowTalk {
    private enum Phase { case idle, writing, closed, returning, over }

    private let context: LoadContext
    private let pair: Pairing.Pair
    private let done: () -> Void
    private var phase = Phase.idle
    private(set) var sent = 0
    private var acknowledged = 0
    /// The next number the customer must read, and the seq of the last message he read.
    private var expected = 0
    private var lastSeq = 0
    /// How often he stopped reading, and what was acknowledged when he did so last.
    private var stalls = 0
    private var stalledAt = 0
    /// He reads again until he has caught up with this; nil: he does not read.
    private var catchingUpTo: Int?
    private(set) var wasClosedAsSlow = false
    private(set) var isWhole = false

    /// Long enough to be refused by nobody's default limit, and for 200 of them to fit one answer.
    private static let textBytes = 4_000
    /// Messages a second to each of them: 1 MB.
    private static let rate = 250
    private static let window = 128
    /// What is said to him before he reads again, the first time; each time more. A hub lets 1 MB
    /// wait and its kernel about 4: so he is found too slow, and reads the close within the five
    /// seconds that the hub grants it.
    private static let firstStallBytes = 3_500_000.0
    private static let stallGrowth = 1.25
    private static let stallLimit = 8
    /// So little is kept for him by his own kernel, as on a poor line.
    private static let receiveBufferBytes = 65_536

    init(_ context: LoadContext, _ pair: Pairing.Pair, done: @escaping () -> Void) {
        self.context = context
        self.pair = pair
        self.done = done
    }

    var isOver: Bool { phase == .over }

    /// The agent writes, the customer reads.
    func begin() {
        phase = .writing
        pair.customer.socket?.limitReceiveBuffer(bytes: Self.receiveBufferBytes)
        catchingUpTo = .max
        write()
    }

    /// The customer reads nothing for a while, then what there is, and again.
    func stall() {
        guard phase == .writing, !context.isOver else { return }
        stalls += 1
        if stalls > Self.stallLimit {
            return fail("a customer who does not read was never closed")
        }
        stalledAt = acknowledged
        catchingUpTo = nil
        pair.customer.socket?.pauseReading()
    }

    private func readAgainWhenEnoughWaits() {
        let growth = (1..<max(1, stalls)).reduce(Self.firstStallBytes) { bytes, _ in
            bytes * Self.stallGrowth
        }
        guard phase == .writing, catchingUpTo == nil,
            Double((acknowledged - stalledAt) * Self.textBytes) >= growth
        else { return }
        catchingUpTo = acknowledged
        pair.customer.socket?.resumeReading()
    }

    private func write() {
        guard phase == .writing, !context.isOver else { return }
        for _ in 0..<(Self.rate / 50) where sent - acknowledged < Self.window {
            var text: [UInt8] = []
            TextMark(isMeasured: false, number: sent, plannedMicroseconds: 0).append(to: &text)
            text += repeatElement(UInt8(ascii: "x"), count: Self.textBytes - text.count)
            pair.agent.request(
                "message.send",
                #""session":"\#(pair.session)","key":"\#(context.runName)-s\#(sent)","text":""#
                    + String(decoding: text, as: UTF8.self) + "\"")
            sent += 1
        }
        context.loop.schedule(afterMilliseconds: 20) { [weak self] in self?.write() }
    }

    func heard(_ event: ServerEvent, by person: LoadPerson) {
        if event.type == "error" {
            return fail("a slow reader's talk was refused: \(LoadRefusal.text(event))")
        }
        if person.isAgent {
            guard event.type == "ok" else { return }
            acknowledged += 1
            readAgainWhenEnoughWaits()
            if phase == .closed { comeBack() }
            return
        }
        switch event.type {
        case "message": read(event.seq, event.text)
        case "ok": answered(event)
        default: break
        }
    }

    private func read(_ seq: Int?, _ text: String?) {
        guard let seq, let mark = text.flatMap({ TextMark($0) }), phase != .over else { return }
        guard seq == lastSeq + 1 || lastSeq == 0, mark.number == expected else {
            return fail(
                "a slow reader heard number \(mark.number) instead of \(expected)")
        }
        lastSeq = seq
        expected += 1
        if phase == .writing, let catchingUpTo, expected >= catchingUpTo { stall() }
    }

    /// The customer's connection ended.
    func lost(_ code: Int) {
        guard phase == .writing || phase == .closed else {
            return fail("a slow reader lost the line again while he read (\(code))")
        }
        if code == 4008 {
            wasClosedAsSlow = true
        } else {
            context.report.violated("a slow reader was closed with \(code) instead of 4008")
        }
        phase = .closed
        comeBack()
    }

    // MARK: Coming back

    /// Once everything said to him is acknowledged: then it is known what he must find.
    private func comeBack() {
        guard phase == .closed, acknowledged == sent else { return }
        phase = .returning
        pair.customer.comesAgain()
        context.crowd.connectNow(pair.customer)
    }

    func opened() {
        let site = context.options.site
        let resume = #"{"session":"\#(pair.session)","after":\#(lastSeq)}"#
        pair.customer.request(
            "hello",
            #""role":"customer","site":"\#(site)","secret":"\#(pair.customer.secret ?? "")""#
                + #","resume":[\#(resume)]"#)
    }

    /// Of the hello: the newest messages, or the first part of them; of `history`: a page.
    private func answered(_ event: ServerEvent) {
        guard phase == .returning else { return }
        let before = expected
        let isHello = event.id == 1
        var found = event.tree
        if case .array(let sessions)? = found["sessions"] {
            let own = JSONValue.text(pair.session.description)
            guard let session = sessions.first(where: { $0["session"] == own }) else {
                return fail("a slow reader's session was gone when he came back")
            }
            found = session
        }
        if case .array(let messages)? = found["messages"] {
            // After a gap the newest ones come first: they are read again as pages.
            let seqs = messages.compactMap(Self.seq)
            if let first = seqs.first, first <= lastSeq + 1 || lastSeq == 0 {
                for message in messages {
                    guard case .text(let text)? = message["text"] else { continue }
                    read(Self.seq(message), text)
                }
            }
        }
        guard phase == .returning else { return }
        if expected == sent {
            isWhole = true
            return finish()
        }
        if expected == before, !isHello {
            return fail("a slow reader's history ends at \(expected) of \(sent) messages")
        }
        pair.customer.request(
            "history", #""session":"\#(pair.session)","after":\#(lastSeq),"limit":100"#)
    }

    private static func seq(_ message: JSONValue) -> Int? {
        guard case .integer(let seq)? = message["seq"] else { return nil }
        return Int(seq)
    }

    /// The time is over.
    func giveUp() {
        guard phase != .over else { return }
        fail("a slow reader is not back with everything (\(expected) of \(sent)) in time")
    }

    private func fail(_ text: String) {
        context.report.violated(text)
        finish()
    }

    private func finish() {
        guard phase != .over else { return }
        phase = .over
        done()
    }
}
