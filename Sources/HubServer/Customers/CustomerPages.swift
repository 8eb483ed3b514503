/// Goes through all customers of a site, page by page, for those who look for some of them.
import ChatModel
import HubCore

extension StoreDesk {
    /// What follows after a page.
    enum NextPage {
        case wanted, notWanted
        /// The store went away in between.
        case lost
    }

    /// `each` takes a page and says, at once or later, whether the next one is wanted. `end`: false
    /// when the store went away.
    func eachPage(
        of site: SiteID, after: PersonID?,
        _ each: @escaping ([CustomerRecord], @escaping (NextPage) -> Void) -> Void,
        end: @escaping (Bool) -> Void
    ) {
        let query = CustomerQuery(after: after, limit: CustomerLoader.stepRows)
        submit(.listCustomers(query), site: site) { reply in
            guard case .customers(let page) = reply else { return end(false) }
            guard let last = page.last else { return end(true) }
            each(page) { next in
                switch next {
                case .wanted: self.eachPage(of: site, after: last.id, each, end: end)
                case .notWanted: end(true)
                case .lost: end(false)
                }
            }
        }
    }
}
