"""A whole chat by keyboard alone, on both sides: opened, answered, with a file, ended, rated, begun anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import files

SOON = 8_000
#: The element with the focus, through shadow roots: its name as a screen reader would say it.
FOCUSED = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const labels = [...node.labels ?? []].map((label) => label.textContent.trim());
  return node.getAttribute('aria-label') ?? labels[0] ?? node.textContent.trim();
}"""
#: Whether one can see where the focus is.
IS_SEEN = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const shown = (one) => one && getComputedStyle(one).outlineStyle !== 'none'
    && parseFloat(getComputedStyle(one).outlineWidth) > 0;
  // A text field shows it by its frame, a hidden radio button by the label around it.
  return shown(node) || shown(node.closest('label')) || node.matches('textarea');
}"""


class Hands:
    """Somebody who has no mouse."""

    def __init__(self, person):
        self.page = person.page
        self.keyboard = person.page.keyboard

    def focused(self) -> str:
        return self.page.evaluate(FOCUSED)

    def go_to(self, name: str, key: str = "Tab", most: int = 60) -> None:
        passed = []
        for _ in range(most):
            if self.focused() == name:
                assert self.page.evaluate(IS_SEEN), f"the focus on {name} cannot be seen"
                return
            self.keyboard.press(key)
            passed.append(self.focused())
        raise AssertionError(f"{name} is not reached by {key}: {passed}")

    def press(self, name: str, key: str = "Enter", back: bool = False) -> None:
        self.go_to(name, "Shift+Tab" if back else "Tab")
        self.keyboard.press(key)

    def write(self, text: str) -> None:
        self.keyboard.type(text)
        self.keyboard.press("Enter")


@pytest.mark.site("plain", survey={"question": {"en": "Were we of help?", "zh": "满意吗？"}, "comment": True})
def test_a_whole_chat_without_a_mouse(people):
    anna = people.agent("anna")
    customer = people.customer()
    agent, visitor = Hands(anna), Hands(customer)
    agent.go_to("Your status")
    agent.keyboard.type("Online")
    expect(anna.page.locator(".status[data-status=online]")).to_be_visible(timeout=SOON)

    visitor.press("Open chat")
    expect(customer.field()).to_be_focused(timeout=SOON)
    visitor.write("hello")
    customer.sees("hello")
    expect(anna.offers()).to_have_count(1, timeout=SOON)
    agent.keyboard.press("Alt+A")
    expect(anna.field()).to_be_focused(timeout=SOON)
    agent.write("good day")
    customer.sees("hello", "good day")

    # A file from each; the picture is opened and closed again.
    for hands, one in ((visitor, "cup.png"), (agent, "tea.png")):
        with hands.page.expect_file_chooser() as chooser:
            hands.press("Send a file", back=True)
        chooser.value.set_files({"name": one, "mimeType": "image/png", "buffer": files.png()})
        for person in (customer, anna):
            expect(person.page.get_by_role("button", name=f"Open picture {one}")).to_be_visible(timeout=SOON)
    visitor.press("Open picture tea.png", back=True)
    large = customer.page.get_by_role("dialog", name="tea.png")
    expect(large.get_by_role("img")).to_be_visible(timeout=SOON)
    visitor.press("Close picture")
    expect(large).to_be_hidden()
    assert visitor.focused() == "Open picture tea.png"

    # The customer thinks better of ending it, the agent ends it.
    visitor.press("End conversation", back=True)
    expect(customer.page.locator("chathub-widget .sure")).to_be_visible(timeout=SOON)
    visitor.press("Cancel")
    expect(customer.field()).to_be_focused()
    agent.keyboard.press("Alt+W")
    expect(anna.page.get_by_role("dialog")).to_be_visible()
    agent.keyboard.press("Enter")
    expect(anna.chats()).to_have_count(0, timeout=SOON)

    expect(customer.page.locator("chathub-widget .survey form")).to_be_visible(timeout=SOON)
    visitor.go_to("1 of 5 stars")
    for _ in range(3):
        visitor.keyboard.press("ArrowRight")
    assert visitor.focused() == "4 of 5 stars"
    visitor.press("Send rating")
    expect(customer.page.get_by_text("Thank you for your rating.")).to_be_visible(timeout=SOON)
    visitor.press("Start a new conversation")
    expect(customer.field()).to_be_focused()
    visitor.write("one more thing")
    expect(anna.offers()).to_have_count(1, timeout=SOON)
    visitor.keyboard.press("Escape")
    expect(customer.page.locator("chathub-widget .panel")).to_be_hidden()
    assert visitor.focused().startswith("Open chat")
