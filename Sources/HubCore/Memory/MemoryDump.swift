/// The whole state of a site as text, for comparison with what `RedisStore` keeps. One line a
/// thing, lines sorted, members in a fixed order, instants by the site's clock. Absent is `-`.
public import ChatModel
import Routing

extension MemoryStore {
    /// Empty for a site nobody used.
    public func dump(_ site: SiteID) -> String {
        (sites[site]?.dumpLines() ?? []).sorted().map { $0 + "\n" }.joined()
    }
}

extension MemorySite {
    fileprivate func dumpLines() -> [String] {
        var lines = ["clock pauses=\(pauses) last-sweep=\(text(lastSweep))"]
        lines.append(
            "count incarnation=\(lastIncarnation) arrival=\(lastArrival)"
                + " assignment=\(lastAssignment) selection=\(selection.rawValue)")
        lines += leases.map { incarnation, lease in
            "lease \(incarnation) deadline=\(lease.deadline) held=\(lease.isHeld)"
                + " graces=\(lease.graces.customerMilliseconds)/\(lease.graces.agentMilliseconds)"
                + "/\(lease.graces.botMilliseconds)"
        }
        lines += presence.map { person, nodes in
            "presence \(person.text) nodes=\(list(nodes.sorted()))"
        }
        lines += agents.values.map(line(of:))
        lines += botCapacities.map { id, capacity in
            "bot \(id) capacity=\(capacity) held=\(list(sessions(ofBot: id).sorted()))"
        }
        lines += sessions.values.map(line(of:))
        lines += sessions.values.flatMap(streamLines(of:))
        lines += sessions.values.flatMap(fileLines(of:))
        lines += lostFiles.map { "lost \($0)" }
        lines.append("files bytes=\(fileBytes)")
        lines += sessions.values.flatMap(noteLines(of:))
        lines += unseen.map { "unseen \($0.key) session=\($0.value)" }
        lines += leftMessages.values.flatMap(lines(of:))
        lines += queueLines + targetLines
        lines += classes.map { queueClass, known in
            "class \(queueClass.group)/\(queueClass.level) version=\(known.version)"
                + " tickets=\(list(known.tickets.sorted()))"
        }
        lines += homes.map { group, home in
            "home \(group) full=\(home.isFull) last=\(home.flow.lastAssignedAt)"
                + " work=\(home.flow.work) waited=\(home.flow.waited) left=\(home.flow.left)"
                + " arrivals=\(list(home.flow.arrivals.flatMap { [$0.mean, $0.last] }))"
        }
        lines += deadlines.map { "deadline \($0.key.text) at=\($0.value)" }
        lines += startKeys.map { "start \($0.key.customer) \($0.key.key) session=\($0.value)" }
        lines += sessions.values.map { session in
            "past \(session.record.customer) \(session.record.id) at=\(session.startedAt)"
        }
        lines += sessions.values.compactMap { session in
            session.closedAt.map { "closed \(session.record.id) at=\($0)" }
        }
        lines += stateLines + minuteLines
        lines += fileLines
        lines += memberLines
        lines += customers.values.map(line(of:))
        lines += hours.map { "hours \($0.group) open=\($0.isOpen) changes=\(list($0.changes))" }
        if !shut.isEmpty { lines.append("shut \(list(shut.sorted()))") }
        lines += canned.flatMap { agent, replies in
            replies.map {
                "canned \(agent) \($0.key) body=\(String(decoding: $0.value, as: UTF8.self))"
            }
        }
        if let siteGroups { lines.append("groups \(list(siteGroups.sorted()))") }
        return lines
    }

    private var memberLines: [String] {
        let shown = Standing.allCases.drop { $0 != .full }
        return Set(agents.values.flatMap(\.groups)).map { group in
            let members = members(of: .group(group, nil)).map { agent in
                let place = shown.firstIndex(of: agent.shown).map { $0 - shown.startIndex + 1 }
                return "\(agent.id):\(place ?? 0)"
            }
            return "members \(group) are=\(list(members))"
        }
    }

    private var stateLines: [String] {
        BoardSnapshot.counted.map { state in
            let listed = sessions.keys.filter { sessions[$0]!.record.state == state }.sorted {
                sessions[$0]!.record.arrival < sessions[$1]!.record.arrival
            }
            return "listed \(state.rawValue) sessions=\(list(listed))"
        }
    }

    private var minuteLines: [String] {
        minutes.map { key, kept in
            "minute \(key.group):\(key.place) number=\(kept.minute) started=\(kept.started)"
                + " assigned=\(kept.assigned) abandoned=\(kept.abandoned)"
                + " closed=\(kept.closed) waits=\(list(kept.waits))"
                + " abandoned-waits=\(list(kept.abandonedWaits))"
        }
    }

