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
        // Who has gone meanwhile asks again where he comes back; nothing was made for him.
        guard starting.request.connection.isReady else { return }
        switch place(starting, at: site) {
        case .session(let placing): submit(.start(placing), at: site, .start(starting))
        case .turnedAway(let why): lookForOpenSession(starting, why, at: site)
        case .nowhere: startFailed(starting, .refused(.reload))
        }
    }

    func startFailed(_ starting: Starting, _ reply: StoreReply) {
        let request = starting.request
        request.connection.starting -= 1
        refuse(request, reply)
        enrollMissing(request.connection)
        readMissingPlaces(request.connection)
    }
}
