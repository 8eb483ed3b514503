/// Finds rules that can never match, because an earlier one takes everybody they would take. Asked
/// by HubConfig's check. It never accuses wrongly, and does not find every case: conditions are
/// compared piece by piece, earlier rules one at a time.
public enum Shadowing {
    /// Beyond this many rules only repeated conditions are looked for: comparing each rule with
    /// each earlier one would take too long.
    static let pairwiseLimit = 2000

    /// Each shadowed rule with the first one that shadows it, by place.
    public static func find(in rules: [Rule]) -> [(shadowed: Int, by: Int)] {
        var found: [(shadowed: Int, by: Int)] = []
        var firstByConditions: [[Condition]: Int] = [:]
        var firstDefault: Int?
        for (index, rule) in rules.enumerated() {
            if let firstDefault {
                found.append((index, firstDefault))
                continue
            }
            if let same = firstByConditions[rule.conditions] {
                found.append((index, same))
                continue
            }
            firstByConditions[rule.conditions] = index
            if rule.conditions.isEmpty { firstDefault = index }
            guard rules.count <= pairwiseLimit else { continue }
            if let earlier = rules[..<index].firstIndex(where: { $0.takesAll(of: rule) }) {
                found.append((index, earlier))
            }
        }
        return found
    }
}

extension Rule {
    /// True when whatever fulfils the other's conditions surely fulfils these.
    func takesAll(of other: Rule) -> Bool {
        conditions.allSatisfy { mine in other.conditions.contains { $0.implies(mine) } }
    }
}

extension Condition {
    func implies(_ other: Condition) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (_, .all(let others)): return others.allSatisfy { implies($0) }
        case (.any(let mine), _): return !mine.isEmpty && mine.allSatisfy { $0.implies(other) }
        case (.all(let mine), _): return mine.contains { $0.implies(other) }
        case (_, .any(let others)): return others.contains { implies($0) }
        case (.test(.level, let mine), .test(.level, let theirs)):
            return mine.acceptedLevels & ~theirs.acceptedLevels == 0
        case (.test(let subject, let mine), .test(let otherSubject, let theirs)):
            return subject == otherSubject && mine.implies(theirs)
        case (.not(let mine), .not(let theirs)): return theirs.implies(mine)
        default: return false
        }
    }
}

extension Matcher {
    func implies(_ other: Matcher) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (_, .all(let others)): return others.allSatisfy { implies($0) }
        case (.any(let mine), _): return !mine.isEmpty && mine.allSatisfy { $0.implies(other) }
        case (.all(let mine), _): return mine.contains { $0.implies(other) }
        case (_, .any(let others)): return others.contains { implies($0) }
        case (.not(let mine), .not(let theirs)): return theirs.implies(mine)
        case (.missing, _), (.not, _), (_, .missing), (_, .not): return false
        // From here on both are about one value: what it is there, it is for the other as well.
        case (_, .present): return true
        case (.region(let mine, let below), .region(let theirs, let onlyBelow)):
            guard mine.utf8.starts(with: theirs.utf8) else { return false }
            let rest = mine.utf8.dropFirst(theirs.utf8.count)
            return rest.isEmpty ? below || !onlyBelow : rest.first == 0x2F
        case (.equals(let scalar), _): return scalar.implies(other)
        default:
            guard let mine = interval, let theirs = other.interval else { return false }
            return mine.lies(in: theirs)
        }
    }

    private var interval: NumberInterval? {
        switch self {
        case .compare(let comparison, .number(let bound)):
            switch comparison {
            case .less: NumberInterval(high: bound, isHighOpen: true)
            case .atMost: NumberInterval(high: bound)
            case .greater: NumberInterval(low: bound, isLowOpen: true)
            case .atLeast: NumberInterval(low: bound)
            }
        case .range(.number(let low), .number(let high)): NumberInterval(low: low, high: high)
        default: nil
        }
    }
}

extension Scalar {
    /// Whether every value that equals this one passes the matcher, which is about one value.
    fileprivate func implies(_ matcher: Matcher) -> Bool {
        if let number {
            // Its other spellings (5, 5.0) are equal as numbers, not as texts.
            switch matcher {
            case .compare(_, .number), .range(.number, .number):
                return matcher.matches([FactValue(number: number)], zone: .utc)
            default: return false
            }
        }
        guard truth == nil else { return false }
        switch matcher {
        case .equals, .glob, .region: return matcher.matches([FactValue(text: text)], zone: .utc)
        default: return false
        }
    }
}

private struct NumberInterval {
    var low = -Double.infinity
    var isLowOpen = false
    var high = Double.infinity
    var isHighOpen = false

    func lies(in other: NumberInterval) -> Bool {
        let lowFits = low > other.low || (low == other.low && (isLowOpen || !other.isLowOpen))
        let highFits =
            high < other.high || (high == other.high && (isHighOpen || !other.isHighOpen))
        return lowFits && highFits
    }
}
