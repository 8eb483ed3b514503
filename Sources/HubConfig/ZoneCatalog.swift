/// Time zones by name, turned into plain data for Routing. The only place that asks Foundation.
import Foundation
import Routing

enum ZoneCatalog {
    /// Nil for a name that is no zone of the IANA data base. Offsets are right from 1970 to 2100.
    static func rules(of name: String) -> ZoneRules? {
        // Foundation also takes abbreviations ("CST") and fixed offsets, which mean many things.
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else {
            return nil
        }
        func offset(_ seconds: Int64) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
        }
        let week: Int64 = 604_800
        let first = offset(0)
        var changes: [ZoneRules.Change] = []
        var before = first
        // No zone has changed twice within a week and back.
        for start in stride(from: 0, to: 4_102_444_800, by: Int(week)).map(Int64.init) {
            let after = offset(start + week)
            guard after != before else { continue }
            var low = start
            var high = start + week
            while high - low > 1 {
                let middle = (low + high) / 2
                if offset(middle) == before { low = middle } else { high = middle }
            }
            changes.append(ZoneRules.Change(atSeconds: high, offsetSeconds: after))
            before = after
        }
        return ZoneRules(name: name, firstOffsetSeconds: first, changes: changes)
    }

    static func nearest(to name: String) -> String? {
        NearestName.of(name, among: TimeZone.knownTimeZoneIdentifiers)
    }
}
