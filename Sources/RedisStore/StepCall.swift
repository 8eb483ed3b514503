/// Requests as scripts take them: which script, and its arguments in the order its header names.
import ChatModel
import HubCore
import Redis
import Routing

struct StepCall {
    let script: StepScript
    var call: RedisFunctionCall

    /// The beginning of every call: the site's key, the clock, who calls.
    init(_ script: StepScript, site: SiteChannels, lease: Lease?, clock: Int64?) {
        self.script = script
        call = RedisFunctionCall(reserving: 256)
        call.appendKey(site.key)
        if let clock { call.append(clock) } else { call.append("") }
        if let lease { call.append(lease.incarnation) } else { call.append("") }
    }

    /// Nil for the requests that are more than one call: `append`, `watch` and `unwatch`.
    init?(_ store: StoreCall, site: SiteChannels, clock: Int64?, replication: [UInt8]) {
        guard let script = Self.script(of: store.request) else { return nil }
        self.init(script, site: site, lease: store.lease, clock: clock)
        appendArguments(of: store.request, replication)
        // Last, wherever a step may speak: see `lib_line.lua`.
        if StepScript.speaking.contains(script) { call.append(replication) }
    }

    private static func script(of request: StoreRequest) -> StepScript? {
        switch request {
        case .openLease: .openLease
        case .renewLease: .renewLease
        case .closeLease: .closeLease
        case .attach: .attach
        case .detach: .detach
        case .sessions: .sessions
        case .setStatus: .setStatus
        case .syncAgents: .syncAgents
        case .setHours: .setHours
        case .start: .start
        case .accept: .accept
        case .decline: .decline
        case .release: .release
        case .close: .close
        case .handOver: .handover
        case .session: .session
        case .history: .history
        case .publishVolatile: .publish
        case .queueSnapshot: .queueSnapshot
        case .tickets: .tickets
        case .sweep: .sweep
        case .lookOn: .match
        case .clean: .clean
        case .loadSite, .loadVersion: .loadSite
        case .applySite: .applySite
        case .rollbackSite: .rollbackSite
        case .siteVersions: .siteVersions
        case .pick: .pick
        case .assign: .assign
        case .explain: .explain
        case .takeOver: .takeOver
        case .transfer: .transfer
        case .cancelTransfer: .cancelTransfer
        case .invite: .invite
        case .join: .join
        case .cancelInvite: .cancelInvite
        case .stepOut: .stepOut
        case .addNote: .note
        case .notes: .notes
        case .agents: .agents
        case .leaveMessage: .leaveMessage
        case .takeMessage: .takeMessage
        case .choose: .choose
        case .queueOutlook: .queueOutlook
        case .readCustomer, .readFacts: .customer
        case .changeCustomer: .changeCustomer
        case .changeCustomers: .changeCustomers
        case .listCustomers: .listCustomers
        case .rate: .rate
        case .offerFile: .offerFile
        case .fileKept: .fileKept
        case .claimFile: .claimFile
        case .file: .file
        case .board: .board
        case .listSessions: .listSessions
        case .readCanned: .canned
        case .setCanned: .setCanned
        case .describe: .describe
        case .customerSessions: .customerSessions
        case .deleteMessage: .deleteMessage
        case .append, .watch, .unwatch: nil
        }
    }

    private mutating func appendArguments(of request: StoreRequest, _ replication: [UInt8]) {
        switch request {
        case .openLease(let milliseconds, let graces):
            call.append(milliseconds)
            call.append(graces.customerMilliseconds)
            call.append(graces.agentMilliseconds)
            call.append(graces.botMilliseconds)
        case .renewLease(let milliseconds): call.append(milliseconds)
        case .closeLease(let botMilliseconds): call.append(botMilliseconds)
        case .attach(let attach): append(attach)
        case .detach(let detach):
            append(detach.person)
            call.append(detach.graceMilliseconds)
        case .sessions(let person): append(person)
        case .syncAgents(let profiles, let groups, let selection):
            call.append(selection.rawValue)
            call.append(groups.map(\.text).joined(separator: ","))
            for profile in profiles {
                call.append(profile.id.text)
                append(profile)
            }
        case .setHours(let hours, let version):
            call.append(version)
            for group in hours {
                call.append(group.group.text)
                let changes = group.changes.map { " \($0)" }.joined()
                call.append((group.isOpen ? "1" : "0") + changes)
            }
        case .start(let start): append(start, replication)
        case .history(let query):
            append(query)
            call.append(replication)
        case .notes(let query): append(query)
        case .publishVolatile(let event):
            append(event.session)
            call.append(MessageBytes.payload(of: event))
        case .queueSnapshot(let group):
            call.append(group.text)
            call.append(LeftSummary.headBound)
        case .tickets(let queueClass):
            call.append(queueClass.group.text)
            call.append(queueClass.level.value)
        case .queueOutlook(let group, let helpers):
            call.append(group.text)
            for helper in helpers { call.append(helper.text) }
        case .sweep(let limit): call.append(limit)
        case .loadSite: call.append("")
        case .loadVersion(let number): call.append(number)
        case .applySite(let apply): append(apply)
        case .rollbackSite(let replacing): append(replacing.map(Int64.init))
        case .leaveMessage(let leave): append(leave)
        case .takeMessage(let take): append(take, replication)
        case .choose(let choice): append(choice)
        case .readCustomer, .readFacts, .changeCustomer, .changeCustomers, .listCustomers, .rate:
            appendCustomerArguments(of: request)
        case .offerFile, .fileKept, .claimFile, .file, .clean: appendFileArguments(of: request)
        case .customerSessions, .deleteMessage: appendPastArguments(of: request)
        case .board, .listSessions: appendBoardArguments(of: request)
        case .setStatus, .readCanned, .setCanned, .describe: appendDeskArguments(of: request)
        default: appendSessionArguments(of: request)
        }
    }

