/// The frames a connection sends rarely: `hello`, `session.start`, `history`, queue subscriptions.
/// They go through trees, because nothing here is worth a fast path.
import ChatModel

extension FrameDecoder {
    func hello(_ fields: borrowing FrameFields) throws(FrameError) -> Hello {
        let site = try fields.name(.site, 1...40)
        guard let site = SiteID(site) else {
            throw fields.bad(.site, "1 to 40 of a-z 0-9 -, beginning with a letter or digit")
        }
        return Hello(
            role: try fields.choice(.role, of: [Role.customer, .agent, .supervisor, .bot]),
            site: site,
            token: try fields.optionalName(.token, 1...8192),
            secret: try fields.optionalName(.secret, 1...512),
            page: try page(fields),
            locale: try fields.optionalName(.locale, 1...35),
            attributes: try attributes(fields),
            resume: try resume(fields),
            capacity: fields.has(.capacity)
                ? try fields.count(.capacity, 1...10_000) : nil)
    }

    func sessionStart(_ fields: borrowing FrameFields) throws(FrameError) -> SessionStart {
        SessionStart(
            key: try fields.optionalName(.key, 1...64),
            topic: try fields.optionalName(.topic, 1...64),
            channel: try fields.optionalName(.channel, 1...64),
            attributes: try attributes(fields),
            text: fields.has(.text)
                ? try fields.messageText(.text, limits.messageBytes) : nil)
    }

    func history(_ fields: borrowing FrameFields) throws(FrameError) -> HistoryRequest {
        let session = try fields.session()
        let limit = fields.has(.limit) ? try fields.count(.limit, 1...200) : 50
        switch (fields.has(.after), fields.has(.before)) {
        case (true, true): throw fields.bad(.before, "either after or before, not both")
        case (true, false):
            let after = try fields.count(.after, 0...)
            return HistoryRequest(session: session, direction: .after(after), limit: limit)
        case (false, true):
            let before = try fields.count(.before, 1...)
            return HistoryRequest(session: session, direction: .before(before), limit: limit)
        case (false, false): throw fields.missing(.after)
        }
    }

    func groups(_ fields: borrowing FrameFields) throws(FrameError) -> GroupList {
        guard let tree = try fields.tree(.groups) else { throw fields.missing(.groups) }
        guard case .array(let names) = tree, (1...100).contains(names.count) else {
            throw fields.bad(.groups, "a list of 1 to 100 group names")
        }
        var groups: [GroupID] = []
        for name in names {
            guard case .text(let text) = name, let group = GroupID(text) else {
                throw fields.bad(
                    .groups, "group names: 1 to 40 of a-z 0-9 - _, beginning with a letter or digit"
                )
            }
            if !groups.contains(group) { groups.append(group) }
        }
        return GroupList(groups: groups)
    }
}

// MARK: - Parts of message.send

extension FrameDecoder {
    func quickReplies(_ fields: borrowing FrameFields) throws(FrameError) -> [String] {
        let form = "a list of at most \(MessageSend.quickReplyBound) texts of 1 to 80 bytes"
        guard let tree = try fields.tree(.quickReplies) else { return [] }
        guard case .array(let elements) = tree, elements.count <= MessageSend.quickReplyBound
        else { throw fields.bad(.quickReplies, form) }
        var texts: [String] = []
        for element in elements {
            guard case .text(let text) = element, JSONText.isNameable(text),
                (1...MessageSend.quickReplyBytes).contains(text.utf8.count)
            else { throw fields.bad(.quickReplies, form) }
            if !texts.contains(text) { texts.append(text) }
        }
        return texts
    }
}

// MARK: - Hands of agents and supervisors

extension FrameDecoder {
    func sessionAssign(_ fields: borrowing FrameFields) throws(FrameError) -> SessionAssign {
        SessionAssign(
            session: try fields.session(), agent: try agent(fields),
            overCapacity: fields.has(.overCapacity) ? try fields.boolean(.overCapacity) : false)
    }
}

// MARK: - Parts of hello

