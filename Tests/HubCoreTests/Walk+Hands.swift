/// What agents and a supervisor do beside a conversation: notes, watching, taking over.
import ChatModel

@testable import HubCore

extension Walk {
    /// Of any open session: the agents' attempts are mostly refused.
    mutating func actBeside(_ client: Client) {
        let open = world.store.sites[world.site]?.open.sorted() ?? []
        let isSupervisor = client.person == Self.supervisor
        let own = client.sessionsSeen.randomElement(using: &random)
        guard let session = isSupervisor || chance(20) ? open.randomElement(using: &random) : own
        else { return }
        let members = "\"session\":\"\(session)\""
        if chance(30) { return transfer(client, members) }
        if chance(30) { return together(client, session) }
        guard isSupervisor, chance(60) else { return note(client, members) }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2: client.ask("session.take", members)
        case 2..<8: client.ask("session.watch", members)
        default:
            checker.noteUnwatch(client, client.nextRequest, session)
            client.ask("session.unwatch", members)
        }
    }

    /// Who is invited mostly comes in.
    mutating func answerInvitation(_ client: Client, _ session: SessionID) {
        client.ask(
            chance(75) ? "session.join" : "session.leave", "\"session\":\"\(session)\"")
    }

    private mutating func transfer(_ client: Client, _ members: String) {
        if chance(15) { return _ = client.ask("session.transfer.cancel", members) }
        let target =
            chance(25)
            ? "\"group\":\"\(chance(50) ? "after-sales" : "floaters")\""
            : "\"agent\":\"\(["chen", "dina", "eve"].randomElement(using: &random)!)\""
        // The words name somebody who is no customer: none may get them.
        client.ask(
            "session.transfer",
            members + ",\"key\":\"t\(newKey())\",\"to\":{\(target)},\"note\":\"for=colleagues;\""
                + (chance(30) ? ",\"warm\":true" : ""))
    }

    /// Colleagues come in and leave; the supervisor unasked.
    private mutating func together(_ client: Client, _ session: SessionID) {
        let members = "\"session\":\"\(session)\""
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6:
            let agent = ["chen", "dina", "eve", Self.supervisor].randomElement(using: &random)!
            client.ask(
                "session.invite",
                members + ",\"key\":\"i\(newKey())\",\"agent\":\"\(agent)\""
                    + (chance(50) ? ",\"note\":\"for=colleagues;\"" : ""))
        case 6: client.ask("session.join", members)
        case 7:
            let agent = ["chen", "dina", "eve"].randomElement(using: &random)!
            client.ask("session.invite.cancel", members + ",\"agent\":\"\(agent)\"")
        default: client.ask("session.leave", members)
        }
    }

    private mutating func note(_ client: Client, _ members: String) {
        if chance(20) { return _ = client.ask("session.notes", members + ",\"after\":0") }
        // The text names somebody who is no customer: none may get it.
        let key = chance(80) ? newKey() : 1
        let kind = client.person == Self.supervisor && chance(50) ? "whisper" : "note"
        checker.noteNote(client, client.nextRequest, "n\(key)")
        client.ask(
            "session.\(kind)",
            members + ",\"key\":\"n\(key)\",\"text\":\"for=colleagues;\(key)\"")
    }
}
