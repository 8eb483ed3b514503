/// Reads `groups` and `agents`, and joins them: every member of a group is an agent.
import ChatModel
import Routing

struct GroupDecoder {
    let calendars: [String]

    static let groupLimit = 1000
    static let agentLimit = 50_000

    /// A member of a group and where it says so.
    struct Member {
        let agent: PersonID
        let place: Place
    }

    func decode(_ entry: Entry) -> (groups: [GroupSettings], members: [Member]) {
        guard let section = entry.section() else { return ([], []) }
        let all = section.all
        guard (1...Self.groupLimit).contains(all.count) else {
            entry.error("\(all.count) groups", allowed: "1...\(Self.groupLimit) groups")
            return ([], [])
        }
        var groups: [GroupSettings] = []
        var members: [Member] = []
        for (name, place, value) in all {
            let id = GroupID(name)
            if id == nil {
                section.log.error(
                    "`\(Entry.shortened(name))` is no name for a group", at: place,
                    allowed: "1...40 of a-z 0-9 - _, beginning with a letter or digit")
            }
            let read = group(id ?? Self.stand, value)
            members += read.members
            if id != nil { groups.append(read.group) }
        }
        return (groups, members)
    }

    /// Stands for a group whose name is wrong, so that what is in it is checked as well.
    private static let stand: GroupID = {
        guard let id = GroupID("group") else { preconditionFailure("a plain name is a group name") }
        return id
    }()

    private func group(_ id: GroupID, _ entry: Entry) -> (group: GroupSettings, members: [Member]) {
        var group = GroupSettings(id: id)
        guard let section = entry.section() else { return (group, []) }
        group.name = section.value("name")?.text() ?? group.name
        let members = members(section)
        group.agents = members.map(\.agent)
        if members.isEmpty {
            section.log.warning(
                "group `\(id)` has no agents: nobody answers there", at: section.place)
        }
        readLimits(section, &group)
        if let value = section.value("hours") {
            group.hours = calendar(value)
        }
        section.finish()
        return (group, members)
    }

    private func members(_ section: Section) -> [Member] {
        guard let entries = section.value("agents")?.list() else { return [] }
        var seen: Set<PersonID> = []
        return entries.compactMap { entry in
            guard let agent = AgentDecoder.identifier(entry) else { return nil }
            guard seen.insert(agent).inserted else {
                entry.error("`\(agent)` is in this group already")
                return nil
            }
            return Member(agent: agent, place: entry.place)
        }
    }

    private func readLimits(_ section: Section, _ group: inout GroupSettings) {
        let most = section.value("max_waiting")?.integer(in: 1...1_000_000)
        group.maximumWaiting = most
        guard let entry = section.value("reopen_below") else {
            group.reopenBelow = most.map { max(1, $0 * 3 / 4) }
            return
        }
        if !section.contains("max_waiting") {
            entry.error("`reopen_below` needs `max_waiting`: only a full queue can open again")
        }
        group.reopenBelow = entry.integer(in: 1...(most ?? 1_000_000))
    }

    private func calendar(_ entry: Entry) -> String? {
        guard let name = entry.text() else { return nil }
        if calendars.contains(name) { return name }
        entry.error(
            "unknown calendar `\(Entry.shortened(name))`",
            allowed: calendars.isEmpty ? "none is defined" : calendars.joined(separator: ", "),
            suggestion: NearestName.of(name, among: calendars))
        return nil
    }
}

/// Reads `agents`: what is known of each beyond his groups.
struct AgentDecoder {
    func decode(_ entry: Entry) -> [(profile: AgentProfile, place: Place)] {
        guard let section = entry.section() else { return [] }
        let all = section.all
        guard all.count <= GroupDecoder.agentLimit else {
            entry.error("\(all.count) agents", allowed: "at most \(GroupDecoder.agentLimit)")
            return []
        }
        return all.compactMap { name, place, value in
            guard let id = PersonID(name), !id.isAnonymous else {
                section.log.error(
                    "`\(Entry.shortened(name))` is no agent's identifier", at: place,
                    allowed: Self.allowedIdentifiers)
                return nil
            }
            // `anna:` alone is an agent with all defaults.
            if value.isNull { return (AgentProfile(id: id), place) }
            return (profile(id, value), place)
        }
    }

    static let allowedIdentifiers = "1...64 of A-Z a-z 0-9 - _ . @ +, not beginning with v_"

    static func identifier(_ entry: Entry) -> PersonID? {
        guard let text = entry.text(maximumBytes: 64) else { return nil }
        guard let id = PersonID(text), !id.isAnonymous else {
            entry.error(
                "`\(Entry.shortened(text))` is no agent's identifier", allowed: allowedIdentifiers)
            return nil
        }
        return id
    }

    private func profile(_ id: PersonID, _ entry: Entry) -> AgentProfile {
        var profile = AgentProfile(id: id)
        guard let section = entry.section() else { return profile }
        profile.name = section.value("name")?.text() ?? profile.name
        profile.capacity = section.value("capacity")?.integer(in: 1...50) ?? profile.capacity
        if let skills = section.value("skills")?.section() {
            for (skill, _, value) in skills.all {
                profile.skills[skill] = value.integer(in: 1...10)
            }
        }
        profile.languages =
            section.value("languages")?.listOrSelf().compactMap { $0.text(maximumBytes: 35) } ?? []
        if let value = section.value("attributes") {
            profile.attributes = AttributeDecoder().decode(value)
        }
        section.finish()
        return profile
    }
}

/// Reads attributes: scalars, or lists of scalars.
struct AttributeDecoder {
    func decode(_ entry: Entry) -> [String: AttributeValue] {
        guard let section = entry.section() else { return [:] }
        var attributes: [String: AttributeValue] = [:]
        for (name, place, value) in section.all {
            guard (1...64).contains(name.utf8.count),
                name.unicodeScalars.allSatisfy(Entry.isPrintable)
            else {
                section.log.error(
                    "not a name of an attribute", at: place,
                    allowed: "1...64 bytes without control characters")
                continue
            }
            attributes[name] = self.value(value)
        }
        return attributes
    }

    private func value(_ entry: Entry) -> AttributeValue? {
        if entry.isSequence {
            let entries = entry.list() ?? []
            guard entries.count <= 100 else {
                entry.error("the list is too long", allowed: "at most 100 values")
                return nil
            }
            return .list(entries.compactMap { scalar($0) })
        }
        return scalar(entry)
    }

    private func scalar(_ entry: Entry) -> AttributeValue? {
        guard let (text, isPlain) = entry.scalar, !entry.isNull else {
            entry.error("expected a value or a list of values")
            return nil
        }
        if isPlain {
            if text == "true" || text == "false" { return .boolean(text == "true") }
            if let integer = Int64(text) { return .integer(integer) }
            if let number = NumberText.value(of: text) { return .number(number) }
        }
        return entry.text(maximumBytes: 1000).map(AttributeValue.text)
    }
}