    private var fileLines: [String] {
        guard files.inForce != nil else { return [] }
        let notes = files.list.notes.map { note in
            "file \(note.number) digest=\(note.digest) source=\(note.source)"
                + " author=\(note.author) at=\(note.at) previous=\(note.previous)"
                + " bytes=\(note.bytes)"
        }
        return notes + [
            "site version=\(text(files.inForce)) last=\(files.last)"
                + " applied=\(text(files.appliedDigest)) started=\(text(files.startDigest))"
        ]
    }

    private func line(of agent: MemoryAgent) -> String {
        "agent \(agent.id) status=\(agent.status.rawValue)"
            + " reachability=\(agent.reachability.rawValue) capacity=\(agent.capacity)"
            + " groups=\(list(agent.groups.sorted())) held=\(list(agent.held.sorted()))"
            + " beside=\(list(joined(by: agent.id))) free-since=\(agent.freeSince)"
            + " last-assignment=\(agent.lastAssignment)"
            + " qualities=\(list(agent.qualities.map { "\($0.key):\($0.value)" }.sorted()))"
            + " search=\(text(agent.cursor))" + status(of: agent)
    }

    private func line(of session: MemorySession) -> String {
        let record = session.record
        let excluded = session.excluded.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        return "session \(record.id) customer=\(record.customer) state=\(record.state.rawValue)"
            + " version=\(record.version) epoch=\(record.epoch) last-seq=\(record.lastSeq)"
            + " last-note=\(record.lastNote) requests=\(session.requests.count)"
            + " asked=\(text(record.transfer?.to)) asked-by=\(text(record.transfer?.from))"
            + " words=\(text(record.transfer?.note)) warm=\(record.transfer?.isWarm == true)"
            + " others=\(list(record.others.map(text(of:))))"
            + " level=\(record.level) source=\(record.levelSource.rawValue)"
            + " group=\(record.group) arrival=\(record.arrival) ticket=\(record.hasTicket)"
            + " arrived-at=\(record.arrivedAt) head-start=\(session.headStart)"
            + " agent=\(text(record.agent)) connected=\(record.customerConnected)"
            + " topic=\(text(record.topic)) channel=\(text(record.channel))"
            + " reason=\(text(record.closeReason)) opened=\(session.opened)"
            + " openings=\(list(session.openings.map(text(of:))))"
            + " offer=\(text(session.offerMilliseconds)) excluded=\(list(excluded))"
            + " limit=\(text(session.waitLimit)) choice=\(record.isChoiceDue) "
            + "waited=\(session.hasWaited)"
            + " from=\(text(session.origin?.message)) became=\(text(session.became))"
            + " forks=\(list(session.forks.map { "\($0.epoch):\($0.seq)" }))"
            + " served=\(text(session.servedBy)) closed-at=\(text(session.closedAt))"
            + " rated=\(session.ratings.count)"
            + " rating=\(session.rating.map { String(decoding: $0, as: UTF8.self) } ?? "-")"
            + " profile=\(String(decoding: record.profile, as: UTF8.self))"
            + " explanation=\(String(decoding: session.explanation, as: UTF8.self))"
            + " bot=\(text(record.bot)) helps=\(record.botHelps)"
            + " may-hand-over=\(session.mayHandOver)"
            + " closed-too=\(session.mayHandOver && session.handsOverWhenClosed)"
            + " handover=\(String(decoding: record.handover, as: UTF8.self))" + desk(of: session)
    }

    private func status(of agent: MemoryAgent) -> String {
        " reason=\(agent.reason) since=\(agent.since) by=\(text(agent.setBy))"
            + " ramp=\(text(agent.ramp)) label=\(String(decoding: agent.label, as: UTF8.self))"
    }

    private func desk(of session: MemorySession) -> String {
        let record = session.record
        let silence = session.silence.map {
            "\($0.word):\($0.since):\($0.pauses):\($0.isReminded)"
        }
        return " ended-at=\(text(session.endedAt)) score=\(text(session.ratedScore))"
            + " idle=\(text(session.idle?.remindMilliseconds))"
            + "/\(text(session.idle?.closeMilliseconds))"
            + " silence=\(text(silence)) wrap=\(text(session.wrapUp)) "
            + "extended=\(session.extensions)"
            + " tags=\(record.tags.joined(separator: ",")) about=\(record.disposition.topic)"
            + " result=\(record.disposition.result) note=\(record.disposition.note)"
    }

    private func line(of customer: CustomerRecord) -> String {
        let attributes = customer.attributes.map { "\($0.key)=\($0.value.storedText)" }.sorted()
        let ratings = customer.ratings.map { "\($0.key):\($0.value.score):\($0.value.at)" }.sorted()
        return "customer \(customer.id) dedicated=\(text(customer.dedicatedAgent))"
            + " last=\(text(customer.lastAgent)) ratings=\(list(ratings))"
            + " attributes=\(list(attributes))"
    }

