/// What clients' lines become, and what they are refused for.
import ChatModel
import ChatProtocol
import Testing

@Suite struct FrameDecoderTests {
    static let session = "s_01234567890abcdefghjkmnpqr"
    let decoder = FrameDecoder()

    @Test func messageSendIsRead() throws {
        let line =
            #"{"type":"message.send","id":3,"session":"\#(Self.session)","key":"k-1","text":"你好"}"#
        let read = try decoder.decode(Array(line.utf8)).get()
        let session = try #require(SessionID(Self.session))
        #expect(
            read
                == ClientLine(
                    id: 3,
                    frame: .messageSend(MessageSend(session: session, key: "k-1", text: "你好"))))
    }
}
