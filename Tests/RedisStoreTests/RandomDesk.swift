/// Random requests of agents for themselves, with bounds so small that they meet them.
import ChatModel
import HubCore

extension RandomSteps {
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
