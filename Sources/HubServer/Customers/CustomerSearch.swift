/// Finds customers by what is known of them: a page of those who fit, and on request how many there
/// are in all. Goes through the site's customers page by page.
import ChatModel
import ChatProtocol
import HubCore

struct CustomerSearch {
    var filter: CustomerFilter
    /// Nil: from the first.
    var after: PersonID?
    /// 1...200.
    var limit: Int
    /// Counts all who fit, whoever is shown: looks at everybody from `after` on.
    var counts: Bool

    struct Outcome {
        var looked = 0
        var count = 0
        var found: [CustomerRecord] = []
        /// More may follow the last one found.
        var hasMore = false
    }

    /// Attributes of one customer that are shown; a page stays small whatever is known.
    static let shownAttributes = 100

    /// `then` gets nil when the store went away in between.
    func begin(_ desk: StoreDesk, site: SiteID, then: @escaping (Outcome?) -> Void) {
        var outcome = Outcome()
        desk.eachPage(of: site, after: after) { page, next in
            look(at: page, &outcome)
            next(outcome.hasMore && !counts ? .notWanted : .wanted)
        } end: {
            then($0 ? outcome : nil)
        }
    }

    private func look(at page: [CustomerRecord], _ outcome: inout Outcome) {
        outcome.looked += page.count
        for record in page where filter.fits(record) {
            outcome.count += 1
            if outcome.found.count < limit {
                outcome.found.append(record)
            } else {
                outcome.hasMore = true
            }
        }
    }
}

extension CustomerSearch.Outcome {
    /// `looked`, `count` if it was asked for, `customers`, and `next` while there are more.
    func json(counts: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: 256 + found.count * 256)
        json.raw("{")
        json.member("looked", looked)
        if counts { json.member("count", count) }
        json.name("customers")
        json.raw("[")
        for (index, record) in found.enumerated() {
            if index > 0 { json.raw(",") }
            let names = record.attributes.keys.sorted()
            let shown = names.prefix(CustomerSearch.shownAttributes)
            json.raw(
                ServerFrame.customerObject(
                    record,
                    attributes: Dictionary(
                        uniqueKeysWithValues: shown.map { ($0, record.attributes[$0]!) }),
                    more: names.count - shown.count))
        }
        json.raw("]")
        if hasMore, let last = found.last { json.member("next", last.id.text) }
        json.raw("}\n")
        return json.bytes
    }
}
