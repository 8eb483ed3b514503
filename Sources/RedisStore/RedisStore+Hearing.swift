/// What a node hears: the numbered notices of its sites, and the messages of watched sessions.
import ChatModel
import EventLoop
import HubCore
import Redis

extension RedisStore {
    /// Subscribes to the site's notices, if it was not done yet.
    func join(_ site: SiteChannels, _ joined: @escaping (_ isHearing: Bool) -> Void) {
        if site.isJoined { return joined(true) }
        subscriber.subscribe(site.notices) { result in
            guard case .success = result else { return joined(false) }
            if !site.isJoined {
                site.isJoined = true
                site.expected = nil
            }
            joined(true)
        }
    }

    /// The subscription first, then the answer: what is appended afterwards is heard. A fenced node
    /// gets nothing new.
    func watch(_ session: SessionID, _ call: StoreCall, _ site: SiteChannels) {
        let isNew = site.watches[session] == nil
        if isNew {
            site.watches[session] = Senders()
            site.lastWatchNumber += 1
            site.watchNumbers[session] = site.lastWatchNumber
        }
        let number = site.watchNumbers[session]
        if site.readsBehindWatch[session] == nil { site.readsBehindWatch[session] = [] }
        subscriber.subscribe(site.channel(of: session)) { [weak self] result in
            guard let self else { return }
            // Ended meanwhile, and perhaps asked for again: that one reads by itself.
            let isPresent = site.watchNumbers[session] == number
            guard case .success = result else {
                if isPresent {
                    site.watches[session] = nil
                    site.watchNumbers[session] = nil
                    self.readBehindWatch(session, site)
                }
                return self.reply(call.operation, .unavailable)
            }
            self.fence(call, site) { [weak self] reply in
                guard isNew, reply != .done, site.watchNumbers[session] == number else { return }
                self?.forget(session, site)
            }
            if isPresent { self.readBehindWatch(session, site) }
        }
    }

    /// Concerns this node's own ear alone: it asks Redis for nothing, so no lease is needed and no
    /// outage can leave a subscription behind.
    func unwatch(_ session: SessionID, _ call: StoreCall) {
        let site = channels(of: call.site)
        forget(session, site)
        readBehindWatch(session, site)
        unwatched.append(call.operation)
        hook?.request()
    }

    private func forget(_ session: SessionID, _ site: SiteChannels) {
        site.watchNumbers[session] = nil
        guard site.watches.removeValue(forKey: session) != nil else { return }
        subscriber.unsubscribe(site.channel(of: session))
    }

    /// Message path: nothing is made here but the notice itself. O(sites of this node).
    func didHear(_ channel: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer) {
        for site in sites.values {
            switch site.source(of: channel) {
            case .session(let session):
                guard site.watches[session] != nil else { return }
                let notice = MessageReader.notice(
                    of: session, payload, senders: &site.watches[session]!)
                guard let notice else {
                    onFault?("a message that cannot be read")
                    return onNotice(site.site, .missed)
                }
                return onNotice(site.site, notice)
            case .notices: return didHear(payload, of: site)
            case nil: continue
            }
        }
    }

    /// `{first number, {notice...}}`. A hole means that something was missed.
    private func didHear(_ payload: UnsafeRawBufferPointer, of site: SiteChannels) {
        var notices: [StoreNotice] = []
        do {
            var reader = PackedReader(payload)
            guard try reader.readArrayCount() == 2 else { throw MalformedAnswer(what: "notices") }
            let first = try reader.readInt()
            let count = try reader.readArrayCount()
            if let expected = site.expected, expected != first { notices.append(.missed) }
            site.expected = first + count
            for _ in 0..<count { notices.append(try reader.readNotice()) }
        } catch {
            onFault?("notices: \(error)")
            notices.append(.missed)
        }
        for notice in notices { onNotice(site.site, notice) }
    }

    /// After a loss: whatever was published meanwhile is gone.
    func didSubscribeAgain() {
        for site in sites.values where site.isJoined {
            site.expected = nil
            onNotice(site.site, .missed)
        }
    }
}