    private func text(of other: SessionOther) -> String {
        "\(other.agent):\(other.standing.rawValue):\(text(other.invitedBy)):\(text(other.note))"
    }

    private func text(of opening: Placement.Opening) -> String {
        "\(text(of: opening.target)):\(text(opening.durationMilliseconds))"
            + ":\(opening.skipsWhenOffline)"
    }

    private func text(of target: Placement.Target) -> String {
        switch target {
        case .agent(let agent): "@" + agent.text
        case .group(let group, nil): group.text
        // One that is forgotten is known by its group alone.
        case .group(let group, _) where signatures[target] == nil: "\(group)~?"
        case .group(let group, let requirement?):
            "\(group)~{"
                + String(requirement.text.map { $0 == "\t" ? "," : $0 == "\n" ? ";" : $0 }) + "}"
        }
    }

    /// Also, as `<group>~`, those who wait for a group with a requirement only.
    private var queueLines: [String] {
        var named = Dictionary(
            uniqueKeysWithValues: queues.filter { !$0.value.isEmpty }.map {
                (text(of: $0.key), $0.value)
            })
        for group in Set(queues.keys.compactMap(\.group)) {
            named["\(group)~"] = Set(queue(of: group)).subtracting(queues[.group(group, nil)] ?? [])
        }
        return named.filter { !$0.value.isEmpty }.map { name, waiting in
            "queue \(name) sessions=\(list(waiting.sorted(by: isBefore)))"
        }
    }

    /// Who serves what, and the searches and signatures that are kept.
    private var targetLines: [String] {
        let groups = Set(agents.values.flatMap(\.groups)).map { Placement.Target.group($0, nil) }
        var lines: [String] = []
        for target in groups + signatures.keys {
            let online = agents.values.filter { $0.isPresent && serves($0, target) }.map(\.id)
            let available = availableAgents(of: target).map(\.id)
            if online.isEmpty, available.isEmpty { continue }
            lines.append(
                "target \(text(of: target)) online=\(list(online.sorted()))"
                    + " available=\(list(available))")
        }
        lines += signatures.map { target, idleSince in
            "signature \(text(of: target)) idle-since=\(text(idleSince))"
        }
        lines += unskipped.map { "unskipped \(text(of: $0))" }
        return lines
    }

    private func fileLines(of session: MemorySession) -> [String] {
        session.files.values.map { known in
            let (record, file) = (known.record, known.record.file)
            return "shared \(file.id) session=\(session.record.id) key=\(known.key)"
                + " owner=\(record.owner.role.rawValue):\(record.owner.id)"
                + " state=\(record.state.rawValue) type=\(file.type) bytes=\(file.byteCount)"
                + " waits=\(record.state == .sent ? "-" : String(known.offeredAt))"
                + " name=\(file.name)"
        }
    }

    private func streamLines(of session: MemorySession) -> [String] {
        session.stream.map { message in
            "stream \(session.record.id) seq=\(padded(message.seq)) at=\(message.at)"
                + " sender=\(message.sender.role.rawValue):\(message.sender.id)"
                + " key=\(message.key) body=\(String(decoding: message.body, as: UTF8.self))"
        }
    }

    private func noteLines(of session: MemorySession) -> [String] {
        session.notes.map { note in
            "note \(session.record.id) number=\(padded(note.number)) at=\(note.at)"
                + " after=\(note.afterSeq) sender=\(note.sender.role.rawValue):\(note.sender.id)"
                + " key=\(note.key) body=\(String(decoding: note.body, as: UTF8.self))"
        }
    }

    private func lines(of left: MemoryLeft) -> [String] {
        let head =
            "left \(left.message) customer=\(left.customer) key=\(text(left.key))"
            + " level=\(left.level) source=\(left.levelSource.rawValue) group=\(left.group)"
            + " head-start=\(left.headStart) number=\(left.number) at=\(left.at)"
            + " topic=\(text(left.topic)) agent=\(text(left.taken?.agent))"
            + " session=\(text(left.taken?.session)) waits=\(left.taken == nil)"
            + " taken-at=\(text(left.takenAt))"
            + " profile=\(String(decoding: left.profile, as: UTF8.self))"
            + " explanation=\(String(decoding: left.explanation, as: UTF8.self))"
        return [head]
            + left.texts.enumerated().map { index, text in
                "left-text \(left.message) \(index + 1)"
                    + " sender=\(text.sender.role.rawValue):\(text.sender.id) key=\(text.key)"
                    + " body=\(String(decoding: text.body, as: UTF8.self))"
            }
    }

    private func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }

    private func text(_ value: (some CustomStringConvertible)?) -> String {
        value.map(\.description) ?? "-"
    }

    private func list(_ values: [some CustomStringConvertible]) -> String {
        values.isEmpty ? "-" : values.map(\.description).joined(separator: ",")
    }
}
