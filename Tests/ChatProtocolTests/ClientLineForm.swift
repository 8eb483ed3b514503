/// What a client's line means, written as JSON again: the `expect` of the vectors.
import ChatModel
import ChatProtocol

extension ClientLine {
    var form: JSONValue {
        var members: [JSONValue.Member] = [.init("type", .text(frame.type.rawValue))]
        if let id { members.append(.init("id", .integer(id))) }
        members += frame.form
        return .object(members)
    }
}

extension ClientFrame {
    fileprivate var form: [JSONValue.Member] {
        switch self {
        case .hello(let hello): return hello.form
        case .messageSend(let send):
            var members: [JSONValue.Member] = [
                .session(send.session), .init("key", .text(send.key)),
            ]
            if send.file == nil || !send.text.isEmpty {
                members.append(.init("text", .text(send.text)))
            }
            members += .optional("file", send.file?.description)
            if !send.quickReplies.isEmpty {
                let replies = send.quickReplies.map { JSONValue.text($0) }
                members.append(.init("quick_replies", .array(replies)))
            }
            if send.isUnknown { members.append(.init("unknown", .boolean(true))) }
            return members
        case .typing(let typing):
            return [.session(typing.session), .init("typing", .boolean(typing.isTyping))]
        case .read(let mark): return [.session(mark.session), .count("seq", mark.seq)]
        case .history(let request), .sessionNotes(let request):
            let direction: JSONValue.Member =
                switch request.direction {
                case .after(let seq): .count("after", seq)
                case .before(let seq): .count("before", seq)
                }
            return [.session(request.session), direction, .count("limit", request.limit)]
        case .sessionStart(let start): return start.form
        case .sessionLeave(let reference), .sessionClose(let reference),
            .offerAccept(let reference), .sessionPick(let reference),
            .sessionExplain(let reference), .sessionTake(let reference),
            .sessionTransferCancel(let reference), .sessionJoin(let reference),
            .sessionWatch(let reference), .sessionUnwatch(let reference):
            return [.session(reference.session)]
        case .sessionAssign(let assign):
            let over = JSONValue.Member("over_capacity", .boolean(true))
            return [.session(assign.session), .init("agent", .text(assign.agent.text))]
                + (assign.overCapacity ? [over] : [])
        case .sessionTransfer(let transfer):
            let target: JSONValue.Member =
                switch transfer.to {
                case .agent(let agent): .init("agent", .text(agent.text))
                case .group(let group): .init("group", .text(group.text))
                }
            return [
                .session(transfer.session), .init("key", .text(transfer.key)),
                .init("to", .object([target])),
            ] + .optional("note", transfer.note)
                + (transfer.isWarm ? [.init("warm", .boolean(true))] : [])
        case .sessionInvite(let invite):
            return [
                .session(invite.session), .init("key", .text(invite.key)),
                .init("agent", .text(invite.agent.text)),
            ] + .optional("note", invite.note)
        case .sessionInviteCancel(let cancel):
            return [.session(cancel.session), .init("agent", .text(cancel.agent.text))]
        case .sessionNote(let note), .sessionWhisper(let note):
            return [
                .session(note.session), .init("key", .text(note.key)),
                .init("text", .text(note.text)),
            ]
        case .offerDecline(let decline):
            return [.session(decline.session)] + .optional("reason", decline.reason)
        case .sessionHuman(let ask):
            return [.session(ask.session)] + .optional("reason", ask.reason)
        case .statusSet(let set):
            let ramp = set.ramp.map { [JSONValue.Member.count("ramp", $0)] } ?? []
            return [.init("status", .text(set.status.rawValue))]
                + .optional("reason", set.reason) + ramp
        case .queueSubscribe(let list), .queueUnsubscribe(let list):
            return [.init("groups", .array(list.groups.map { .text($0.text) }))]
        case .sessionReopen(let reopen):
            return [.session(reopen.session), .init("key", .text(reopen.key))]
        case .messageDelete(let delete):
            return [.session(delete.session), .count("seq", delete.seq)]
        case .customerSessions(let query):
            let before = query.before.map { [JSONValue.Member("before", .integer($0))] } ?? []
            return [.init("customer", .text(query.customer.text))] + before
                + [.count("limit", query.limit)]
        case .pong, .agentsList: return []
        case .messageLeave(let leave): return leave.form
        case .messageTake(let message): return [.init("message", .text(message.description))]
        case .queueChoose(let choose):
            return [.session(choose.session), .init("choice", .text(choose.choice.rawValue))]
                + .optional("text", choose.text)
        case .sessionRate(let rate):
            return [
                .session(rate.session), .init("key", .text(rate.key)),
                .count("score", rate.score),
            ] + .list("reasons", rate.reasons) + .optional("comment", rate.comment)
        case .fileOffer(let offer):
            return [
                .session(offer.session), .init("key", .text(offer.key)),
                .init("name", .text(offer.name)), .count("bytes", offer.byteCount),
            ] + .optional("media_type", offer.mediaType)
        case .fileLink(let reference):
            return [
                .session(reference.session), .init("file", .text(reference.file.description)),
            ]
        case .boardSubscribe, .boardUnsubscribe: return []
        case .sessionsList(let list):
            return .optional("state", list.state?.rawValue) + .optional("group", list.group?.text)
                + .optional("agent", list.agent?.text) + [.count("limit", list.limit)]
                + .optional("after", list.after?.text)
        case .customerGet(let reference):
            return [.init("customer", .text(reference.customer.text))]
        case .customerSet(let set):
            return [.init("customer", .text(set.customer.text))] + .attributes(set.attributes)
                + .list("remove", set.remove) + .optional("dedicated_agent", set.dedicatedAgent)
        case .cannedList: return []
        case .sessionWrap(let wrap): return wrap.form
        case .sessionTag(let tag):
            return [.session(tag.session), .init("tags", .array(tag.tags.map { .text($0) }))]
        case .agentSet(let set):
            return [
                .init("agent", .text(set.agent.text)), .init("status", .text(set.status.rawValue)),
            ] + .optional("reason", set.reason)
        case .cannedSet(let set):
            return [.init("shortcut", .text(set.shortcut))] + .optional("text", set.text)
                + .optional("title", set.title.isEmpty ? nil : set.title)
        }
    }
}

