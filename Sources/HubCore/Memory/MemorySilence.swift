/// Customers who say nothing while it is for them to answer.
import ChatModel

/// What is remembered of the last look.
struct MemorySilence {
    /// The last word; 0 when it was not for the customer to answer.
    var word = 0
    /// Since when he is silent, by the site's clock; without a word when it was looked at.
    var since: Int64
    /// The pauses of the clock as they then were.
    var pauses: Int64
    var isReminded = false
}

extension MemorySite {
    /// Lines of the hub's own that are looked through for the last word.
    private static let lineBound = 16

    /// An agent begins to talk with the customer.
    mutating func awaitSilence(_ id: SessionID) {
        guard let idle = sessions[id]!.idle else { return }
        keep(MemorySilence(since: siteNow, pauses: pauses), of: id, lookAt: siteNow + idle.first)
    }

    private mutating func keep(_ silence: MemorySilence, of id: SessionID, lookAt: Int64) {
        sessions[id]!.silence = silence
        deadlines[.idle(id)] = lookAt
    }

    /// Reminds a silent customer once, then closes.
    mutating func lookForSilence(_ id: SessionID) {
        guard sessions[id]!.record.state == .active, let idle = sessions[id]!.idle else { return }
        let word = sessions[id]!.stream.suffix(Self.lineBound).last { !$0.isSystemLine }
        guard let word, word.sender.role == .agent || word.sender.role == .supervisor else {
            return awaitSilence(id)
        }
        var silence = self.silence(after: word, in: id)
        if let close = idle.closeMilliseconds, siteNow >= silence.since + close {
            return end(id, reason: "idle")
        }
        if let remind = idle.remindMilliseconds, !silence.isReminded,
            siteNow >= silence.since + remind
        {
            say(.idleReminder, in: id)
            silence.isReminded = true
        }
        var next = siteNow + idle.first
        if let remind = idle.remindMilliseconds, !silence.isReminded {
            next = silence.since + remind
        } else if let close = idle.closeMilliseconds {
            next = silence.since + close
        }
        keep(silence, of: id, lookAt: next)
    }

    /// The clock stood during pauses: when there was one since the last look, he has been silent
    /// from now on.
    private func silence(after word: MessageRecord, in id: SessionID) -> MemorySilence {
        let last = sessions[id]!.silence!
        guard last.word != word.seq else {
            return MemorySilence(
                word: word.seq, since: last.since, pauses: pauses, isReminded: last.isReminded)
        }
        let since = last.pauses == pauses ? max(last.since, word.at - pauses) : siteNow
        return MemorySilence(word: word.seq, since: since, pauses: pauses)
    }
}
