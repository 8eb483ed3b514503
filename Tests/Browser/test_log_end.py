"""Whoever reads the end of a conversation stays there when the log gets smaller; whoever reads further up
is not moved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

SURVEY = {"question": {"zh": "满意吗？", "en": "Were we of help?"}, "comment": True}
BELOW = """(log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)"""
#: Two frames: sizes are told of in the first one at the latest, and what follows is drawn then.
DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""


class Log:
    """What one reads of the conversation on the screen."""

    def __init__(self, person):
        self.page = person.page
        self.node = person.page.locator("chathub-talk .scroll").first

    def drawn(self) -> "Log":
        self.page.evaluate(DRAWN)
        return self

    def below(self) -> int:
        """Pixels that lie below what is seen."""
        return self.drawn().node.evaluate(BELOW)

    def top(self) -> int:
        return self.drawn().node.evaluate("(log) => Math.round(log.scrollTop)")

    def height(self) -> int:
        return self.drawn().node.evaluate("(log) => log.clientHeight")

    def read_up(self) -> int:
        """A person turns the wheel: somewhere in the middle. Answers where that is."""
        self.node.hover()
        self.page.mouse.wheel(0, -400)
        self.page.wait_for_function(
            f"(log) => ({BELOW})(log) > 300", arg=self.node.element_handle())
        return self.top()


@pytest.fixture
def talk(people, request):
    """A conversation longer than a screen, with both at its end. Some browsers hold on to what is seen by
    themselves, in some cases; Safari never does."""
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("message 1")
    agent.accept()
    customer.is_served_by("Anna")
    for number in range(2, 5):
        customer.say("\n".join(f"message {number}, line {line}" for line in range(24)))
    for one in (customer, agent):
        expect(one.messages()).to_have_count(4, timeout=20_000)
        if getattr(request, "param", "not anchored") == "not anchored":
            Log(one).node.evaluate("(log) => { log.style.overflowAnchor = 'none'; }")
        assert Log(one).below() <= 1
    return customer, agent


def end_by_agent(agent):
    agent.page.get_by_role("button", name="End chat").click()
    agent.page.get_by_role("dialog").get_by_role("button", name="End chat").click()


@pytest.mark.site(survey=SURVEY)
@pytest.mark.parametrize("talk", ["anchored", "not anchored"], indirect=True)
@pytest.mark.parametrize("reads", ["the end", "further up"])
def test_a_survey_that_opens_below_leaves_the_log_where_it_is_read(people, talk, reads):
    customer, agent = talk
    log = Log(customer)
    height = log.height()
    top = log.read_up() if reads == "further up" else None
    end_by_agent(agent)
    expect(customer.page.locator("chathub-widget .survey form")).to_be_visible(timeout=8_000)
    assert log.height() < height - 100
    assert (log.top() == top) if top else (log.below() <= 1)


@pytest.mark.parametrize("side", ["customer", "agent"])
def test_a_text_field_that_grows_leaves_the_log_where_it_is_read(people, talk, side):
    customer, agent = talk
    writer = customer if side == "customer" else agent
    log = Log(writer)
    height = log.height()
    for line in "abcdef":
        writer.field().press(line)
        writer.field().press("Shift+Enter")
        assert log.below() <= 1, line
    assert log.height() < height - 100
    top = log.read_up()
    for key in ("x", "Backspace", "Shift+Enter", "Backspace", "y"):
        writer.field().press(key)
        assert log.top() == top, key
    writer.field().fill("")
    assert log.height() == height
    assert log.top() == top


@pytest.mark.parametrize("side", ["customer", "agent"])
def test_a_lower_window_leaves_the_log_where_it_is_read(people, talk, side):
    """As when the keyboard of a phone comes up."""
    customer, agent = talk
    reader = customer if side == "customer" else agent
    log = Log(reader)
    size = reader.page.viewport_size
    reader.page.set_viewport_size({**size, "height": 500})
    assert log.below() <= 1
    reader.page.set_viewport_size(size)
    assert log.below() <= 1
    top = log.read_up()
    reader.page.set_viewport_size({**size, "height": 500})
    assert log.top() == top
    expect(reader.page.get_by_role("button", name="To the latest message")).to_be_visible()


def test_messages_that_come_while_the_log_gets_smaller_are_seen(people, talk):
    customer, agent = talk
    log = Log(customer)
    size = customer.page.viewport_size
    customer.page.set_viewport_size({**size, "height": 480})
    agent.say("still with me?")
    expect(customer.messages().last).to_have_text("still with me?")
    customer.page.set_viewport_size({**size, "height": 420})
    assert log.below() <= 1
    agent.sees_status("Read")
