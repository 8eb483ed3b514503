/// How a message is cut into lines, and the small parts of the codec.
import ChatModel
import Testing

@testable import ChatProtocol

@Suite struct LinesTests {
    private func lines(_ message: String) -> (lines: [String], isWhole: Bool) {
        var found: [String] = []
        var isWhole = true
        Array(message.utf8).withUnsafeBytes { bytes in
            isWhole = FrameDecoder.lines(in: bytes) {
                found.append(String(decoding: $0, as: UTF8.self))
            }
        }
        return (found, isWhole)
    }

    @Test func linesComeInOrderWithoutTheEmptyOnes() {
        let read = lines("\na\n\n \t\r\nb\r\n{}")
        #expect(read.lines == ["a", "b\r", "{}"])
        #expect(read.isWhole)
        #expect(lines("").lines.isEmpty)
        #expect(lines("\n\n\n").isWhole)
    }

    @Test func emptyLinesDoNotCountTowardsTheLimit() {
        let read = lines(String(repeating: "\nx\n", count: 64) + "\n\n")
        #expect(read.lines.count == 64)
        #expect(read.isWhole)
    }

    @Test func theSixtyFifthLineIsNotHandled() {
        let read = lines(String(repeating: "x\n", count: 65))
        #expect(read.lines.count == 64)
        #expect(!read.isWhole)
    }

    @Test func everyFieldHasItsSlotAndIsFoundByItsName() throws {
        var names: Set<String> = []
        for (index, field) in FieldName.allCases.enumerated() {
            #expect(Int(field.rawValue) == index)
            names.insert(field.wireName)
            try Array(#"{"\#(field.wireName)":true}"#.utf8).withUnsafeBytes { line in
                var fields = FrameFields(line)
                try fields.read()
                #expect(fields[field].kind == .boolean)
            }
        }
        #expect(names.count == FieldName.allCases.count)
    }

    @Test(arguments: [Int64.min, -10, -1, 0, 9, 10, 99, 1_764_000_000_000, .max])
    func integersAreWrittenAndReadExactly(_ value: Int64) throws {
        var json = JSONWriter()
        json.raw("{")
        json.member("at", value)
        json.raw("}")
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"at":\#(value)}"#)
        try json.bytes.withUnsafeBytes { line in
            var fields = FrameFields(line)
            try fields.read()
            #expect(fields.integer(.at) == value)
        }
    }

    @Test func sessionsAreReadOfBytesAsOfText() {
        let session = HubFrameSamples.session
        #expect(SessionID(utf8: Array(session.description.utf8)) == session)
        #expect(SessionID(utf8: Array("s_8".utf8) + Array(repeating: 0x30, count: 25)) == nil)
        #expect(SessionID("s_70000000000000000000000000")?.high == 7 << 61)
    }
}
