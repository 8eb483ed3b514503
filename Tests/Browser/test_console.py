"""The agents' console: several chats kept apart, the customer beside them, nothing unnoticed."""

from __future__ import annotations

import re

import pytest
from hub import eventually
from playwright.sync_api import expect

#: Counts tones and notifications instead of making them; nothing may ask before a person pressed.
LISTENING = """
window.tones = 0; window.asked = 0; window.notices = [];
window.AudioContext = class {
  state = 'running'; currentTime = 0; destination = {};
  resume() {}
  createOscillator() {
    window.tones += 1;
    return { frequency: {}, connect: (next) => next, start() {}, stop() {} };
  }
  createGain() {
    const gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: (next) => next };
  }
};
window.Notification = class {
  static permission = 'default';
  static async requestPermission() { window.asked += 1; return this.permission = 'granted'; }
  constructor(title, { body }) { window.notices.push([title, body]); }
  close() {}
};
"""


def two_chats(people, agent):
    """Two customers who said who they are, both with the agent; the second one is open."""
    customers = []
    for text in ("the first one here", "the second one here"):
        customers.append(people.customer().start(text))
        agent.accept()
        agent.sees(text)
    return customers


def test_each_chat_keeps_its_own_draft_and_its_words_go_to_its_customer(people):
    agent = people.agent("anna").set_status("online")
    first, second = two_chats(people, agent)
    agent.field().fill("only for the second")
    agent.chats().nth(0).click()
    expect(agent.field()).to_have_value("")
    expect(agent.chats().nth(1)).to_contain_text("Draft: only for the second")
    agent.say("only for the first")
    first.sees("the first one here", "only for the first")
    agent.page.keyboard.press("Alt+ArrowDown")
    expect(agent.field()).to_have_value("only for the second")
    agent.field().press("Enter")
    second.sees("the second one here", "only for the second")
    first.sees("the first one here", "only for the first")
    hues = [agent.chats().nth(n).locator(".avatar").get_attribute("data-hue") for n in (0, 1)]
    assert agent.page.locator(".chat-pane").get_attribute("data-hue") == hues[1]


