/// What somebody is told who opens an address without a page: which pages there are, in both
/// languages, since who he is nobody knows. All of it is public: behind each page a token decides.
/// Answered by `HttpDoor`.
import WebSockets

enum MissingPage {
    /// Short for what only a program asks for, such as a script.
    static func answer(to path: String) -> HTTPResponse {
        let isProgram = path.contains(".") && !path.hasSuffix(".html")
        return .text(404, isProgram ? "no such file\n" : text)
    }

    private static let text = """
        There is no page at this address. These are here:

          /            the demo shop, with the customer's chat
          /console     an agent's work place; opened by his signed link
          /board       a supervisor's board; opened by his signed link
          /customers   what is known of customers; from the board

        A signed link comes from whoever runs this hub, and holds all that stands behind its #.

        这个地址没有页面。这里有：

          /            演示商店，可作为客户发起会话
          /console     客服工作台，用本人的签名链接打开
          /board       主管看板，用本人的签名链接打开
          /customers   客户资料，从看板进入

        签名链接由本系统的管理员提供，# 之后的内容要完整保留。

        """
}
