/// The built-in robot at one site: what it says to what it hears. It speaks the public protocol and
/// nothing else; whoever owns it (`RobotDesk`) carries its lines. No sockets here.
import ChatModel
import ChatProtocol
import HubConfig
import Routing

final class RobotLink {
    /// A session it has.
    private struct Talk {
        var locale: String?
        /// Still alone with the customer; else he waits for a human and it only helps.
        var hasFloor: Bool
        /// Older messages were somebody else's to answer.
        var answersFrom: Int
    }

    /// A request that is not answered yet. One refused for now is repeated, under the same key.
    private struct Errand {
        let session: String
        let key: String
        let type: StaticString
        let members: (inout JSONWriter) -> Void
        /// What is done instead when it is refused for good.
        var otherwise: (() -> Void)?
        /// Milliseconds until it is repeated.
        var delay = RobotLink.firstDelay
    }

    private static let firstDelay: Int64 = 200
    private static let longestDelay: Int64 = 2_000

    let site: SiteID
    private var settings: RobotSettings
    private var matcher: RobotMatcher
    private var talks: [String: Talk] = [:]
    private var lastRequest: Int64 = 0
    /// By request number; those that wait to be repeated stay under their old one.
    private var errands: [Int64: Errand] = [:]
    /// What the last connection left unanswered, in order: said again where it still has the
    /// session.
    private var carried: [Errand] = []
    /// Carries a line to the hub.
    var send: ([UInt8]) -> Void = { _ in }
    /// Calls back after so many milliseconds.
    var later: (Int64, @escaping () -> Void) -> Void = { _, _ in }
    /// The hub asked to connect again.
    var onDrain: () -> Void = {}
    /// `hello` was answered.
    private(set) var isGreeted = false

    init(site: SiteID, _ settings: RobotSettings) {
        self.site = site
        self.settings = settings
        matcher = RobotMatcher(settings.book)
    }

    var name: String? { settings.rules.name }

    /// Another version of the site file came into force.
    func change(to settings: RobotSettings) {
        guard settings != self.settings else { return }
        self.settings = settings
        matcher = RobotMatcher(settings.book)
    }

    func opened(token: String) {
        isGreeted = false
        talks = [:]
        carried += errands.sorted { $0.key < $1.key }.map(\.value)
        errands = [:]
        write("hello") { json in
            json.member("role", Role.bot.rawValue)
            json.member("site", site.text)
            json.member("token", token)
        }
    }

