/// Tables as they come from people's programs, cut into pieces anywhere.
import ChatModel
import HubConfig
import Testing

@Suite struct CSVReaderTests {
    private func records(_ text: String, piece: Int) -> [CSVRecord] {
        var reader = CSVReader()
        var found: [CSVRecord] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes { part in
                reader.read(part) { found.append($0) }
            }
        }
        reader.finish { found.append($0) }
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func recordsAreTheSameHoweverTheyAreCut(piece: Int) {
        let text = "\u{FEFF}id,name\r\nu,\"a \"\"b\"\",\r\nc\"\n\r\n\nv,\nw,\"x\"\r\nz,5\" nail"
        let found = records(text, piece: piece)
        #expect(found.map(\.fields) == [
            ["id", "name"], ["u", "a \"b\",\r\nc"], ["v", ""], ["w", "x"], ["z", "5\" nail"],
        ])
        #expect(found.map(\.line) == [1, 2, 6, 7, 8])
        #expect(found.allSatisfy { $0.problem == nil })
        #expect(found.map { String(decoding: $0.source, as: UTF8.self) } == [
            "id,name", "u,\"a \"\"b\"\",\r\nc\"", "v,", "w,\"x\"", "z,5\" nail",
        ])
    }

    @Test func badRecordSpoilsNoOther() {
        let found = records("a,b\n\"x\"y,1\nc,d\n\"open\ne,f", piece: 4)
        #expect(found.map { $0.problem != nil } == [false, true, false, true])
        #expect(found.map(\.line) == [1, 2, 3, 4])
        #expect(records("", piece: 1).isEmpty)
        var reader = CSVReader()
        var problems: [String?] = []
        [UInt8]([0xFF, 0x0A, 0x61, 0x0A]).withUnsafeBytes { bytes in
            reader.read(bytes) { problems.append($0.problem) }
        }
        #expect(problems == ["not UTF-8", nil])
    }

    @Test func fieldsOfARecordAreBounded() {
        let most = String(repeating: ",", count: CSVReader.recordFields - 1)
        let found = records("\(most)\n\(most),\n\(most),\"a\nb\n", piece: 100)
        #expect(found.map(\.fields.count) == [CSVReader.recordFields, 0, 0, 1])
        let reason = "more than 1000 fields"
        #expect(found.map(\.problem) == [nil, reason, reason, nil])
    }

    @Test(arguments: [
        ("8", AttributeValue.integer(8)), ("-3", .integer(-3)), ("007", .text("007")),
        ("+86", .text("+86")), ("1.5", .number(1.5)), ("-0.25", .number(-0.25)),
        ("01.5", .text("01.5")),
        ("1e5", .text("1e5")), ("1.", .text("1.")), ("1.2.3", .text("1.2.3")), ("-", .text("-")),
        ("99999999999999999999", .text("99999999999999999999")), ("TRUE", .boolean(true)),
        ("yes", .text("yes")), ("2026-11-22", .text("2026-11-22")),
    ])
    func cellIsReadAsItWouldBeWrittenAgain(cell: String, value: AttributeValue) {
        #expect(CustomerValue.value(of: cell) == value)
    }
}
