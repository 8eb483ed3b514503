"""The people of the browser stories: a customer on a page with the widget, an agent at the console.

Each lives in a browser context of his own, as on a machine of his own. Every page is watched: a
violation of its content security policy, an uncaught error or an error in its console makes the
story fail at its end (`Watched.verdict`).
"""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

#: Chromium tells of a lost WebSocket itself; losing it is what some stories are about.
EXPECTED_NOISE = re.compile(r"WebSocket connection to|ERR_CONNECTION|ERR_EMPTY_RESPONSE|net::ERR")

WATCH_POLICY = """
window.policyViolations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


class Watched:
    """One page, and what went wrong on it."""

    def __init__(self, context: BrowserContext, name: str):
        self.context = context
        self.name = name
        self.complaints: list[str] = []
        context.add_init_script(WATCH_POLICY)
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("console", self._hear)
        self.page.on("dialog", self._dialog)

    def _hear(self, message) -> None:
        if message.type == "error" and not EXPECTED_NOISE.search(message.text):
            self.complaints.append(f"console: {message.text}")

    def _dialog(self, dialog) -> None:
        self.complaints.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def verdict(self) -> list[str]:
        violations = self.page.evaluate("window.policyViolations ?? []")
        return [f"{self.name}: {one}" for one in [*self.complaints, *violations]]


class Talker(Watched):
    """What customer and agent have in common: one text field and one log."""

    def field(self) -> Locator:
        return self.page.get_by_label("Your message")

    def messages(self) -> Locator:
        """The texts the hub has, oldest first; what is still on its way does not count."""
        return self.page.locator("chathub-talk .message[data-seq] .bubble")

    def pending(self) -> Locator:
        return self.page.locator("chathub-talk .message.pending")

    def say(self, text: str) -> None:
        self.field().fill(text)
        self.field().press("Enter")

    def sees(self, *texts: str) -> None:
        """Exactly these messages, in this order."""
        expect(self.messages()).to_have_text(list(texts), timeout=10_000)

    def sees_status(self, words: str) -> None:
        """What stands under the own latest message: Sent or Read."""
        expect(self.page.locator(".message.mine .status").filter(has_text=words)).to_have_count(1)


class Customer(Talker):
    """A visitor of a page that has the widget."""

    def __init__(self, browser: Browser, name: str = "customer", **context):
        options = {"locale": "en-US", "viewport": {"width": 1100, "height": 800}, **context}
        super().__init__(browser.new_context(**options), name)

    def visit(self, address: str) -> "Customer":
        self.page.goto(address)
        expect(self.page.locator("chathub-widget")).to_be_attached()
        return self

    def open_chat(self) -> "Customer":
        self.page.get_by_role("button", name=re.compile("^Open chat")).click()
        return self

    def start(self, text: str) -> "Customer":
        self.open_chat()
        self.say(text)
        self.sees(text)
        return self

    def says_up_to(self, last: int) -> None:
        """`message 2` to `message <last>`, as fast as the widget takes them."""
        self.page.evaluate("""(last) => {
          const { shadowRoot } = document.querySelector('chathub-widget');
          const composer = shadowRoot.querySelector('chathub-composer');
          for (let n = 2; n <= last; n += 1) {
            const detail = { text: `message ${n}` };
            composer.dispatchEvent(new CustomEvent('chathub-submit', { detail }));
          }
        }""", last)

    def sees_place(self, number: int) -> None:
        expect(self.page.locator("chathub-widget .queue .place")).to_have_text(
            str(number), timeout=10_000)

    def is_served_by(self, name: str) -> None:
        expect(self.page.locator("chathub-widget header h2")).to_have_text(name, timeout=10_000)


class Agent(Talker):
    """Somebody at the console."""

    def __init__(self, browser: Browser, address: str, token: str, name: str = "agent", **context):
        options = {"locale": "en-US", "viewport": {"width": 1320, "height": 820}, **context}
        super().__init__(browser.new_context(**options), name)
        self.page.goto(f"{address}/console#token={token}&site=demo")
        expect(self.status()).to_be_enabled(timeout=10_000)

    def status(self) -> Locator:
        return self.page.get_by_label("Your status")

    def set_status(self, status: str) -> "Agent":
        self.status().select_option(status)
        expect(self.page.locator(f".status[data-status={status}]")).to_be_visible()
        return self

    def offers(self) -> Locator:
        return self.page.locator(".offer")

    def accept(self) -> "Agent":
        self.page.get_by_role("button", name="Accept", exact=True).first.click()
        expect(self.field()).to_be_visible()
        return self

    def chats(self) -> Locator:
        return self.page.locator("button.chat")

    def waiting(self, group: str) -> Locator:
        """The line about a group's queue."""
        return self.page.locator(".group", has_text=group).locator("h3 span")


class Supervisor(Watched):
    """Somebody at the board or the customers page."""

    def __init__(self, browser: Browser, address: str, token: str, path: str = "/board",
                 name: str = "supervisor", **context):
        options = {"locale": "en-US", "viewport": {"width": 1400, "height": 1000}, **context}
        super().__init__(browser.new_context(**options), name)
        self.page.goto(f"{address}{path}#token={token}&site=demo")
        expect(self.page.locator("main")).to_be_visible(timeout=10_000)

    def figure(self, name: str) -> Locator:
        return self.page.locator(f".figure.{name} .value")

    def tile(self, group: str) -> Locator:
        return self.page.locator(".tile", has_text=group)

    def row(self, name: str) -> Locator:
        return self.page.locator("tbody tr", has_text=name)