    /// One line of the hub.
    func heard(_ frame: JSONValue) {
        switch frame["type"] {
        case .text("ping"): send(Array(#"{"type":"pong"}"#.utf8))
        case .text("drain"): onDrain()
        case .text("session.state"): stateChanged(frame)
        case .text("message"): if let session = frame.text("session") { said(frame, in: session) }
        case .text("ok"):
            errands[Int64(frame.count("id"))] = nil
            guard case .array(let sessions)? = frame["sessions"] else { return }
            isGreeted = true
            for session in sessions { cameBack(to: session) }
            carried = []
        case .text("error"): refused(frame)
        default: break
        }
    }

    // MARK: Sessions

    private func stateChanged(_ frame: JSONValue) {
        guard let session = frame.text("session") else { return }
        switch frame["state"] {
        case .text("bot"):
            if talks[session] != nil {
                talks[session]?.hasFloor = true
                return
            }
            enter(session, frame, answersFrom: frame.count("last_seq"))
            if frame.count("last_seq") <= 1 { greet(session) }
        case .text("queued") where settings.rules.helpsWhileWaiting,
            .text("offered") where settings.rules.helpsWhileWaiting:
            talks[session]?.hasFloor = false
        // It hears nothing more of it, unless it is given it anew.
        default: talks[session] = nil
        }
    }

    private func enter(_ session: String, _ frame: JSONValue, answersFrom: Int) {
        talks[session] = Talk(
            locale: frame["customer"]?["profile"]?.text("locale"),
            hasFloor: frame["state"] == .text("bot"), answersFrom: answersFrom)
    }

    /// It had the session before the connection broke: what it was about to say is said, and every
    /// line of the customer since its own last one answered.
    private func cameBack(to frame: JSONValue) {
        guard let session = frame.text("session") else { return }
        var messages: [JSONValue] = []
        if case .array(let list)? = frame["messages"] { messages = list }
        let own = messages.lastIndex { $0["from"]?["role"] == .text("bot") }
        enter(session, frame, answersFrom: own.map { messages[$0].count("seq") + 1 } ?? 0)
        for errand in carried where errand.session == session { perform(errand) }
        if own == nil, messages.count == frame.count("last_seq") { greet(session) }
        for message in messages { said(message, in: session) }
    }

    private func greet(_ session: String) {
        guard let talk = talks[session], talk.hasFloor, let greeting = settings.book.greeting,
            !isUnderWay("greeting", in: session)
        else { return }
        say(greeting.text(for: talk.locale), in: session, key: "greeting")
    }

    // MARK: Answers

    private func said(_ message: JSONValue, in session: String) {
        let key = "re-\(message.count("seq"))"
        guard let talk = talks[session], message["from"]?["role"] == .text("customer"),
            message.count("seq") >= talk.answersFrom, let text = message.text("text"),
            !isUnderWay(key, in: session)
        else { return }
        guard settings.rules.asksForHuman(text) else {
            return answer(text, talk, in: session, key: key)
        }
        // Who waits for a human already needs no more words about it.
        guard talk.hasFloor else { return }
        // The hub hands him over by itself. Asking for it too tells whether it could: where no
        // human may come now, the robot answers, for nobody else will.
        perform(
            Errand(session: session, key: key, type: "session.human") { json in
                json.member("session", session)
            } otherwise: { [weak self] in
                guard let self, let talk = talks[session], talk.hasFloor else { return }
                answer(text, talk, in: session, key: key, noHuman: true)
            })
    }

    private func answer(
        _ text: String, _ talk: Talk, in session: String, key: String, noHuman: Bool = false
    ) {
        let book = settings.book
        switch matcher.find(text) {
        case .answer(let index):
            let pair = book.pairs[index]
            let related = pair.related.compactMap { id in book.pairs.firstIndex { $0.id == id } }
            say(pair.answer.text(for: talk.locale), offering: related, in: session, key: key)
        case .choices(let indices):
            say(RobotBook.choose.text(for: talk.locale), offering: indices, in: session, key: key)
        case .unknown(let near) where noHuman:
            say(RobotBook.noHuman.text(for: talk.locale), offering: near, in: session, key: key)
        case .unknown(let near):
            // Who waits for a human is not told again and again that the robot does not know.
            guard talk.hasFloor else { return }
            say(
                book.unknown.text(for: talk.locale), offering: near, isUnknown: true, in: session,
                key: key)
        }
    }

    private func say(
        _ text: String, offering pairs: [Int] = [], isUnknown: Bool = false, in session: String,
        key: String
    ) {
        let replies = pairs.prefix(MessageSend.quickReplyBound).map {
            settings.book.pairs[$0].questions[0]
        }
        perform(
            Errand(session: session, key: key, type: "message.send") { json in
                json.member("session", session)
                json.member("key", key)
                json.member("text", text)
                if isUnknown { json.member("unknown", true) }
                guard !replies.isEmpty else { return }
                json.name("quick_replies")
                json.raw("[")
                for (place, reply) in replies.enumerated() {
                    if place > 0 { json.raw(",") }
                    json.text(reply)
                }
                json.raw("]")
            })
    }

    // MARK: Requests

    private func isUnderWay(_ key: String, in session: String) -> Bool {
        errands.values.contains { $0.session == session && $0.key == key }
    }

    private func perform(_ errand: Errand) {
        errands[write(errand.type, errand.members)] = errand
    }

    /// Repeated when that may help, and nobody else has the session by then. A full queue is no
    /// reason to let the customer wait for a word.
    private func refused(_ frame: JSONValue) {
        let number = Int64(frame.count("id"))
        guard let errand = errands[number] else { return }
        guard frame["retryable"] == .boolean(true), frame.text("code") != "queue_full" else {
            errands[number] = nil
            errand.otherwise?()
            return
        }
        later(max(errand.delay, Int64(frame.count("retry_after_ms")))) { [weak self] in
            guard let self, var errand = errands.removeValue(forKey: number),
                talks[errand.session] != nil
            else { return }
            errand.delay = min(errand.delay * 2, Self.longestDelay)
            perform(errand)
        }
    }

    /// Returns the request's number.
    @discardableResult
    private func write(_ type: StaticString, _ members: (inout JSONWriter) -> Void) -> Int64 {
        lastRequest += 1
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.member("type", word: type)
        json.member("id", lastRequest)
        members(&json)
        json.raw("}")
        send(json.bytes)
        return lastRequest
    }
}

extension JSONValue {
    fileprivate func text(_ name: String) -> String? {
        if case .text(let text)? = self[name] { text } else { nil }
    }

    /// 0 where there is none.
    fileprivate func count(_ name: String) -> Int {
        if case .integer(let value)? = self[name] { Int(clamping: value) } else { 0 }
    }
}
