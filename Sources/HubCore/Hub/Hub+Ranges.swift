/// How long it may take, for those who wait: each node reads now and then how the queues of its own
/// people flow, and places each of them in the true order. What is read is shown with the next
/// number or at the connection's own tick, never because it changed.
import ChatModel
import ChatProtocol
import Routing

extension Hub {
    /// From one reading of a queue to the next.
    static let outlookMilliseconds: Int64 = 5_000

    /// With each tick: the queues somebody here waits in. An agent of theirs who came or went makes
    /// them due at once.
    func readOutlooks(_ site: LocalSite) {
        var groups: Set<GroupID> = []
        for queueClass in site.classes.values where !queueClass.waiting.isEmpty {
            groups.insert(queueClass.key.group)
        }
        for group in groups.sorted() { readOutlook(of: group, at: site) }
        // Of a queue nobody here waits in nothing old is kept.
        for group in site.outlooks.keys where !groups.contains(group) {
            if site.outlooks[group]?.isReading == false { site.outlooks[group] = nil }
        }
    }

    func readOutlook(of group: GroupID, at site: LocalSite) {
        let local = site.outlooks[group] ?? LocalOutlook()
        site.outlooks[group] = local
        guard !local.isReading, now.monotonicMilliseconds >= local.dueAt, site.lease != nil
        else { return }
        local.isReading = true
        local.dueAt = now.monotonicMilliseconds + Self.outlookMilliseconds
        submit(
            .queueOutlook(group, helpers: site.helpers(of: group)), at: site, .outlook(group))
    }

    func outlookRead(_ outlook: QueueOutlook, at site: LocalSite) {
        guard let local = site.outlooks[outlook.group] else { return }
        local.isReading = false
        local.outlook = outlook
        local.readAt = now.monotonicMilliseconds
        // Those who were given a number and no range yet have theirs now.
        for queueClass in site.sortedClasses where queueClass.key.group == outlook.group {
            for session in queueClass.waiting where session.wait?.needsRange == true {
                refreshWait(session)
                if session.wait?.forecast.forecast != .unknown { sendPositions(session) }
            }
        }
    }

    func outlookFailed(_ group: GroupID, at site: LocalSite) {
        site.outlooks[group]?.isReading = false
    }

    /// Takes what is known by now into what the customer may be shown.
    func refreshWait(_ session: LocalSession) {
        let forecast = forecast(session)
        session.wait?.forecast.show(forecast, at: now.monotonicMilliseconds)
    }

    private func forecast(_ session: LocalSession) -> WaitForecast {
        guard let record = session.record, let wait = session.wait else { return .unknown }
        let headStart = session.site.rules.strategy.vip.headStart
        let place = (wait.position ?? wait.shown ?? 1) - 1
        var known = wait.outlook
        if let local = session.site.outlooks[record.group], let outlook = local.outlook,
            known == nil || local.readAt > wait.toldAt
        {
            let order = record.arrivedAt - record.headStartMilliseconds
            known = Outlook(ahead: outlook.ahead(of: order), flow: outlook.flow)
        } else if let start = wait.startPosition, let ahead = known?.ahead {
            // As many left in front as his number fell by; of others nothing is known yet.
            known?.ahead = ahead - max(0, start - 1 - place)
        }
        guard var known else { return .unknown }
        known.ahead = max(place, known.ahead)
        return WaitEstimate.forecast(
            known, credit: record.headStartMilliseconds, level: record.level, headStart: headStart)
    }
}

/// What was read last of a queue that people wait in here.
final class LocalOutlook {
    var outlook: QueueOutlook?
    var isReading = false
    /// Monotonic: when it was read, and when it is to be read again.
    var readAt: Int64 = 0
    var dueAt: Int64 = 0
}

extension LocalSite {
    /// The groups that come after this one in some rule's plan: they may take its sessions.
    func helpers(of group: GroupID) -> [GroupID] {
        if helpersVersion != rules.version {
            helpersVersion = rules.version
            helpersByHome = [:]
            for rule in rules.strategy.rules { noteHelpers(rule.plan) }
        }
        return helpersByHome[group, default: []].sorted()
    }

    private func noteHelpers(_ plan: Plan) {
        var home: GroupID?
        for step in plan.steps {
            guard case .group(let group) = step.target else { continue }
            if let home, home != group { helpersByHome[home, default: []].insert(group) }
            home = home ?? group
        }
    }
}
