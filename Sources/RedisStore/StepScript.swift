/// The steps as functions of Redis: the library files its `-- uses:` line names, then the step.
/// Joined once from the files in `Lua/`, never from input.
import Redis

enum StepScript: String, CaseIterable {
    case openLease = "open_lease"
    case renewLease = "renew_lease"
    case closeLease = "close_lease"
    case fence, attach, detach, sessions
    case setStatus = "set_status"
    case syncAgents = "sync_agents"
    case setHours = "set_hours"
    case start, accept, decline, release, close, handover, session, append, history, publish
    case queueSnapshot = "queue_snapshot"
    case tickets, sweep, match
    case loadSite = "load_site"
    case applySite = "apply_site"
    case rollbackSite = "rollback_site"
    case siteVersions = "site_versions"
    case pick, assign, explain, agents
    case takeOver = "take_over"
    case transfer
    case cancelTransfer = "cancel_transfer"
    case invite, join
    case stepOut = "step_out"
    case note, notes
    case leaveMessage = "leave_message"
    case takeMessage = "take_message"
    case choose
    case queueOutlook = "queue_outlook"
    case customer
    case changeCustomer = "change_customer"
    case changeCustomers = "change_customers"
    case listCustomers = "list_customers"
    case rate
    case clean
    case offerFile = "offer_file"
    case fileKept = "file_kept"
    case claimFile = "claim_file"
    case file
    case board
    case listSessions = "list_sessions"
    case canned
    case setCanned = "set_canned"
    case describe
    case customerSessions = "customer_sessions"
    case deleteMessage = "delete_message"
    case liveSteps = "live_steps"

    /// What their functions in Redis begin with.
    static let prefix = "chathub_"

    /// One function for each step of a store; connections load them by name.
    static func all() -> [StepScript: RedisFunction] {
        var functions: [StepScript: RedisFunction] = [:]
        for step in allCases {
            functions[step] = RedisFunction(
                prefix + step.rawValue, libraries: step.libraries, body: step.body,
                writesNothing: step.writesNothing)
        }
        return functions
    }

    /// The library files it uses, and what begins a step with them.
    var libraries: [UInt8] {
        uses.flatMap { library[$0]! + [UInt8(ascii: "\n")] }
    }

    /// Those that may add lines of the hub's own to a session.
    static let speaking = Set(allCases.filter { $0.uses.contains("line") })

    /// What runs at each call.
    var body: [UInt8] {
        (uses.isEmpty ? [] : Array("begin(KEYS, ARGV)\n".utf8)) + text
    }

    /// Reads also when Redis is full, or is a replica.
    private var writesNothing: Bool {
        switch self {
        case .session, .sessions, .explain, .agents, .queueSnapshot, .queueOutlook, .tickets,
            .loadSite, .siteVersions, .customer, .listCustomers, .board, .listSessions, .file,
            .customerSessions:
            true
        default: false
        }
    }

    private var uses: [String] {
        let firstLine = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let words = firstLine.split(separator: " ").map(String.init)
        guard words.starts(with: ["--", "uses:"]) else { return [] }
        return Array(words.dropFirst(2))
    }

    private var library: [String: [UInt8]] {
        [
            "base": PackageResources.lib_base_lua,
            "session": PackageResources.lib_session_lua + PackageResources.lib_others_lua,
            "flow": PackageResources.lib_flow_lua,
            "queue": PackageResources.lib_queue_lua + PackageResources.lib_match_lua,
            "targets": PackageResources.lib_targets_lua,
            "hours": PackageResources.lib_hours_lua,
            "end": PackageResources.lib_end_lua,
            "people": PackageResources.lib_people_lua,
            "bot": PackageResources.lib_bot_lua,
            "message": PackageResources.lib_message_lua, "site": PackageResources.lib_site_lua,
            "line": PackageResources.lib_line_lua, "silence": PackageResources.lib_silence_lua,
            "mark": PackageResources.lib_mark_lua,
            "hands": PackageResources.lib_hands_lua, "note": PackageResources.lib_note_lua,
            "left": PackageResources.lib_left_lua,
            "customer": PackageResources.lib_customer_lua,
            "file": PackageResources.lib_file_lua,
        ]
    }

    /// Its own file.
    var text: [UInt8] {
        switch self {
        case .openLease: PackageResources.open_lease_lua
        case .renewLease: PackageResources.renew_lease_lua
        case .closeLease: PackageResources.close_lease_lua
        case .fence: PackageResources.fence_lua
        case .attach: PackageResources.attach_lua
        case .detach: PackageResources.detach_lua
        case .sessions: PackageResources.sessions_lua
        case .setStatus: PackageResources.set_status_lua
        case .syncAgents: PackageResources.sync_agents_lua
        case .setHours: PackageResources.set_hours_lua
        case .start: PackageResources.start_lua
        case .accept: PackageResources.accept_lua
        case .decline: PackageResources.decline_lua
        case .release: PackageResources.release_lua
        case .close: PackageResources.close_lua
        case .handover: PackageResources.handover_lua
        case .session: PackageResources.session_lua
        case .append: PackageResources.append_lua
        case .history: PackageResources.history_lua
        case .publish: PackageResources.publish_lua
        case .queueSnapshot: PackageResources.queue_snapshot_lua
        case .tickets: PackageResources.tickets_lua
        case .sweep: PackageResources.sweep_lua
        case .match: PackageResources.match_lua
        case .loadSite: PackageResources.load_site_lua
        case .applySite: PackageResources.apply_site_lua
        case .rollbackSite: PackageResources.rollback_site_lua
        case .siteVersions: PackageResources.site_versions_lua
        case .pick: PackageResources.pick_lua
        case .assign: PackageResources.assign_lua
        case .explain: PackageResources.explain_lua
        case .takeOver: PackageResources.take_over_lua
        case .transfer: PackageResources.transfer_lua
        case .cancelTransfer: PackageResources.cancel_transfer_lua
        case .invite: PackageResources.invite_lua
        case .join: PackageResources.join_lua
        case .stepOut: PackageResources.step_out_lua
        case .note: PackageResources.note_lua
        case .notes: PackageResources.notes_lua
        case .agents: PackageResources.agents_lua
        case .leaveMessage: PackageResources.leave_message_lua
        case .takeMessage: PackageResources.take_message_lua
        case .choose: PackageResources.choose_lua
        case .queueOutlook: PackageResources.queue_outlook_lua
        case .customer: PackageResources.customer_lua
        case .changeCustomer: PackageResources.change_customer_lua
        case .changeCustomers: PackageResources.change_customers_lua
        case .listCustomers: PackageResources.list_customers_lua
        case .rate: PackageResources.rate_lua
        case .clean: PackageResources.clean_lua
        case .offerFile: PackageResources.offer_file_lua
        case .fileKept: PackageResources.file_kept_lua
        case .claimFile: PackageResources.claim_file_lua
        case .file: PackageResources.file_lua
        case .board: PackageResources.board_lua
        case .listSessions: PackageResources.list_sessions_lua
        case .canned: PackageResources.canned_lua
        case .setCanned: PackageResources.set_canned_lua
        case .describe: PackageResources.describe_lua
        case .customerSessions: PackageResources.customer_sessions_lua
        case .deleteMessage: PackageResources.delete_message_lua
        case .liveSteps: PackageResources.live_steps_lua
        }
    }
}
