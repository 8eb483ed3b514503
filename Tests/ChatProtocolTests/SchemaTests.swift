/// Schemas and pages against the codec. The decoder itself is asked which members it knows, by
/// leaving each out and by giving it a value it cannot take.
import ChatModel
import Testing

@testable import ChatProtocol

@Suite struct SchemaTests {
    let decoder = FrameDecoder()

    @Test(arguments: ClientFrameType.allCases)
    func schemaNamesTheMembersTheDecoderReads(_ type: ClientFrameType) throws {
        let schema = try ProtocolFolder.json("frames/\(type.rawValue).schema.json")
        let properties = try #require(schema["properties"]).names
        let full = try fullFrame(type)
        var read: Set<String> = ["type"]
        for field in FieldName.allCases where field != .type {
            // An object where none fits, and a list where an object would.
            let misfits: [JSONValue] = [.object([.init("x", .object([]))]), .array([.null])]
            let isRead = misfits.contains { decodes(full, with: field.wireName, $0) == false }
            if isRead { read.insert(field.wireName) }
        }
        #expect(read == properties)
    }

    @Test(arguments: ClientFrameType.allCases)
    func schemaRequiresWhatTheDecoderRequires(_ type: ClientFrameType) throws {
        let schema = try ProtocolFolder.json("frames/\(type.rawValue).schema.json")
        var required = Set(try #require(schema["required"]).elements.compactMap(\.string))
        // One of two: `oneOf` in the schema.
        if type == .history || type == .sessionNotes { required.insert("after") }
        let full = try fullFrame(type)
        for name in full.names {
            #expect(decodes(full, with: name, nil) == !required.contains(name), "\(name)")
        }
    }

    /// All members the schema knows, from the vectors; of `after` and `before` the first.
    private func fullFrame(_ type: ClientFrameType) throws -> JSONValue {
        var members: [JSONValue.Member] = []
        for vector in try Vector.all("valid", prefix: "client.\(type.rawValue).json") {
            for member in vector.expect?.members ?? []
            where !members.contains(where: { $0.name == member.name }) {
                if member.name != "before" { members.append(member) }
            }
        }
        return .object(members)
    }

    private func decodes(_ frame: JSONValue, with name: String, _ value: JSONValue?) -> Bool {
        var members = frame.members.filter { $0.name != name }
        if let value { members.append(.init(name, value)) }
        switch decoder.decode(JSONValue.object(members).canonical) {
        case .success: return true
        case .failure: return false
        }
    }

    @Test func schemasNameTheMembersTheHubWrites() throws {
        for (frame, samples) in Dictionary(grouping: HubFrameSamples.all, by: \.frame) {
            let schema = try ProtocolFolder.json("frames/\(frame).schema.json")
            let trees = samples.compactMap { JSONValue($0.bytes) }
            try compare(schema, trees, at: frame)
        }
    }

    /// Every member written is in the schema, every one in the schema is written by some sample,
    /// every required one by all; downwards through objects and lists.
    private func compare(_ schema: JSONValue, _ values: [JSONValue], at path: String) throws {
        guard let properties = schema["properties"] else { return }
        let optional = properties.names.subtracting(
            (schema["required"]?.elements ?? []).compactMap(\.string))
        let written = values.map(\.names)
        let everWritten = Set(written.joined())
        #expect(everWritten.isSubset(of: properties.names), "\(path)")
        for names in written {
            #expect(properties.names.subtracting(names).isSubset(of: optional), "\(path)")
        }
        for property in properties.members {
            let inner = values.compactMap { $0[property.name] }
            let place = "\(path).\(property.name)"
            if inner.isEmpty { Issue.record("no sample has \(place)") }
            try compare(property.value, inner, at: place)
            if let items = property.value["items"] {
                try compare(items, inner.flatMap(\.elements), at: place)
            }
        }
    }

    @Test func everySchemaHasItsPageAndEveryPageItsExample() throws {
        let lines = Set(try Vector.all("valid").map(\.bytes))
        let pages = try ProtocolFolder.files("frames", ending: ".md")
        #expect(pages.count >= ClientFrameType.allCases.count)
        for schema in try ProtocolFolder.files("frames", ending: ".schema.json") {
            let name = schema.dropLast(".schema.json".count)
            let isTold = try pages.contains {
                try ProtocolFolder.text("frames/\($0)").contains("(\(schema))")
            }
            #expect(isTold, "\(name)")
        }
        for page in pages {
            let blocks = try ProtocolFolder.text("frames/\(page)").split(separator: "```json\n")
                .dropFirst().compactMap { $0.split(separator: "\n```").first }
            #expect(!blocks.isEmpty, "\(page)")
            for block in blocks { #expect(lines.contains(Array(block.utf8)), "\(page): \(block)") }
        }
    }
}
