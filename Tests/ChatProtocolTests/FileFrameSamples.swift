/// The samples of frames about files, and of messages that name one.
import ChatModel
import ChatProtocol

extension HubFrameSamples {
    static let files: [HubFrameSample] = [
        HubFrameSample(
            frame: "file.offer.ok", name: "where it is to go",
            bytes: ServerFrame.fileOfferOK(
                id: 6, file: fileID, upload: "/v1/files/\(fileID)?t=abc",
                expiresMilliseconds: 600_000)),
        HubFrameSample(
            frame: "file.link.ok", name: "where it is",
            bytes: ServerFrame.fileLinkOK(
                id: 7, url: "/v1/files/\(fileID)?t=abc", expiresMilliseconds: 300_000)),
        HubFrameSample(
            frame: "message", name: "an image with a word",
            bytes: ServerFrame.message(session: session, image, includeKey: false)),
        HubFrameSample(
            frame: "message", name: "a file",
            bytes: ServerFrame.message(session: session, document, includeKey: false)),
        HubFrameSample(
            frame: "history.ok", name: "a talk with files",
            bytes: ServerFrame.historyOK(
                id: 6, session: session, messages: [image, document], lastSeq: 4, more: false,
                epoch: 1, for: customersView)),
        HubFrameSample(
            frame: "session.ok", name: "an agent takes over a talk with files",
            bytes: ServerFrame.sessionOK(
                id: 4, record(.active, agent: agent.id, lastSeq: 4), agentName: "Chen",
                messages: [document], for: agentsView)),
        HubFrameSample(
            frame: "hello.ok", name: "a customer back in a talk with files",
            bytes: ServerFrame.helloOK(id: 1, greetingWithFiles)),
    ]

    static let fileID = FileID(high: 0x0246_8ACE_1357_9BDF, low: 0x0246_8ACE_1357_9BDF)

    private static let image = MessageRecord(
        seq: 3, at: now, sender: customer, key: "k-4",
        body: ServerFrame.messageBody(
            from: customer, text: "这是账单",
            file: SharedFile(
                id: fileID, name: "截图 1.png", type: "image/png", byteCount: 48_213)))
    private static let document = MessageRecord(
        seq: 4, at: now, sender: agent, key: "a-2",
        body: ServerFrame.messageBody(
            from: agent, name: "Chen", text: "",
            file: SharedFile(
                id: fileID, name: "合同.pdf", type: "application/pdf", byteCount: 9)))

    private static var greetingWithFiles: Greeting {
        var greeting = greeting(
            You(id: customer.id, role: .customer),
            sessions: [
                SessionSnapshot(
                    record: record(.active, agent: agent.id, lastSeq: 4), agentName: "Chen",
                    recovered: true, after: 3, messages: [document])
            ])
        greeting.site = SiteCard(
            name: "shop",
            files: FileTerms(maximumBytes: 10_485_760, types: ["image/png", "text/plain"]))
        return greeting
    }
}