    private mutating func append(_ apply: ApplySite) {
        call.append(apply.text)
        call.append(apply.digest)
        call.append(apply.source)
        call.append(apply.author)
        switch apply.condition {
        case .startFile: call.append("start")
        case .replacing(let version): append(version.map(Int64.init))
        }
        call.append(apply.keep)
    }

    private mutating func appendSessionArguments(of request: StoreRequest) {
        switch request {
        case .accept(let session, let agent):
            append(session)
            call.append(agent.text)
        case .decline(let session, let agent, _, let pauseMilliseconds):
            append(session)
            call.append(agent.text)
            call.append(pauseMilliseconds)
        case .release(let session, let agent, _):
            append(session)
            call.append(agent.text)
        case .close(let session, let person, let reason):
            append(session)
            append(person)
            call.append(reason)
        case .handOver(let handover): append(handover)
        case .session(let session), .explain(let session): append(session)
        case .lookOn(let agent): call.append(agent.text)
        case .agents(let limit): call.append(limit)
        case .pick(let session, let agent, let anyGroup):
            append(session)
            call.append(agent.text)
            call.append(anyGroup ? 1 : 0)
        case .transfer(let transfer): append(transfer)
        case .invite(let invite): append(invite)
        case .cancelTransfer(let session, let by), .join(let session, let by):
            append(session)
            appendActor(by)
        case .cancelInvite(let session, let agent, let by):
            append(session)
            appendActor(by)
            call.append(agent.text)
        case .stepOut(let session, let agent):
            append(session)
            call.append(agent.text)
        case .takeOver(let session, let agent):
            append(session)
            call.append(agent.text)
        case .addNote(let add):
            append(add.session)
            append(add.note)
        case .assign(let assign):
            append(assign.session)
            call.append(assign.agent.text)
            call.append(assign.overCapacity ? 1 : 0)
            call.append(assign.by.text)
        default: break  // The others have no arguments.
        }
    }

    private mutating func append(_ handover: Handover) {
        append(handover.session)
        append(handover.by)
        call.append(handover.note)
        call.append(handover.keepsBot ? 1 : 0)
        append(handover.maximumWaiting.map(Int64.init))
        append(handover.reopenBelow.map(Int64.init))
        if let words = handover.lastWords { return append(words) }
        call.append("")
        call.append("")
    }

    private mutating func append(_ query: HistoryQuery) {
        append(query.session)
        switch query.direction {
        case .after(let seq):
            call.append("after")
            call.append(seq)
        case .before(let seq):
            call.append("before")
            call.append(seq)
        }
        call.append(query.limit)
    }

    private mutating func append(_ attach: Attach) {
        append(attach.person)
        if attach.person.role == .bot { return call.append(attach.botCapacity) }
        guard attach.person.role != .customer else { return call.append("") }
        call.append(attach.profile == nil ? 0 : 1)
        append(attach.profile ?? AgentProfile(id: attach.person.id))
    }

    private mutating func append(_ profile: AgentProfile) {
        call.append(profile.capacity)
        call.append(profile.groups.map(\.text).joined(separator: ","))
        let qualities = profile.qualities.sorted { $0.key < $1.key }
        call.append(qualities.map { "\($0.value)\t\($0.key)" }.joined(separator: "\n"))
        call.append(profile.label)
    }

    /// Origin and bytes.
    mutating func append(_ message: NewMessage) {
        appendOrigin(message)
        appendBytes(message)
    }

    mutating func appendOrigin(_ message: NewMessage) {
        call.append(
            String(message.origin.incarnation) + " " + String(message.origin.connection))
    }

    mutating func appendBytes(_ message: NewMessage) {
        call.append(count: MessageBytes.count(of: message)) { bytes in
            MessageBytes.append(message, to: &bytes)
        }
    }

    mutating func append(_ session: SessionID) {
        call.append(count: SessionID.textByteCount) { session.appendText(to: &$0) }
    }

    /// Supervisors are agents here.
    mutating func append(_ person: Participant) {
        let kind =
            switch person.role {
            case .customer: "c:"
            case .bot: "b:"
            case .agent, .supervisor, .admin: "a:"
            }
        call.append(kind + person.id.text)
    }

    mutating func append(_ value: Int64?) {
        if let value { call.append(value) } else { call.append("") }
    }
}
