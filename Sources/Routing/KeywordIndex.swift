/// Finds all keywords of a strategy in a text at once (Aho and Corasick 1975), so that a thousand
/// rules with keywords cost one pass over the message. Built with the strategy.
struct KeywordIndex: Sendable {
    /// Folded, each once.
    let keywords: [String]
    private var nodes: [Node] = [Node()]

    private struct Node: Sendable {
        var edges: [(byte: UInt8, node: Int)] = []
        /// The longest proper suffix of this node's text that is a node too.
        var fallback = 0
        /// The keyword that ends here.
        var keyword: Int?
        /// The nearest node along `fallback` where a keyword ends; 0 for none.
        var shorter = 0

        func next(_ byte: UInt8) -> Int? {
            edges.first { $0.byte == byte }?.node
        }
    }

    init(_ keywords: Set<String>) {
        self.keywords = keywords.filter { !$0.isEmpty }.sorted()
        for (index, keyword) in self.keywords.enumerated() { insert(keyword, index) }
        link()
    }

    /// The keywords that the text contains, each once. The text must be folded. O(length).
    func found(in text: String) -> [String] {
        var steps = 0
        return found(in: text, steps: &steps)
    }

    /// `steps` counts moves between nodes: tests hold it against the length of the text.
    func found(in text: String, steps: inout Int) -> [String] {
        guard !keywords.isEmpty else { return [] }
        var isFound = [Bool](repeating: false, count: keywords.count)
        var place = 0
        for byte in text.utf8 {
            steps += 1
            while place != 0, nodes[place].next(byte) == nil {
                steps += 1
                place = nodes[place].fallback
            }
            place = nodes[place].next(byte) ?? 0
            // A keyword found before has reported its shorter ones then: stop there.
            var end = nodes[place].keyword == nil ? nodes[place].shorter : place
            while end != 0, let keyword = nodes[end].keyword, !isFound[keyword] {
                steps += 1
                isFound[keyword] = true
                end = nodes[end].shorter
            }
        }
        return keywords.indices.filter { isFound[$0] }.map { keywords[$0] }
    }

    private mutating func insert(_ keyword: String, _ index: Int) {
        var place = 0
        for byte in keyword.utf8 {
            if let next = nodes[place].next(byte) {
                place = next
                continue
            }
            nodes.append(Node())
            nodes[place].edges.append((byte, nodes.count - 1))
            place = nodes.count - 1
        }
        nodes[place].keyword = index
    }

    /// Breadth first: a node's fallback is shorter than the node, so it is linked already.
    private mutating func link() {
        var waiting = nodes[0].edges.map(\.node)
        var index = 0
        while index < waiting.count {
            let parent = waiting[index]
            index += 1
            for (byte, child) in nodes[parent].edges {
                var place = nodes[parent].fallback
                while place != 0, nodes[place].next(byte) == nil { place = nodes[place].fallback }
                let target = nodes[place].next(byte) ?? 0
                nodes[child].fallback = target
                nodes[child].shorter = nodes[target].keyword == nil ? nodes[target].shorter : target
                waiting.append(child)
            }
        }
    }
}
