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

    let site: SiteID
    private var settings: RobotSettings
    private var matcher: RobotMatcher
    private var talks: [String: Talk] = [:]
    private var lastRequest: Int64 = 0
    /// Carries a line to the hub.
    var send: ([UInt8]) -> Void = { _ in }
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
        request("hello") { json in
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
            guard case .array(let sessions)? = frame["sessions"] else { return }
            isGreeted = true
            for session in sessions { cameBack(to: session) }
        default: break
        }
    }

    // MARK: Sessions

    private func stateChanged(_ frame: JSONValue) {
        guard let session = frame.text("session") else { return }
        switch frame["state"] {
        case .text("bot"):
            guard talks[session] == nil else { return }
            enter(session, frame)
            if frame.count("last_seq") <= 1 { greet(session) }
        case .text("closed"), .text("active"), .text("wrapup"): talks[session] = nil
        default: talks[session]?.hasFloor = false
        }
    }

    private func enter(_ session: String, _ frame: JSONValue) {
        talks[session] = Talk(
            locale: frame["customer"]?["profile"]?.text("locale"),
            hasFloor: frame["state"] == .text("bot"), answersFrom: frame.count("last_seq"))
    }

    /// It had the session before the connection broke: what came meanwhile is answered, once.
    private func cameBack(to frame: JSONValue) {
        guard let session = frame.text("session") else { return }
        enter(session, frame)
        guard case .array(let messages)? = frame["messages"], let last = messages.last else { return }
        said(last, in: session)
    }

    private func greet(_ session: String) {
        guard let talk = talks[session], let greeting = settings.book.greeting else { return }
        say(greeting.text(for: talk.locale), in: session, key: "greeting")
    }

    // MARK: Answers

    private func said(_ message: JSONValue, in session: String) {
        guard let talk = talks[session], message["from"]?["role"] == .text("customer"),
            message.count("seq") >= talk.answersFrom, let text = message.text("text")
        else { return }
        // The hub hands him over: nothing more is to be said.
        guard !settings.rules.asksForHuman(text) else { return }
        answer(text, talk, in: session, key: "re-\(message.count("seq"))")
    }

    private func answer(_ text: String, _ talk: Talk, in session: String, key: String) {
        let book = settings.book
        switch matcher.find(text) {
        case .answer(let index):
            let pair = book.pairs[index]
            let related = pair.related.compactMap { id in book.pairs.firstIndex { $0.id == id } }
            say(pair.answer.text(for: talk.locale), offering: related, in: session, key: key)
        case .choices(let indices):
            say(RobotBook.choose.text(for: talk.locale), offering: indices, in: session, key: key)
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
        request("message.send") { json in
            json.member("session", session)
            json.member("key", key)
            json.member("text", text)
            if isUnknown { json.member("unknown", true) }
            guard !pairs.isEmpty else { return }
            json.name("quick_replies")
            json.raw("[")
            for (place, pair) in pairs.prefix(MessageSend.quickReplyBound).enumerated() {
                if place > 0 { json.raw(",") }
                json.text(settings.book.pairs[pair].questions[0])
            }
            json.raw("]")
        }
    }

    private func request(_ type: StaticString, _ members: (inout JSONWriter) -> Void) {
        lastRequest += 1
        var json = JSONWriter(capacity: 256)
        json.raw("{")
        json.member("type", word: type)
        json.member("id", lastRequest)
        members(&json)
        json.raw("}")
        send(json.bytes)
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
