/// What stands between marks of a text: for checkers.
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
