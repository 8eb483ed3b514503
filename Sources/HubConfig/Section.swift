/// The keys of a mapping. A decoder asks for those it knows; `finish` reports all others, with the
/// nearest known one. A class, because asking is remembered.
import Yams

final class Section {
    let entry: Entry
    private let pairs: [(key: String, place: Place, entry: Entry)]
    private var known: [String] = []

    init(_ mapping: Node.Mapping, _ entry: Entry) {
        self.entry = entry
        var pairs: [(key: String, place: Place, entry: Entry)] = []
        for (keyNode, value) in mapping {
            let keyPlace = Place(
                line: keyNode.mark?.line ?? 0, column: keyNode.mark?.column ?? 0, path: entry.path)
            guard entry.budget.take() else { break }
            guard case .scalar(let scalar) = keyNode else {
                entry.log.error("a key must be a plain word", at: keyPlace)
                continue
            }
            let key = scalar.string
            // A repeated key, reported when the text was read.
            if let first = key.unicodeScalars.first,
                Document.repeatedKeyMark.contains(first.value)
            {
                continue
            }
            let path = entry.path.isEmpty ? key : "\(entry.path).\(key)"
            var place = keyPlace
            place.path = path
            let child = Entry(node: value, path: path, log: entry.log, budget: entry.budget)
            pairs.append((key, place, child))
        }
        self.pairs = pairs
    }

    var log: ProblemLog { entry.log }
    var path: String { entry.path }
    /// Of the mapping itself.
    var place: Place { entry.place }

    /// Every key in the order of the file, for mappings whose keys are names.
    var all: [(key: String, place: Place, entry: Entry)] {
        known = pairs.map(\.key)
        return pairs
    }

    /// The value of a key; nil when it is not there. An empty one is reported.
    func value(_ key: String) -> Entry? {
        known.append(key)
        guard let pair = pairs.first(where: { $0.key == key }) else { return nil }
        guard !pair.entry.isNull else {
            log.error("`\(key)` has no value: leave the key out, or give one", at: pair.place)
            return nil
        }
        return pair.entry
    }

    func contains(_ key: String) -> Bool { pairs.contains { $0.key == key } }

    func place(ofKey key: String) -> Place {
        pairs.first { $0.key == key }?.place ?? place
    }

    /// Reports that a key is needed which is not there.
    func missing(_ key: String, allowed: String? = nil) {
        log.error("`\(key)` is missing", at: place, allowed: allowed)
    }

    /// Reports every key nobody asked for.
    func finish() {
        for pair in pairs where !known.contains(pair.key) {
            log.error(
                "unknown key `\(Entry.shortened(pair.key))`", at: pair.place,
                allowed: Array(Set(known)).sorted().joined(separator: ", "),
                suggestion: NearestName.of(pair.key, among: known))
        }
    }
}
