/// Texts of all kinds there and back, and lines nobody would write. Each test prints its seed when
/// it fails: put it into `Seed.new()` to see the same run again.
import ChatModel
import ChatProtocol
import Testing

@Suite struct RandomTests {
    let decoder = FrameDecoder(limits: DecoderLimits(messageBytes: 65_536))
    let session = HubFrameSamples.session

    @Test func textSurvivesTheWayThroughTheHubExactly() throws {
        let seed = Seed.new()
        var random = SeededRandom(seed: seed)
        for round in 0..<2_000 {
            let text = "." + random.text(upTo: 60)
            let line =
                #"{"type":"message.send","id":1,"session":"\#(session)","key":"k","text":"#
                + random.jsonString(text) + "}"
            guard case .messageSend(let send) = try decoder.decode(Array(line.utf8)).get().frame
            else {
                Issue.record("seed \(seed), round \(round)")
                return
            }
            try #require(Array(send.text.utf8) == Array(text.utf8), "seed \(seed), round \(round)")
            let record = MessageRecord(
                seq: 1, at: 1, sender: HubFrameSamples.customer, key: "k",
                body: ServerFrame.messageBody(from: HubFrameSamples.customer, text: send.text))
            let frame = ServerFrame.message(session: session, record, includeKey: false)
            let told = ServerEvent.decode(frame)?.text
            try #require(
                told.map { Array($0.utf8) } == Array(text.utf8), "seed \(seed), round \(round)")
            try #require(!frame.contains(0x0A), "seed \(seed), round \(round)")
        }
    }

    @Test func wellFormedMembersNobodyKnowsAreNeverAnError() throws {
        let seed = Seed.new()
        var random = SeededRandom(seed: seed)
        for round in 0..<2_000 {
            let line = #"{"type":"pong","other":\#(random.json(depth: 6))}"#
            let read = decoder.decode(Array(line.utf8))
            try #require(
                read == .success(ClientLine(id: nil, frame: .pong)),
                "seed \(seed), round \(round): \(line)")
        }
    }

    @Test func aTreeWrittenIsReadAsTheSame() throws {
        let seed = Seed.new()
        var random = SeededRandom(seed: seed)
        for round in 0..<2_000 {
            let tree = try #require(JSONValue(Array(random.json(depth: 6).utf8)))
            try #require(
                JSONValue(tree.canonical)?.canonical == tree.canonical,
                "seed \(seed), round \(round)")
        }
    }

    /// The decoder answers every line. Errors with a number carry that of the line.
    @Test func spoiltLinesAreAnsweredNeverTrapped() throws {
        let seed = Seed.new()
        var random = SeededRandom(seed: seed)
        let good = try Vector.all("valid").map(\.bytes).filter { $0.count < 2_000 }
        for round in 0..<30_000 {
            let line = spoil(try #require(good.randomElement(using: &random)), &random)
            if case .failure(let error) = decoder.decode(line) {
                try #require(error.message.utf8.count <= 200, "seed \(seed), round \(round)")
                let answer = ServerFrame.error(error)
                try #require(
                    ServerEvent.decode(answer)?.id == error.id, "seed \(seed), round \(round)")
            }
            _ = ServerEvent.decode(line)
            _ = JSONValue(line)
        }
    }

    private func spoil(_ line: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var line = line
        for _ in 0..<Int.random(in: 1...4, using: &random) where !line.isEmpty {
            let place = Int.random(in: 0..<line.count, using: &random)
            let structure = Array("\"\\{}[]:,u0e-".utf8)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: line.remove(at: place)
            case 1: line[place] = UInt8.random(in: .min ... .max, using: &random)
            case 2: line[place] = structure.randomElement(using: &random) ?? 0
            case 3: line.insert(structure.randomElement(using: &random) ?? 0, at: place)
            case 4: line.removeLast(line.count - place)
            default: line.insert(contentsOf: line[place...].prefix(24), at: place)
            }
        }
        return line
    }

    /// Every prefix of a line ends at another byte: the scanner reads none behind it.
    @Test func everyCutOfALineIsNotJSON() throws {
        for vector in try Vector.all("valid", prefix: "client.") where vector.bytes.count < 1_000 {
            let whole = vector.bytes.reversed().drop { $0 == 0x20 || $0 == 0x0D }.count
            for count in 0..<whole {
                // A copy of exactly this size, so that a sanitizer sees a read behind it.
                let cut = Array(vector.bytes[..<count])
                guard case .failure(let error) = decoder.decode(cut) else {
                    Issue.record("\(vector.testDescription), \(count) bytes")
                    continue
                }
                #expect(error.code == .badJSON, "\(vector.testDescription), \(count) bytes")
            }
        }
    }
}
