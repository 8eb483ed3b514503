/// Attributes as stores keep them.
import ChatModel
import Testing

@Suite struct AttributeTextTests {
    @Test(arguments: [
        AttributeValue.text(""), .text("s:江苏"), .integer(.min), .integer(7), .number(0.1),
        .number(-1e300), .boolean(true), .boolean(false), .list([]),
        .list([.text(""), .text("3:a"), .integer(-2), .number(2.5), .boolean(false)]),
    ])
    func valueComesBackAsItWas(value: AttributeValue) {
        #expect(AttributeValue(storedText: value.storedText) == value)
    }

    @Test(arguments: [
        "", "x", "i", "i1.5", "nn", "tt", "l3", "l3:i1", "l2:l0", "l0:", "l:i1", "l-1:",
    ])
    func damagedTextIsNoValue(text: String) {
        #expect(AttributeValue(storedText: text) == nil)
    }
}
