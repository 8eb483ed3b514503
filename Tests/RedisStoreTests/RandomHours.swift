/// Random hours: groups open and close every few seconds.
import ChatModel
import HubCore
import Routing

extension RandomSteps {
    mutating func hours() -> StoreRequest {
        var hours: [GroupHours] = []
        for name in groups where roll(3) > 0 {
            // The first ones may lie behind, as a node's that was told late.
            var instant = now + Int64(roll(4_000)) - 2_000
            var changes: [Int64] = []
            for _ in 0..<roll(12) {
                changes.append(instant)
                instant += 1 + Int64(roll(9_000))
            }
            hours.append(GroupHours(group: group(name), isOpen: roll(3) > 0, changes: changes))
        }
        return .setHours(hours, version: roll(12) == 0 ? siteVersion + 1 : siteVersion)
    }
}
