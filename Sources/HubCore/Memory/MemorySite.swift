/// One site's whole state in memory, and the one door every step goes through. `MemoryStore` calls
/// it; `RedisStore` does the same in Lua and is compared with it step by step, so it is written to
/// be read: everything derived is found by looking at all of it.
///
/// What a step tells is in a fixed order: messages and session changes as they happen, then one
/// `departed` per class (by group, then level), then one `agent` per changed agent (by identifier).
import ChatModel
import Routing

struct MemorySite {
    // Clock.
    /// Redis time of this step, in milliseconds since 1970.
    var now: Int64 = 0
    /// What the site's clock is behind Redis time: the sum of the pauses.
    var pauses: Int64 = 0
    /// Redis time of the last sweep; nil before the first lease.
    var lastSweep: Int64?

    // Nodes and people.
    var lastIncarnation: Int64 = 0
    var leases: [Int64: MemoryLease] = [:]
    var presence: [MemoryPerson: Set<Int64>] = [:]
    var agents: [PersonID: MemoryAgent] = [:]
    /// Sessions each robot that ever attached may have at once.
    var botCapacities: [PersonID: Int] = [:]
    var selection = Selection.leastLoaded
    /// Counts assignments, for round robin.
    var lastAssignment = 0

    // Sessions and queues.
    var lastArrival = 0
    var sessions: [SessionID: MemorySession] = [:]
    /// The sessions that are not closed.
    var open: Set<SessionID> = []
    /// Matchable sessions of each target's queue.
    var queues: [Placement.Target: Set<SessionID>] = [:]
    /// Groups with a requirement that an open session names or named within the last minute, and
    /// since when nobody does.
    var signatures: [Placement.Target: Int64?] = [:]
    /// Targets everybody left, with more sessions to go on than one step takes.
    var unskipped: Set<Placement.Target> = []
    /// Targets of open sessions with somebody there, when this step began.
    var servedBefore: Set<Placement.Target> = []
    var classes: [QueueClass: MemoryClass] = [:]
    var homes: [GroupID: MemoryHome] = [:]
    var deadlines: [MemoryDeadline: Int64] = [:]

    // Left messages.
    var leftMessages: [LeftMessageID: MemoryLeft] = [:]
    var lastLeft = 0
    /// Of customers who were away when their session was closed, until they begin something new.
    var unseen: [PersonID: SessionID] = [:]
    /// What is known of customers apart from their sessions.
    var customers: [PersonID: CustomerRecord] = [:]
    /// What agents keep for themselves, by shortcut.
    var canned: [PersonID: [String: [UInt8]]] = [:]

    /// Files that belong to nobody any more and may still lie somewhere.
    var lostFiles: Set<FileID> = []
    /// What came about in the last hour.
    var minutes: [MemoryMinute: BoardSnapshot.Minute] = [:]

    /// Where a start's key has led to.
    var startKeys: [MemoryStartKey: SessionID] = [:]

    // Site files.
    var files = MemoryFiles()
    /// The groups of the site file; nil until a node told them.
    var siteGroups: Set<GroupID>?
    /// Of the groups that have any; as a node told them.
    var hours: [GroupHours] = []
    /// Groups that the last sweep found out of hours.
    var shut: Set<GroupID> = []

    /// Changes when another primary took over; see `renewEpoch`.
    var replication = 0

    /// What this step has told so far.
    var told: [MemoryTold] = []
    /// What a sweep has to match when all that is due has been dealt with; nil outside of sweeps.
    var deferred: MemoryDeferred?
    /// The supervisor who decided this step.
    var deciding: PersonID?
    /// Tickets that left their class in this step.
    var departures: [QueueClass: [Int]] = [:]

    /// The site's clock. It stands still from two seconds after the last sweep, so that nothing
    /// expires while nobody looks; the next sweep books the difference as a pause.
    var siteNow: Int64 {
        min(now, (lastSweep ?? now) + Self.pauseMilliseconds) - pauses
    }

    static let pauseMilliseconds: Int64 = 2_000
    static let releasePauseMilliseconds: Int64 = 10_000
    /// Sessions or agents one match looks through in one queue or group.
    static let matchBound = 64

    /// Carries out one step. `told` afterwards holds what it told.
    mutating func perform(_ request: StoreRequest, lease: Lease?, at now: Int64) -> StoreReply {
        self.now = now
        told = []
        let before = agents.mapValues(\.record)
        servedBefore = servedTargets
        let reply = step(request, lease: lease)
        skipEmptied(servedBefore.filter { !isServed($0) })
        endSearches()
        tellDepartures()
        for id in agents.keys.sorted() where agents[id]!.record != before[id] {
            tell(.agent(shown(agents[id]!)))
        }
        // What is said in a session is published when it is written, all else when the step ends.
        told = told.filter { $0.watching != nil } + told.filter { $0.watching == nil }
        return reply
    }

