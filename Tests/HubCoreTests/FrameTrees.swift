/// Frames as trees, and what stands between marks of a text: for checkers.
import ChatProtocol

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var string: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int? { if case .integer(let integer) = self { Int(integer) } else { nil } }
}

extension String {
    /// What stands between two marks, wherever they occur.
    func components(between start: String, and end: String) -> [String] {
        let parts = split(separator: start, omittingEmptySubsequences: false).dropFirst()
        return parts.compactMap { part in
            part.range(of: end).map { String(part[..<$0.lowerBound]) }
        }
    }
    private func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