def test_what_was_not_sent_is_there_to_copy_when_the_customer_ends_the_chat(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    agent.field().fill("half a sent")
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.get_by_role("button", name="Yes, end it").click()
    expect(agent.page.get_by_text("The customer ended this chat.")).to_be_visible()
    expect(agent.page.locator(".unsent")).to_contain_text("half a sent")


def test_what_an_agent_learns_is_kept_and_what_a_page_says_is_marked_as_such(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer("/?level=3")
    customer.page.evaluate(
        "document.querySelector('chathub-widget').setAttribute('attr-plan', 'gold?')")
    customer.start("hello")
    agent.accept()
    info = agent.page.get_by_role("complementary", name="About the customer")
    expect(info.locator("dd", has_text="gold?")).to_contain_text("told by the page")
    info.get_by_role("button", name="Add what you learned").click()
    dialog = agent.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("size")
    dialog.get_by_label("Value").fill("<b>42</b>")
    dialog.get_by_label("Value").press("Enter")
    row = info.locator("dd", has_text="<b>42</b>")
    expect(row).to_be_visible()
    expect(row).not_to_contain_text("told by the page")
    expect(info.get_by_role("button", name="Add what you learned")).to_be_visible()
    agent.page.reload()
    row = info.locator("dd", has_text="<b>42</b>")
    row.hover()
    row.get_by_role("button", name="Change size").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_new_chat_rings_until_it_is_answered_and_notifies_only_who_asked_for_it(people):
    agent = people.agent("anna")
    agent.page.add_init_script(LISTENING)
    agent.page.reload()
    agent.set_status("online")
    agent.page.locator(".top .brand").click()
    assert agent.page.evaluate("window.asked") == 0
    people.customer().start("is anybody there?")
    expect(agent.offers()).to_have_count(1)
    rung = agent.page.evaluate("window.tones")
    assert rung > 0 and agent.page.evaluate("window.notices") == []
    eventually("it rings again", lambda: agent.page.evaluate("window.tones") > rung, every=0.2)
    expect(agent.page).to_have_title("(1) New chat")
    agent.accept()
    expect(agent.page).to_have_title("Console")
    agent.page.get_by_role("button", name="Sounds and notifications").click()
    agent.page.get_by_role("switch", name=re.compile("notifications")).check()
    agent.page.get_by_role("button", name="Close", exact=True).click()
    assert agent.page.evaluate("window.asked") == 1
    agent.page.evaluate("document.hasFocus = () => false")
    people.customer().start("and me?")
    expect(agent.offers()).to_have_count(1)
    assert agent.page.evaluate("window.notices")[0][0] == "New for you"
    # Kept for this person, and nothing asks again.
    agent.page.reload()
    agent.page.get_by_role("button", name="Sounds and notifications").click()
    expect(agent.page.get_by_role("switch", name=re.compile("sound"))).to_be_checked()
    assert agent.page.evaluate("window.asked") == 0


def test_words_in_a_chat_that_is_not_looked_at_are_counted_and_heard(people):
    agent = people.agent("anna")
    agent.page.add_init_script(LISTENING)
    agent.page.reload()
    agent.set_status("online")
    first, second = two_chats(people, agent)
    before = agent.page.evaluate("window.tones")
    second.say("I am looked at")
    agent.sees("the second one here", "I am looked at")
    assert agent.page.evaluate("window.tones") == before
    first.say("I am not")
    expect(agent.chats().nth(0).locator(".unread")).to_have_text("1")
    assert agent.page.evaluate("window.tones") > before
    expect(agent.page).to_have_title("(1) Console")
    agent.page.keyboard.press("Alt+u")
    agent.sees("the first one here", "I am not")
    expect(agent.chats().nth(0).locator(".unread")).to_be_hidden()


def test_dialogs_and_lists_by_keyboard(people):
    agent = people.agent("anna").set_status("online")
    two_chats(people, agent)
    page = agent.page
    page.locator(".top .me").click()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Next chat with unread messages")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null"
                             " || document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    agent.chats().nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(agent.chats().nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(agent.chats().nth(0)).to_have_attribute("aria-current", "true")
    expect(agent.field()).to_be_focused()
    end = page.get_by_role("button", name="End chat")
    end.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(end).to_be_focused()
    assert [agent.chats().nth(n).evaluate("(one) => one.tabIndex") for n in (0, 1)] == [0, -1]


def test_enter_that_ends_a_composition_does_not_send(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("你好")
    agent.accept()
    agent.field().focus()
    keyboard = agent.context.new_cdp_session(agent.page)
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    agent.page.keyboard.press("Enter")
    expect(agent.pending()).to_have_count(0)
    expect(agent.messages()).to_have_count(1)
    keyboard.send("Input.insertText", {"text": "您好"})
    agent.page.keyboard.press("Enter")
    customer.sees("你好", "您好")


def test_two_hundred_messages_stay_where_the_agent_reads(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("message 1")
    agent.accept()
    customer.says_up_to(200)
    expect(agent.messages()).to_have_count(200, timeout=30_000)
    middle = agent.messages().nth(99)
    middle.scroll_into_view_if_needed()
    top = middle.evaluate("(node) => node.getBoundingClientRect().top")
    customer.say("one more")
    expect(agent.messages()).to_have_count(201)
    assert abs(middle.evaluate("(node) => node.getBoundingClientRect().top") - top) < 2
    agent.page.get_by_role("button", name="1 new message").click()
    expect(agent.messages().last).to_be_in_viewport()


def test_an_agent_whose_laptop_slept_finds_everything(people, line):
    agent = people.agent("anna", at=line.http).set_status("online")
    customer = people.customer().start("before")
    agent.accept()
    power = agent.context.new_cdp_session(agent.page)
    power.send("Page.enable")
    power.send("Page.setWebLifecycleState", {"state": "frozen"})
    line.cut()
    customer.say("while you slept")
    customer.sees("before", "while you slept")
    line.mend()
    power.send("Page.setWebLifecycleState", {"state": "active"})
    agent.sees("before", "while you slept")
    expect(agent.page.locator(".banner").first).to_be_hidden(timeout=10_000)
    agent.say("I am back")
    customer.sees("before", "while you slept", "I am back")


@pytest.mark.parametrize("size", [(1024, 768), (390, 780)])
def test_on_a_narrow_screen_the_customer_comes_over_the_chat(people, size):
    agent = people.agent("anna", viewport={"width": size[0], "height": size[1]})
    agent.set_status("online")
    people.customer().start("hello")
    agent.accept()
    info = agent.page.get_by_role("complementary", name="About the customer")
    expect(info).to_be_hidden()
    agent.page.get_by_role("button", name="About the customer").click()
    expect(info).to_be_in_viewport()
    info.get_by_role("button", name="Close the customer").click()
    expect(info).to_be_hidden()
    width = agent.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0], "nothing hangs over the side"


def test_a_supervisor_gives_a_waiting_customer_to_a_colleague_he_sees_is_free(browser, people, hub):
    agent = people.agent("anna").set_status("busy")
    customer = people.customer().start("who takes me?")
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Assign").click()
    dialog = boss.page.get_by_role("dialog")
    expect(dialog.locator(".person", has_text="Anna")).to_contain_text("0 of 4 chats")
    dialog.get_by_role("radio", name=re.compile("Anna")).check()
    dialog.get_by_role("button", name="Assign").click()
    customer.is_served_by("Anna")
    expect(agent.chats()).to_have_count(1)


def test_a_supervisor_gives_a_customer_an_agent_of_his_own_beside_the_chat(people):
    people.agent("bo").set_status("away")
    anna = people.agent("anna").set_status("online")
    people.customer().start("hello")
    anna.accept()
    info = anna.page.get_by_role("complementary", name="About the customer")
    expect(info.get_by_role("button", name="Add what you learned")).to_be_visible()
    expect(info.get_by_role("button", name="Change his own agent")).to_have_count(0)
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    boss.page.get_by_role("dialog").get_by_role("button", name=re.compile("Visitor")).click()
    info = boss.page.get_by_role("complementary", name="About the customer")
    change = info.get_by_role("button", name="Change his own agent")
    for agent, shown in (("bo", "Bo"), ("", "None")):
        change.press("Enter")
        dialog = boss.page.get_by_role("dialog")
        dialog.get_by_label("Own agent").select_option(agent)
        dialog.get_by_role("button", name="Save").click()
        expect(info.locator("dt:has(bdi:text-is('Own agent')) + dd")).to_have_text(shown)


def test_whether_the_customer_is_there_reads_the_same_above_the_chat_and_beside_it(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    above = anna.page.locator(".chat-pane h1 + p")
    beside = anna.page.locator("aside .presence")
    expect(beside).to_have_text("On the page now")
    expect(above).not_to_contain_text("not on the page now")
    customer.page.goto("about:blank")
    expect(above).to_contain_text("not on the page now", timeout=10_000)
    expect(beside).to_have_text("not on the page now")
    customer.page.go_back()
    expect(beside).to_have_text("On the page now", timeout=10_000)
    expect(above).not_to_contain_text("not on the page now")
