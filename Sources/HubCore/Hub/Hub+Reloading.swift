/// Starts that were placed by a version of the site that is not in force any more: this node loads
/// the one that is and places them again. The customer notices nothing but a moment.
import ChatModel
import ChatProtocol

extension Hub {
    /// The store refused with `reload`. Bounded: a version this node cannot read never comes.
    func placeAgainLater(_ starting: Starting, at site: LocalSite) {
        starting.reloads += 1
        guard starting.reloads <= Starting.reloadBound, site.reloading.count < LocalSite.heldBound
        else { return startFailed(starting, .refused(.reload)) }
        site.reloading.append(starting)
        if site.reloading.count == 1 { effects.append(.loadSite(site.id)) }
    }

    func siteLoaded(_ site: LocalSite) {
        let waiting = site.reloading
        site.reloading = []
        for starting in waiting { placeAgain(starting, at: site) }
    }

    private func placeAgain(_ starting: Starting, at site: LocalSite) {
        guard starting.request.connection.isReady else { return }
        readCustomer(for: starting, at: site)
    }

    func startFailed(_ starting: Starting, _ reply: StoreReply) {
        let (code, message) = refusal(reply)
        startFailed(starting, code, message)
    }

    func startFailed(_ starting: Starting, _ code: ErrorCode, _ message: String) {
        let request = starting.request
        request.connection.starting -= 1
        refuse(
            request.id, code, message, to: request.connection,
            retryAfter: code.isRetryable ? 1000 : nil)
        enrollMissing(request.connection)
        readMissingPlaces(request.connection)
    }
}
