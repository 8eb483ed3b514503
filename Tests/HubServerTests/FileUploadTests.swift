// Uploads between the disk and the store: one of a file at a time, one answer each, and nothing
// left of what was not kept.
import ChatModel
import ChatProtocol
import HubCore
import Routing
import Testing

@testable import HubServer
@testable import WebSockets

struct FileUploadTests {
    private let site = SiteID("demo")!
    private let session = SessionID(high: 1, low: 2)
    private let blobs = FakeBlobs()
    private let store = FakeStore()
    private let desk = StoreDesk()
    private let signer: FileSigner
    private let door: FileDoor
    private let file = SharedFile(id: FileID(high: 3, low: 4), name: "a", type: "", byteCount: 5)

    init() async throws {
        signer = FileSigner(
            keys: try await SigningKeys.make(secret: [UInt8](repeating: 7, count: 32)))
        desk.store = store
        var rules = try rulesOfNobody(site)
        rules.files = FileRules(
            terms: FileTerms(maximumBytes: 100, types: ["text/plain"]),
            limits: FileLimits(perSession: 5, totalBytes: 1_000))
        door = FileDoor(blobs: blobs, desk: desk, signer: signer) { _ in rules }
    }

    private func request() -> HTTPRequest {
        let ticket = FileTicket(
            .upload, site: site, session: session,
            person: Participant(role: .customer, id: PersonID("v_c")!), file: file,
            expiresAt: .max)
        let address = signer.address(ticket).split(separator: "?t=")
        return HTTPRequest(
            method: .put, path: String(address[0]), query: [HTTPField("t", String(address[1]))],
            headers: ["content-length": "5"], body: [], remoteAddress: "127.0.0.1",
            completion: HTTPCompletion())
    }

    /// An upload that has begun, and where its answers come.
    private func begin() throws -> (upload: any HTTPBodyReader, answers: Answers) {
        let request = request()
        let answers = Answers()
        request.completion.finishing = { answers.statuses.append($0.status) }
        guard case .stream(let upload) = door.plan(for: request) else {
            throw NotTaken()
        }
        return (upload, answers)
    }

    private func upload(_ text: String, _ reader: any HTTPBodyReader) -> HTTPResponse {
        Array(text.utf8).withUnsafeBytes { reader.take($0) }
        let response = reader.finish()
        blobs.settle()
        return response
    }

    @Test func oneUploadOfAFileAtATime() throws {
        var first: (any HTTPBodyReader)? = try begin().upload
        guard case .refuse(let response) = door.plan(for: request()) else {
            Issue.record("a second one was taken")
            return
        }
        #expect(response.status == 503)
        withExtendedLifetime(first) {}
        first = nil
        _ = try begin()
    }

    @Test(arguments: [
        (StoreRefusal.noFile, 404, true), (StoreRefusal.noSpace, 507, true),
        (StoreRefusal.sessionClosed, 409, false),
    ])
    func nothingIsLeftOfWhatTheStoreDoesNotTake(
        refusal: StoreRefusal, status: Int, isForgotten: Bool
    ) throws {
        let (reader, answers) = try begin()
        #expect(upload("hello", reader).isDeferred)
        #expect(blobs.kept == [file.id] && answers.statuses == [])
        let call = try #require(store.calls.first)
        guard case .fileKept(let kept) = call.request else {
            Issue.record("\(call.request)")
            return
        }
        #expect(kept.totalBytes == 1_000 && kept.file == file.id)
        #expect(desk.take(call.operation, .refused(refusal)))
        #expect(answers.statuses == [status])
        #expect(blobs.deleted == (isForgotten ? [file.id] : []))
    }

    @Test(arguments: [("hell", 400), ("he\0lo", 415), ("hello!", 413)])
    func aFailureIsAnsweredOnce(text: String, status: Int) throws {
        let (reader, answers) = try begin()
        #expect(upload(text, reader).status == status)
        #expect(answers.statuses == [] && store.calls.isEmpty && blobs.kept == [])
    }

    @Test func aDiskThatFailsIsAnsweredOnce() throws {
        let (reader, answers) = try begin()
        blobs.isFull = true
        #expect(upload("hello", reader).isDeferred)
        #expect(answers.statuses == [503] && store.calls.isEmpty)
    }
}

private struct NotTaken: Error {}

private final class Answers {
    var statuses: [Int] = []
}

private final class FakeStore: Store {
    var calls: [StoreCall] = []
    func submit(_ call: StoreCall) { calls.append(call) }
}

/// Contents in memory; answers come when `settle` is called, as they come from beside the loop.
private final class FakeBlobs: BlobStore {
    var kept: [FileID] = []
    var deleted: [FileID] = []
    var isFull = false
    private var waiting: [() -> Void] = []

    func later(_ call: @escaping () -> Void) { waiting.append(call) }

    func settle() {
        while !waiting.isEmpty { waiting.removeFirst()() }
    }

    func writer(of file: FileID, at site: SiteID) -> any BlobWriter { FakeWriter(self, file) }

    func open(_ name: BlobName, then: @escaping ((any BlobReader)?) -> Void) {
        later { then(nil) }
    }

    func delete(_ files: [FileID], at site: SiteID, then: @escaping ([FileID]) -> Void) {
        deleted += files
        later { then(files) }
    }
}

private final class FakeWriter: BlobWriter {
    private let blobs: FakeBlobs
    private let file: FileID

    init(_ blobs: FakeBlobs, _ file: FileID) {
        self.blobs = blobs
        self.file = file
    }

    func write(_ piece: [UInt8], then: @escaping (Bool) -> Void) {
        let isWritten = !blobs.isFull
        blobs.later { then(isWritten) }
    }

    func finish(type: String, then: @escaping (Bool) -> Void) {
        blobs.kept.append(file)
        blobs.later { then(true) }
    }

    func cancel() {}
}

private func rulesOfNobody(_ site: SiteID) throws -> SiteRules {
    let group = GroupID("all")!
    let plan = Plan(steps: [PlanStep(target: .group(group))])
    return SiteRules(
        site: site, version: 1, strategy: try Strategy(rules: [Rule(name: "all", plan: plan)]),
        groups: [GroupRules(id: group, name: "All", maximumWaiting: nil, reopenBelow: nil)],
        agents: [:], selection: .leastLoaded, offerMilliseconds: nil, declinePauseMilliseconds: 0,
        graces: Graces(customerMilliseconds: 1_000, agentMilliseconds: 1_000), origins: [],
        limits: SiteLimits(), durability: "accepted")
}
