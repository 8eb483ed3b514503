"""What is over, and what is taken back: removed messages, reminders, a conversation that goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

REMOVED = "This message was removed"


def end(agent):
    agent.page.locator(".tools").get_by_role("button", name="End chat").click()
    agent.page.get_by_role("dialog").get_by_role("button", name="End chat").click()


def lines(one):
    """What the hub tells in the conversation."""
    return one.page.locator("chathub-talk li.system")


def removed(one):
    return one.page.locator("chathub-talk .bubble.deleted")


def test_a_supervisor_removes_a_message_for_everybody_by_keyboard(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("my card is 4111 1111")
    anna.accept()
    anna.say("Please do not write that here.")
    assert anna.page.locator("button.remove").count() == 0, "agents have no such button"
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    boss.page.get_by_role("dialog").get_by_role("button", name=re.compile("Visitor")).click()
    expect(boss.messages()).to_have_count(2)
    buttons = boss.page.locator("button.remove")
    assert buttons.evaluate_all("(all) => all.map((one) => one.tabIndex)") == [-1, 0]
    buttons.last.focus()
    boss.page.keyboard.press("ArrowUp")
    expect(buttons.first).to_be_focused()
    boss.page.keyboard.press("Enter")
    dialog = boss.page.get_by_role("dialog", name="Remove this message for everybody?")
    expect(dialog).to_contain_text("my card is 4111 1111")
    dialog.get_by_role("button", name="Remove").press("Enter")
    for one in (boss, anna, customer):
        expect(removed(one)).to_have_text([REMOVED])
        expect(one.messages()).to_have_text([REMOVED, "Please do not write that here."])
        one.page.reload()
        expect(removed(one)).to_have_text([REMOVED]) if one is not boss else None
        assert "4111" not in one.page.content()
    expect(anna.chats().first).to_contain_text("Please do not")


def test_a_message_is_removed_from_the_board_too(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("a rude word")
    anna.accept()
    zoe = people.supervisor()
    expect(zoe.figure("talking")).to_have_text("1", timeout=8_000)
    zoe.figure("talking").click()
    zoe.page.get_by_role("button", name="Look on").click()
    zoe.page.get_by_role("button", name=re.compile("^Remove the message of Visitor")).click()
    zoe.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(zoe.page.locator("aside.watch .bubble.deleted")).to_have_text([REMOVED])
    expect(removed(customer)).to_have_text([REMOVED])


@pytest.mark.site(reopen="10m")
def test_a_customer_goes_on_with_the_conversation_that_ended(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("where is my parcel?")
    anna.accept()
    anna.say("Tomorrow.")
    customer.sees("where is my parcel?", "Tomorrow.")
    end(anna)
    customer.page.get_by_role("button", name="Continue this one").click()
    expect(anna.offers()).to_have_count(1)
    anna.accept()
    customer.is_served_by("Anna")
    expect(lines(customer).first).to_have_text("This conversation goes on")
    expect(lines(anna).first).to_have_text("The customer goes on with this chat")
    customer.say("which one?")
    for one in (customer, anna):
        one.sees("where is my parcel?", "Tomorrow.", "which one?")


@pytest.mark.site(reopen="0s")
def test_a_site_may_keep_what_is_over_closed(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    end(anna)
    expect(customer.page.get_by_role("button", name="Start a new conversation")).to_be_visible()
    expect(customer.page.get_by_role("button", name="Continue this one")).to_have_count(0)


@pytest.mark.site(idle={"remind_after": "2s", "close_after": "5s"})
def test_a_customer_who_says_nothing_is_reminded_and_then_let_go(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    anna.say("How can I help?")
    expect(lines(customer)).to_contain_text("Are you still there?", timeout=15_000)
    expect(lines(anna)).to_have_text(["The customer was asked whether he is still there"])
    expect(customer.page.locator("chathub-widget .again")).to_contain_text(
        "ended because nothing was written", timeout=20_000)