extension Hello {
    fileprivate var form: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("role", .text(role.rawValue)), .init("site", .text(site.text)),
        ]
        members += .optional("token", token) + .optional("secret", secret)
        if let page { members.append(.init("page", .object(page.form))) }
        members += .optional("locale", locale) + .attributes(attributes)
        if !resume.isEmpty {
            members.append(.init("resume", .array(resume.map { .object($0.form) })))
        }
        if let capacity { members.append(.count("capacity", capacity)) }
        return members
    }
}

extension SessionWrap {
    fileprivate var form: [JSONValue.Member] {
        var members: [JSONValue.Member] = [.session(session)]
        members += .optional("topic", topic) + .optional("result", result)
        if let tags { members.append(.init("tags", .array(tags.map { .text($0) }))) }
        members += .optional("note", note)
        if isDone { members.append(.init("done", .boolean(true))) }
        if isExtended { members.append(.init("extend", .boolean(true))) }
        return members
    }
}

extension Page {
    fileprivate var form: [JSONValue.Member] {
        .optional("url", url) + .optional("referrer", referrer) + .optional("title", title)
            + .optional("device", device) + parameters.map { .init($0.key, .text($0.value)) }
    }
}

extension ResumePoint {
    fileprivate var form: [JSONValue.Member] {
        [.session(session), .count("after", after)] + .optional("epoch", epoch)
    }
}

extension SessionStart {
    fileprivate var form: [JSONValue.Member] {
        .optional("key", key) + .optional("topic", topic) + .optional("channel", channel)
            + .attributes(attributes) + .optional("text", text)
    }
}

extension MessageLeave {
    fileprivate var form: [JSONValue.Member] {
        [.init("key", .text(key))] + .optional("topic", topic) + [.init("text", .text(text))]
            + .optional("name", name) + .optional("contact", contact) + .attributes(attributes)
    }
}

extension JSONValue.Member {
    fileprivate static func session(_ session: SessionID) -> Self {
        Self("session", .text(session.description))
    }

    fileprivate static func count(_ name: String, _ value: Int) -> Self {
        Self(name, .integer(Int64(value)))
    }
}

extension [JSONValue.Member] {
    fileprivate static func optional(_ name: String, _ text: String?) -> Self {
        text.map { [.init(name, .text($0))] } ?? []
    }

    fileprivate static func list(_ name: String, _ texts: [String]) -> Self {
        texts.isEmpty ? [] : [.init(name, .array(texts.map { .text($0) }))]
    }

    fileprivate static func attributes(_ attributes: [String: AttributeValue]) -> Self {
        guard !attributes.isEmpty else { return [] }
        let members = attributes.map { JSONValue.Member($0.key, JSONValue($0.value)) }
        return [.init("attributes", .object(members))]
    }
}

extension JSONValue {
    init(_ value: AttributeValue) {
        self =
            switch value {
            case .text(let text): .text(text)
            case .integer(let integer): .integer(integer)
            case .number(let number): .number(number)
            case .boolean(let boolean): .boolean(boolean)
            case .list(let values): .array(values.map { JSONValue($0) })
            }
    }
}
