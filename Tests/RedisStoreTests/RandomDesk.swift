/// Random requests of agents for themselves, with bounds so small that they meet them.
import ChatModel
import HubCore

extension RandomSteps {
    mutating func setStatus() -> StoreRequest {
        .setStatus(
            SetStatus(
                agent: person(pick(agents)), status: status(),
                reason: roll(3) == 0 ? ["午休", "a b"][roll(2)] : "",
                ramp: roll(3) == 0 ? 1 + roll(2) : nil, rampEveryMilliseconds: 400,
                by: roll(8) == 0 ? person("zoe") : nil))
    }

    mutating func wrapUp() -> Int64? { roll(2) == 0 ? nil : 900 }

    /// So short that some are reminded and closed before they are closed by anybody.
    mutating func idle() -> IdleLimits? {
        [
            nil, IdleLimits(remindMilliseconds: 300, closeMilliseconds: 700),
            IdleLimits(remindMilliseconds: 400, closeMilliseconds: nil),
            IdleLimits(remindMilliseconds: nil, closeMilliseconds: 500),
        ][roll(4)]
    }

    /// Mostly of a session that is talked in or written up, by its owner.
    mutating func describe() -> StoreRequest {
        var described = DescribeSession(session: anySession(), agent: nil)
        if roll(6) > 0 {
            let states: Set<SessionState> = roll(2) == 0 ? [.wrapup] : [.active, .wrapup, .closed]
            if case .accept(let session, let agent) = served(
                states, { .accept(session: $0, agent: $1) })
            {
                described = DescribeSession(session: session, agent: agent)
            }
        }
        let words = ["", "退款", "a b"]
        if roll(3) == 0 { described.topic = pick(words) }
        if roll(3) == 0 { described.result = pick(words) }
        if roll(3) == 0 { described.tags = [[], ["催发货"], ["a", "b c"]][roll(3)] }
        if roll(3) == 0 { described.note = ["", "第一行\n第二行", "a"][roll(3)] }
        described.act = [nil, .done, .extend][roll(3)]
        described.extensionMilliseconds = 900
        described.extensionBound = 2
        described.withinMilliseconds = 5_000
        return .describe(described)
    }

    mutating func canned() -> StoreRequest {
        let who = person(pick(agents.prefix(2)))
        guard roll(3) > 0 else { return .readCanned(agent: who) }
        let words = ["\"title\":\"\",\"text\":\"您好\"", "\"title\":\"a\",\"text\":\"b\""]
        return .setCanned(
            SetCanned(
                agent: who, shortcut: ["hi", "退款", "a b", "z"][roll(4)],
                body: roll(4) == 0 ? nil : Array(pick(words).utf8), countBound: 3,
                byteBound: 75))
    }
}
