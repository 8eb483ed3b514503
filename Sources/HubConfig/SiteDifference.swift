/// What changes when one version of a site takes the place of another: shown by `chathub apply`
/// before it stores anything.
public struct SiteDifference: Hashable, Sendable {
    public enum Change: Hashable, Sendable {
        case added(path: String, value: String)
        case removed(path: String, value: String)
        case changed(path: String, from: String, to: String)
    }

    /// Removed lines where they were, added and changed ones where they are now.
    public let changes: [Change]

    /// `old` nil: the site is new.
    public init(from old: SiteSettings?, to new: SiteSettings) {
        let before = old.map { SiteOutline($0).lines } ?? []
        let after = SiteOutline(new).lines
        // Two conditions of a rule may look at the same thing: then values pair up in order.
        var left = Dictionary(grouping: before, by: \.path).mapValues { $0.map(\.value)[...] }
        var changes: [Change] = []
        for line in after {
            if let value = left[line.path]?.popFirst() {
                guard value != line.value else { continue }
                changes.append(.changed(path: line.path, from: value, to: line.value))
            } else {
                changes.append(.added(path: line.path, value: line.value))
            }
        }
        for line in before where left[line.path]?.first == line.value {
            _ = left[line.path]?.popFirst()
            changes.append(.removed(path: line.path, value: line.value))
        }
        self.changes = changes
    }

    /// One line a change: `+` added, `-` removed, `~` changed. With `color` for terminals.
    public func text(color: Bool = false) -> String {
        let paint = Paint(isOn: color)
        guard !changes.isEmpty else { return "no difference\n" }
        return changes.map { change in
            switch change {
            case .added(let path, let value): paint.green("+ \(path): \(value)")
            case .removed(let path, let value): paint.red("- \(path): \(value)")
            case .changed(let path, let from, let to): paint.yellow("~ \(path): \(from) -> \(to)")
            }
        }.joined(separator: "\n") + "\n"
    }

    /// A JSON list of objects with `change`, `path`, and `from` and `to` as there are.
    public var json: String { list.description + "\n" }

    var list: JSONText {
        let objects = changes.map { change in
            switch change {
            case .added(let path, let value):
                JSONText.object([
                    ("change", .text("added")), ("path", .text(path)), ("to", .text(value)),
                ])
            case .removed(let path, let value):
                JSONText.object([
                    ("change", .text("removed")), ("path", .text(path)), ("from", .text(value)),
                ])
            case .changed(let path, let from, let to):
                JSONText.object([
                    ("change", .text("changed")), ("path", .text(path)), ("from", .text(from)),
                    ("to", .text(to)),
                ])
            }
        }
        return JSONText.list(objects)
    }
}
