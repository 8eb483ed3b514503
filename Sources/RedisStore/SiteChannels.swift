/// What a node keeps of one site on its two connections: the names of its key and channels, what
/// it watches, and the number of the notice it expects next. Owned by `RedisStore`.
import ChatModel
import HubCore

final class SiteChannels {
    let site: SiteID
    /// `{site}:site`, the key every step names.
    let key: [UInt8]
    /// `{site}:`, with which every channel of the site begins.
    let prefix: [UInt8]
    /// `{site}:ev`, numbered notices to every node.
    let notices: [UInt8]

    /// The node asked for the notices, and they are in force.
    var isJoined = false
    /// The number the next notice must have; nil when any will do, after (re)subscribing.
    var expected: Int?
    /// Sessions whose channel is asked for, with the people who write there.
    var watches: [SessionID: Senders] = [:]
    /// Tells a watch from an earlier one of the same session, whose answers may still come.
    var watchNumbers: [SessionID: Int] = [:]
    var lastWatchNumber = 0
    /// Reads of sessions whose channel is not confirmed yet: they wait for it, because the two go
    /// over different connections and what is published between them would be in neither.
    var readsBehindWatch: [SessionID: [StoreCall]] = [:]
    /// Appends of this loop turn that have not left yet.
    var batch: AppendBatch?

    init(_ site: SiteID) {
        self.site = site
        prefix = Array("{\(site.text)}:".utf8)
        key = prefix + Array("site".utf8)
        notices = prefix + Array("ev".utf8)
    }

    /// `{site}:m:<session>`, messages and volatile events to the session's watchers.
    func channel(of session: SessionID) -> [UInt8] {
        var name: [UInt8] = []
        name.reserveCapacity(prefix.count + 2 + SessionID.textByteCount)
        name.append(contentsOf: prefix)
        name.append(contentsOf: "m:".utf8)
        session.appendText(to: &name)
        return name
    }

    enum Source {
        case notices
        case session(SessionID)
    }

    /// What a channel of this site carries; nil when it is another site's.
    func source(of channel: UnsafeRawBufferPointer) -> Source? {
        guard channel.count >= prefix.count, channel.prefix(prefix.count).elementsEqual(prefix)
        else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: channel[prefix.count...])
        if rest.count == 2 { return .notices }
        guard rest.count > 2 else { return nil }
        return SessionID(utf8: UnsafeRawBufferPointer(rebasing: rest[2...])).map(Source.session)
    }
}
