/// Every vector of Protocol/vectors against the codec: what is good means what it says, what is bad
/// is refused with the code it says.
import ChatModel
import ChatProtocol
import Foundation
import Testing

struct Vector: Sendable, CustomTestStringConvertible {
    let file: String
    let name: String
    let bytes: [UInt8]
    let expect: JSONValue?
    let error: JSONValue?

    var testDescription: String { "\(file): \(name)" }

    static func all(_ folder: String, prefix: String = "") throws -> [Vector] {
        try ProtocolFolder.files("vectors/\(folder)", ending: ".json")
            .filter { $0.hasPrefix(prefix) }
            .flatMap { file in
                try ProtocolFolder.json("vectors/\(folder)/\(file)")["vectors"]?.elements
                    .map { try Vector(file, $0) } ?? []
            }
    }

    private init(_ file: String, _ json: JSONValue) throws {
        self.file = file
        name = try #require(json["name"]?.string)
        if let line = json["line"]?.string {
            bytes = Array(line.utf8)
        } else {
            bytes = Array(try #require(Data(base64Encoded: json["base64"]?.string ?? "")))
        }
        expect = json["expect"]
        error = json["error"]
    }
}

@Suite struct VectorTests {
    let decoder = FrameDecoder()

    /// An empty folder would let every test below pass.
    @Test func noFolderOfVectorsIsEmpty() throws {
        #expect(try Vector.all("valid", prefix: "client.").count > 40)
        #expect(try Vector.all("valid", prefix: "hub.").count > 30)
        #expect(try Vector.all("invalid").count > 100)
        for type in ClientFrameType.allCases {
            #expect(try !Vector.all("valid", prefix: "client.\(type.rawValue).json").isEmpty)
        }
    }

    @Test(arguments: try Vector.all("valid", prefix: "client."))
    func goodLineMeansWhatItsVectorSays(_ vector: Vector) throws {
        let line = try decoder.decode(vector.bytes).get()
        let expect = try #require(vector.expect)
        #expect(line.form.canonical == expect.canonical)
    }

    @Test(arguments: try Vector.all("invalid"))
    func badLineIsRefusedAsItsVectorSays(_ vector: Vector) throws {
        guard case .failure(let error) = decoder.decode(vector.bytes) else {
            Issue.record("taken")
            return
        }
        #expect(error.code.rawValue == vector.error?["code"]?.string)
        #expect(error.field == vector.error?["field"]?.string)
        #expect(error.id.map { JSONValue.integer($0) } == vector.error?["id"])
    }

    /// Names tell vectors apart in reports of every codec.
    @Test func noTwoVectorsOfAFileHaveOneName() throws {
        let names = try (Vector.all("valid") + Vector.all("invalid")).map(\.testDescription)
        #expect(Set(names).count == names.count)
    }
}

@Suite struct HubVectorTests {
    @Test func everyEncoderWritesItsVectorByteForByte() throws {
        let vectors = try Vector.all("valid", prefix: "hub.")
        let samples = HubFrameSamples.all
        #expect(vectors.count == samples.count)
        for sample in samples {
            let vector = vectors.first {
                $0.file == "hub.\(sample.frame).json" && $0.name == sample.name
            }
            let written = String(decoding: sample.bytes, as: UTF8.self)
            #expect(
                vector?.bytes == sample.bytes, "\(sample.frame), \(sample.name): \(written)")
        }
    }

    @Test(arguments: try Vector.all("valid", prefix: "hub."))
    func aClientReadsWhatTheHubWrites(_ vector: Vector) throws {
        let event = try #require(ServerEvent.decode(vector.bytes))
        let expect = try #require(vector.expect)
        #expect(event.tree.canonical == expect.canonical)
        #expect(event.type == expect["type"]?.string)
        #expect(event.id.map { .integer($0) } == expect["id"])
        #expect(event.session?.description == expect["session"]?.string)
        #expect(event.seq.map { .integer(Int64($0)) } == expect["seq"])
        #expect(event.at.map { .integer($0) } == expect["at"])
        #expect(event.code?.rawValue == expect["code"]?.string)
        #expect(event.state?.rawValue == expect["state"]?.string)
        #expect(event.position.map { .integer(Int64($0)) } == expect["position"])
        #expect(event.key == expect["key"]?.string)
        #expect(
            event.text.map { Array($0.utf8) } == (expect["text"]?.string).map { Array($0.utf8) })
    }

    @Test func noFrameHoldsALineBreak() {
        for sample in HubFrameSamples.all { #expect(!sample.bytes.contains(0x0A)) }
    }
}
