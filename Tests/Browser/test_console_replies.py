"""Canned replies: found by a slash, filled in, kept by whoever wrote them."""

import pytest
from playwright.sync_api import expect

CANNED = [
    {"shortcut": "hello", "title": "Greeting",
     "text": "Hello {{customer.name}}, this is {{agent.name}}. Your plan is {{plan}}."},
    {"shortcut": "wait", "title": "One moment", "text": "One moment, please."},
    {"shortcut": "退款", "title": "退款时间", "text": "1 到 3 个工作日原路退回。"},
]


@pytest.mark.site(canned=CANNED)
def test_a_slash_finds_a_reply_and_fills_in_what_is_known(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer()
    customer.page.evaluate(
        "document.querySelector('chathub-widget').setAttribute('attr-name', 'Wang <b>')")
    customer.start("hi")
    agent.accept()
    options = agent.page.locator(".canned:not([hidden]) [role=option]")
    agent.field().press_sequentially("/")
    expect(options).to_have_count(3)
    agent.field().press_sequentially("gre")
    expect(options).to_have_count(1)
    agent.page.keyboard.press("Enter")
    expect(agent.field()).to_have_value("Hello Wang <b>, this is Anna. Your plan is {{plan}}.")
    # What nobody knows is marked, ready to be written over; and nothing was sent yet.
    assert agent.field().evaluate(
        "(one) => one.value.slice(one.selectionStart, one.selectionEnd)") == "{{plan}}"
    expect(agent.messages()).to_have_count(1)
    agent.page.keyboard.type("gold")
    agent.page.keyboard.press("Enter")
    customer.sees("hi", "Hello Wang <b>, this is Anna. Your plan is gold.")


@pytest.mark.site(canned=CANNED)
def test_escape_closes_the_list_and_a_slash_may_be_sent(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("which folder?")
    agent.accept()
    options = agent.page.locator(".canned:not([hidden]) [role=option]")
    agent.field().press_sequentially("/")
    expect(options).to_have_count(3)
    agent.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    agent.field().press_sequentially("home")
    agent.page.keyboard.press("Enter")
    customer.sees("which folder?", "/home")
    agent.field().press_sequentially("/退")
    expect(options).to_have_count(1)
    options.first.click()
    expect(agent.field()).to_have_value("1 到 3 个工作日原路退回。")


def test_ones_own_replies_are_written_changed_and_taken_away(people):
    agent = people.agent("anna").set_status("online")
    people.customer().start("hi")
    agent.accept()
    agent.field().press_sequentially("/")
    agent.page.get_by_role("button", name="Your own replies").click()
    dialog = agent.page.get_by_role("dialog")
    dialog.get_by_role("button", name="New reply").click()
    dialog.get_by_label("Shortcut").fill("sig")
    dialog.get_by_label("Text", exact=True).fill("Anna\nfrom the shop <script>")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("/sig")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    agent.page.reload()
    agent.field().fill("")
    agent.field().press_sequentially("/sig")
    agent.page.keyboard.press("Tab")
    expect(agent.field()).to_have_value("Anna\nfrom the shop <script>")
    agent.field().fill("/")
    agent.page.get_by_role("button", name="Your own replies").click()
    dialog.get_by_role("button", name="Change sig").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_text("/sig")).to_have_count(0)