    private mutating func step(_ request: StoreRequest, lease: Lease?) -> StoreReply {
        switch request {
        case .openLease(let milliseconds, let graces):
            return openLease(milliseconds: milliseconds, graces: graces)
        case .loadSite:
            return .site(files.stored)
        case .loadVersion(let number): return loadVersion(number)
        case .siteVersions: return .versions(files.list)
        case .applySite(let apply): return applySite(apply)
        case .rollbackSite(let replacing): return rollbackSite(replacing: replacing)
        case .readCustomer(let id): return .customer(customer(id))
        case .readFacts(let query): return .customer(facts(query))
        case .changeCustomer(let change): return changeCustomer(change)
        case .changeCustomers(let changes): return changeCustomers(changes)
        case .listCustomers(let query): return .customers(listCustomers(query))
        case .fileKept(let kept): return fileKept(kept)
        case .readCanned(let agent): return .canned(ownReplies(of: agent))
        case .setCanned(let change): return setCanned(change)
        default:
            // A lease is held until a sweep has ended it; its deadline alone decides nothing.
            guard let lease, leases[lease.incarnation]?.isHeld == true else { return .fenced }
            return step(request, by: lease.incarnation)
        }
    }

    private mutating func step(_ request: StoreRequest, by incarnation: Int64) -> StoreReply {
        switch request {
        case .renewLease(let milliseconds):
            leases[incarnation]!.deadline = siteNow + milliseconds
            return .done
        case .closeLease(let botMilliseconds):
            leases[incarnation]!.graces.botMilliseconds = botMilliseconds
            leases[incarnation]!.isHeld = false
            return .done
        case .attach(let attach): return self.attach(attach, to: incarnation)
        case .detach(let detach): return self.detach(detach, from: incarnation)
        case .sessions(let participant): return .sessions(self.sessions(of: participant))
        case .setStatus(let change): return setStatus(change)
        case .syncAgents(let profiles, let groups, let selection):
            return syncAgents(profiles, groups: groups, selection: selection)
        case .setHours(let hours, let version): return setHours(hours, version: version)
        case .sweep(let limit): return sweep(limit: limit)
        case .clean(let cleaning): return clean(cleaning)
        default: return sessionStep(request)
        }
    }

    private mutating func sessionStep(_ request: StoreRequest) -> StoreReply {
        switch request {
        case .start(let start): return self.start(start)
        case .accept(let session, let agent): return accept(session, agent: agent)
        case .decline(let session, let agent, _, let pause):
            return decline(session, agent: agent, pause: pause)
        case .release(let session, let agent, _): return release(session, agent: agent)
        case .close(let session, let by, let reason):
            return close(session, by: by, reason: reason)
        case .handOver(let handover): return handOver(handover)
        case .lookOn(let agent):
            if agents[agent]?.cursor != nil { match(agent: agent) }
            return .done
        case .session(let id):
            guard sessions[id] != nil else { return .refused(.notFound) }
            return .session(record(of: id))
        case .pick(let session, let agent, let anyGroup):
            return pick(session, agent: agent, anyGroup: anyGroup)
        case .assign(let assign): return self.assign(assign)
        case .transfer(let transfer): return self.transfer(transfer)
        case .cancelTransfer(let session, let by): return cancelTransfer(session, by: by)
        case .invite(let invite): return self.invite(invite)
        case .join(let session, let by): return join(session, by: by)
        case .cancelInvite(let session, let agent, let by):
            return cancelInvite(session, of: agent, by: by)
        case .stepOut(let session, let agent): return stepOut(session, agent: agent)
        case .takeOver(let session, let agent): return takeOver(session, agent: agent)
        case .explain(let session): return explain(session)
        case .describe(let described): return describe(described)
        case .agents(let limit): return .agents(agentRecords(atMost: limit))
        case .leaveMessage(let leave): return leaveMessage(leave)
        case .takeMessage(let take): return takeMessage(take)
        case .choose(let choice): return choose(choice)
        case .append(let append): return self.append(append)
        case .history(let query): return history(query)
        case .addNote(let note): return addNote(note)
        case .notes(let query): return notes(query)
        case .publishVolatile(let event):
            told.append(MemoryTold(watching: event.session, notice: .volatile(event)))
            return .done
        case .queueSnapshot(let group): return .queue(queueSnapshot(group))
        case .tickets(let queueClass): return .tickets(tickets(of: queueClass))
        case .queueOutlook(let group, let helpers):
            return .queueOutlook(outlook(of: group, helpers: helpers))
        case .board(let query): return .board(board(query))
        case .listSessions(let query): return .sessionList(listSessions(query))
        case .rate(let rating): return rate(rating)
        case .customerSessions(let query): return customerSessions(query)
        case .deleteMessage(let delete): return deleteMessage(delete)
        case .offerFile(let offer): return offerFile(offer)
        case .claimFile(let claim): return claimFile(claim)
        case .file(let session, let file): return findFile(file, in: session)
        // `MemoryStoreNode` keeps the watches: they belong to a node, not to the site.
        default: return .done
        }
    }

    mutating func tell(_ notice: StoreNotice) {
        told.append(MemoryTold(watching: nil, notice: notice))
    }
}

/// A notice and who hears it: the watchers of a session, or every node of the site.
struct MemoryTold {
    var watching: SessionID?
    var notice: StoreNotice
}

struct MemoryLease {
    /// By the site's clock.
    var deadline: Int64
    var graces: Graces
    /// False once it was given up or its end was found; its people are being detached.
    var isHeld = true
}
