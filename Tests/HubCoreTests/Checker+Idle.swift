/// What must be so of silent customers.
import ChatModel

@testable import HubCore

extension Checker {
    /// No promise of its own: nobody is reminded or closed for his silence while it is not for him
    /// to answer, or too early.
    func checkSilence(_ site: MemorySite) {
        for told in site.told {
            switch told.notice {
            case .session(let record, .closed), .session(let record, .wrapup):
                guard record.closeReason == "idle" else { continue }
                let limit = site.sessions[record.id]?.idle?.closeMilliseconds
                checkSilent(record.id, for: limit, site)
                idleEnds += 1
            case .message(let id, _, let line, _) where line.isSystemLine:
                let isReminder = String(decoding: line.body, as: UTF8.self).contains(
                    "idle_reminder")
                guard isReminder else { continue }
                checkSilent(id, for: site.sessions[id]?.idle?.remindMilliseconds, site)
                reminders += 1
            default: break
            }
        }
    }

    private func checkSilent(_ id: SessionID, for limit: Int64?, _ site: MemorySite) {
        let word = site.sessions[id]?.stream.last { !$0.isSystemLine }
        guard let limit, let word, word.sender.role != .customer else {
            return fail(0, "\(id) was taken for silent, and it was not for him to answer")
        }
        if site.now - word.at < limit { fail(0, "\(id) was taken for silent too early") }
    }
}