extension FrameDecoder {
    /// Attributes a page or visitor gives: at most 50, with names of 1 to 64 bytes.
    func attributes(_ fields: borrowing FrameFields) throws(FrameError) -> [String:
        AttributeValue]
    {
        guard let tree = try fields.tree(.attributes) else { return [:] }
        guard case .object(let members) = tree, members.count <= 50 else {
            throw fields.bad(.attributes, "an object of at most 50 members")
        }
        var attributes: [String: AttributeValue] = [:]
        for member in members where member.value != .null {
            guard (1...64).contains(member.name.utf8.count), JSONText.isNameable(member.name)
            else {
                throw fields.bad(.attributes, "names of 1 to 64 bytes, no control characters")
            }
            guard let value = Self.attribute(member.value) else {
                throw fields.bad(
                    .attributes,
                    "strings of at most 1024 bytes, numbers, booleans, and lists of up to 100 "
                        + "of them"
                )
            }
            // Two spellings of one name in Unicode are one.
            guard attributes.updateValue(value, forKey: member.name.composed) == nil else {
                throw fields.bad(.attributes, "each name once")
            }
        }
        return attributes
    }

    private static func attribute(_ value: JSONValue) -> AttributeValue? {
        guard case .array(let elements) = value else { return scalar(value) }
        guard elements.count <= 100 else { return nil }
        let scalars = elements.compactMap(scalar)
        return scalars.count == elements.count ? .list(scalars) : nil
    }

    private static func scalar(_ value: JSONValue) -> AttributeValue? {
        switch value {
        case .text(let text): text.utf8.count <= 1024 ? .text(text.composed) : nil
        case .integer(let integer): .integer(integer)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .null, .array, .object: nil
        }
    }

    /// What the page says of itself. Members with a value that is no scalar are passed over.
    private func page(_ fields: borrowing FrameFields) throws(FrameError) -> Page? {
        guard let tree = try fields.tree(.page) else { return nil }
        guard case .object(let members) = tree, members.count <= 54 else {
            throw fields.bad(.page, "an object of at most 54 members")
        }
        var page = Page()
        for member in members {
            guard let text = Self.parameter(member.value) else { continue }
            guard (1...64).contains(member.name.utf8.count), JSONText.isNameable(member.name),
                text.utf8.count <= 8192
            else {
                throw fields.bad(
                    .page, "names of 1 to 64 bytes without control characters, values up to 8192")
            }
            switch member.name {
            case "url": page.url = text
            case "referrer": page.referrer = text
            case "title": page.title = text
            case "device": page.device = text
            default:
                guard page.parameters.updateValue(text, forKey: member.name) == nil else {
                    throw fields.bad(.page, "each name once")
                }
            }
        }
        return page
    }

    private static func parameter(_ value: JSONValue) -> String? {
        switch value {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .number(let number): number.description
        case .boolean(let boolean): boolean ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    private func resume(_ fields: borrowing FrameFields) throws(FrameError) -> [ResumePoint] {
        guard let tree = try fields.tree(.resume) else { return [] }
        guard case .array(let elements) = tree, elements.count <= 100 else {
            throw fields.bad(.resume, "a list of at most 100 sessions")
        }
        var points: [ResumePoint] = []
        for element in elements {
            guard let point = Self.resumePoint(element) else {
                throw fields.bad(
                    .resume, "objects of session, after (0 or more) and, if known, epoch")
            }
            points.append(point)
        }
        return points
    }

    private static func resumePoint(_ value: JSONValue) -> ResumePoint? {
        guard case .text(let name) = value["session"], let session = SessionID(name),
            case .integer(let after) = value["after"], (0..<1 << 53).contains(after)
        else { return nil }
        switch value["epoch"] {
        case .text(let epoch) where epoch.utf8.count <= 64 && JSONText.isNameable(epoch):
            return ResumePoint(session: session, after: Int(after), epoch: epoch)
        case nil, .null: return ResumePoint(session: session, after: Int(after), epoch: nil)
        default: return nil
        }
    }
}
