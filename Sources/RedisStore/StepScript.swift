/// The steps as functions of one library of Redis: the library files that most of them use, then
/// each step behind those of its own. Joined once from the files in `Lua/`, never from input.
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
    case invite
    case cancelInvite = "cancel_invite"
    case join
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

    /// What names of such libraries in Redis begin with.
    static let prefix = "chathub_"

    /// All steps, as a node's connection loads them.
    static let library = RedisLibrary(
        prefix + "steps", shared: common,
        allCases.map { step in
            RedisLibrary.Part(
                step.rawValue, own: step.own, body: step.body, writesNothing: step.writesNothing)
        })

    static let functions = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, library.function($0.rawValue)) })

    /// Those that may add lines of the hub's own to a session.
    static let speaking = Set(allCases.filter { $0.uses.contains("line") })

    /// What every step sees, in an order in which each file comes behind those it needs.
    static let common: [UInt8] = [
        PackageResources.lib_base_lua, PackageResources.lib_session_lua,
        PackageResources.lib_others_lua, PackageResources.lib_line_lua,
        PackageResources.lib_flow_lua, PackageResources.lib_bot_lua,
        PackageResources.lib_queue_lua, PackageResources.lib_match_lua,
        PackageResources.lib_targets_lua, PackageResources.lib_left_lua,
        PackageResources.lib_end_lua,
    ].flatMap { $0 + [UInt8(ascii: "\n")] }

    /// Library files of this step and a few others, which see the common ones.
    var own: [UInt8] {
        uses.compactMap { Self.files[$0] }.flatMap { $0 + [UInt8(ascii: "\n")] }
    }

    /// What runs at each call.
    var body: [UInt8] {
        let begin = uses.isEmpty ? "" : "begin(KEYS, ARGV)\n"
        let speak = uses.contains("line") ? "line_replication = ARGV[#ARGV]\n" : ""
        return Array((begin + speak).utf8) + text
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

    /// `common`, then files of its own, and `line` where it may say something; nothing when the
    /// step stands alone.
    var uses: [String] {
        let firstLine = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let words = firstLine.split(separator: " ").map(String.init)
        guard words.starts(with: ["--", "uses:"]) else { return [] }
        return Array(words.dropFirst(2))
    }

    static let files: [String: [UInt8]] = [
        "gone": PackageResources.lib_gone_lua,
        "people": PackageResources.lib_people_lua,
        "hands": PackageResources.lib_hands_lua,
        "full": PackageResources.lib_full_lua,
        "hours": PackageResources.lib_hours_lua,
        "silence": PackageResources.lib_silence_lua,
        "mark": PackageResources.lib_mark_lua,
        "message": PackageResources.lib_message_lua,
        "note": PackageResources.lib_note_lua,
        "file": PackageResources.lib_file_lua,
        "customer": PackageResources.lib_customer_lua,
        "site": PackageResources.lib_site_lua,
    ]

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
        case .cancelInvite: PackageResources.cancel_invite_lua
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
