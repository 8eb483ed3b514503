/// Rows that are rejected twice, from files that a table program has written in between.
import HubConfig
import Testing

@Suite struct RejectedRowsTests {
    /// What is kept of the second line of a table, and its heading.
    private func kept(_ header: String, _ row: String) -> [String] {
        var bad = BadRow(line: 7, reason: "why")
        bad.source = .table(header: Array(header.utf8), row: Array(row.utf8))
        return [RejectedRows.heading(for: bad), RejectedRows.text(of: bad)]
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func heading(_ rest: String) -> String { "reject_line,reject_reason,\(rest)\n" }
    private func row(_ rest: String) -> String { "7,\"why\",\(rest)\n" }

    @Test(arguments: [
        ("reject_line,reject_reason,id,name", "3,\"a, \"\"b\"\"\",u 1,\"x,\ny\""),
        ("\"reject_line\",\"reject_reason\",id,name", "\"3\",\"a\",u 1,\"x,\ny\""),
        ("id,name,reject_line,reject_reason", "u 1,\"x,\ny\",3,\"a, b\""),
        ("id,reject_reason,name,\"reject_line\"", "u 1,\"a, b\",\"x,\ny\",3"),
        ("reject_reason,id,name", "a,u 1,\"x,\ny\""),
        ("id,name", "u 1,\"x,\ny\""),
    ])
    func theTwoColumnsStandOnceAndInFrontHoweverOftenRowsAreRejected(header: String, given: String)
    {
        let first = kept(header, given)
        #expect(first == [heading("id,name"), row("u 1,\"x,\ny\"")])
        #expect(kept(String(first[0].dropLast()), String(first[1].dropLast())) == first)
    }

    @Test func aQuoteWithinACellOpensNothing() {
        let row = kept("id,name,reject_line,reject_reason", "u 1,5\" nail,3,a")[1]
        #expect(row == self.row("u 1,5\" nail"))
    }

    @Test(arguments: [
        // In front the two are found whatever is missing behind them.
        ("reject_line,reject_reason,id,name", "3,a,u-1", "u-1"),
        ("reject_line,reject_reason,id,name", "3,a,u-1,\"x", "u-1,\"x"),
        // Elsewhere nobody knows which cell is missing; the row must not look like a good one.
        ("id,name,reject_line,reject_reason", "u-1,3,a", "u-1,3,a"),
        ("id,name,reject_line,reject_reason", "u-1,3", "u-1,3,"),
        ("reject_line,id,name,reject_reason", "3,u-1,a", "u-1,a,"),
    ])
    func aRowThatLacksACellStaysBad(header: String, given: String, rest: String) {
        #expect(kept(header, given) == [heading("id,name"), row(rest)])
    }

    @Test(arguments: [
        ("{\"reject_line\":3,\"reject_reason\":\"a, \\\"b\",\"id\":\"u 1\"}", ",\"id\":\"u 1\"}"),
        ("{\"reject_line\": 3, \"reject_reason\": \"}\", \"id\": 1}", ", \"id\": 1}"),
        (" { \"id\" : [{}], \"reject_reason\":\"a\",\"reject_line\":3} ", ", \"id\" : [{}]} "),
        ("{\"reject_line\":3}", "}"),
        // Of what never ends nothing is lost.
        ("{\"reject_line\":3,\"reject_reason\":\"a,\"id\":\"u\"}",
         ",\"reject_reason\":\"a,\"id\":\"u\"}"),
        ("{\"reject_line\":3,\"id\":\"u\"", ",\"id\":\"u\""),
    ])
    func theTwoMembersStandOnceAndInFront(given: String, rest: String) {
        var bad = BadRow(line: 7, reason: "why")
        bad.source = .line(Array(given.utf8))
        let text = String(decoding: RejectedRows.text(of: bad), as: UTF8.self)
        #expect(text == "{\"reject_line\":7,\"reject_reason\":\"why\"\(rest)\n")
    }
}
