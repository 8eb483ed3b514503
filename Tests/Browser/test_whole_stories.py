"""Whole stories through real pages on both sides: from a first word to the last, as people live them."""

from __future__ import annotations

import re

import pytest
from hub import eventually
from playwright.sync_api import expect

from test_console import LISTENING

PHONE = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True}


@pytest.mark.site("robots")
def test_from_the_robot_over_the_queue_to_an_agent_and_his_colleague_to_the_survey(people, hub):
    eventually("the robot is there", lambda: "the robot is here" in hub.log(), within=20)
    anna = people.agent("anna").set_status("busy")
    customer = people.customer(**PHONE).open_chat()
    customer.say("仓储进度")
    customer.sees("仓储进度", "Hello, I am Zhi.", "See the order page.")
    customer.page.get_by_role("button", name="Talk to a human").click()
    customer.sees_place(1)
    anna.set_status("online")
    expect(anna.offers()).to_have_count(1)
    anna.accept()
    info = anna.page.get_by_role("complementary", name="About the customer")
    expect(info).to_contain_text("asked for a human")
    anna.say("Let me get the colleague who knows your parcel.")
    bo = people.agent("bo").set_status("online")
    anna.page.locator(".tools").get_by_role("button", name="Transfer", exact=True).click()
    dialog = anna.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("Bo")).check()
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    bo.accept()
    customer.is_served_by("Bo")
    expect(bo.messages()).to_have_count(4)
    bo.say("It arrives tomorrow.")
    expect(customer.messages().last).to_have_text("It arrives tomorrow.")
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.get_by_role("button", name="Yes, end it").click()
    group = customer.page.get_by_role("group", name=re.compile("How was"))
    group.get_by_role("radio", name="5 of 5 stars").check(force=True)
    customer.page.get_by_role("button", name="Send rating").click()
    expect(bo.page.locator(".toast")).to_contain_text("5 of 5")
    expect(bo.page.get_by_text("The customer ended this chat.")).to_be_visible()


@pytest.mark.site("levels")
def test_an_important_customer_comes_first_and_nobody_else_sees_himself_pushed_back(people):
    anna = people.agent("anna").set_status("busy")
    ordinary = [people.customer().start(f"ordinary {n}") for n in (1, 2)]
    for place, one in enumerate(ordinary, start=1):
        one.sees_place(place)
    vip = people.customer("/?level=8").start("I am important")
    vip.sees_place(1)
    for place, one in enumerate(ordinary, start=1):
        one.sees_place(place)
    expect(anna.page.locator(".group .levels")).to_contain_text("VIP 8")
    anna.set_status("online")
    expect(anna.offers()).to_have_count(3)
    anna.accept()
    anna.sees("I am important")
    expect(anna.page.locator(".chat-pane h1 .level")).to_have_text("VIP 8")
    anna.page.get_by_role("button", name="Why this customer").click()
    expect(anna.page.get_by_role("dialog")).to_contain_text("from the page’s parameter")
    anna.page.keyboard.press("Escape")
    vip.is_served_by("Anna")


def test_a_whole_working_day_by_keyboard_alone(people):
    anna = people.agent("anna")
    anna.page.get_by_role("button", name="Go online").focus()
    anna.page.keyboard.press("Enter")
    customer = people.customer().start("one")
    expect(anna.offers()).to_have_count(1)
    anna.page.keyboard.press("Alt+a")
    expect(anna.field()).to_be_focused()
    anna.page.keyboard.type("a reply")
    anna.page.keyboard.press("Enter")
    customer.sees("one", "a reply")
    anna.page.keyboard.press("Alt+n")
    anna.page.keyboard.type("a note")
    anna.page.keyboard.press("Enter")
    expect(anna.page.locator("chathub-talk li.note .text")).to_have_text(["a note"])
    anna.page.keyboard.press("Alt+n")
    expect(anna.field()).to_be_focused()
    bo = people.agent("bo").set_status("online")
    anna.page.keyboard.press("Alt+t")
    dialog = anna.page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name=re.compile("Bo"))).to_be_checked()
    dialog.get_by_label("A note for whoever takes it").focus()
    anna.page.keyboard.type("over to you")
    for _ in range(6):
        anna.page.keyboard.press("Tab")
        if anna.page.evaluate("document.activeElement.value") == "yes":
            break
    anna.page.keyboard.press("Enter")
    expect(bo.offers().first).to_contain_text("over to you")
    bo.page.keyboard.press("Alt+a")
    customer.is_served_by("Bo")
    expect(bo.field()).to_be_focused()
    bo.page.keyboard.press("Alt+w")
    bo.page.keyboard.press("Enter")
    expect(bo.chats()).to_have_count(0)


@pytest.mark.site("plain", offer_timeout="3s")
def test_what_one_agent_does_not_notice_goes_to_the_next_and_then_to_the_supervisor(people):
    zoe = people.supervisor()
    agents = [people.agent(who) for who in ("anna", "bo")]
    for one in (zoe, *agents):
        one.page.add_init_script(LISTENING)
        one.page.reload()
    zoe.page.get_by_role("heading", name="Queues").click()
    for one in agents:
        one.set_status("online")
        one.page.get_by_role("button", name="Sounds and notifications").click()
        one.page.get_by_role("switch", name=re.compile("notifications")).check()
        one.page.get_by_role("button", name="Close", exact=True).click()
        one.page.evaluate("document.hasFocus = () => false")
    customer = people.customer().start("is anybody there?")
    for one in agents:
        expect(one.page.locator(".status[data-status=away]")).to_be_visible(timeout=15_000)
        expect(one.page.locator(".empty")).to_contain_text("You did not answer an offer in time")
        assert one.page.evaluate("window.tones") > 0
        assert one.page.evaluate("window.notices.length") == 1
    alarm = zoe.page.locator(".alerts li")
    expect(alarm).to_contain_text("售前组: somebody is waiting and no agent is there", timeout=10_000)
    expect(zoe.page).to_have_title(re.compile(r"^\(1\)"))
    assert zoe.page.evaluate("window.tones") > 0
    expect(customer.page.locator("chathub-widget .queue")).to_contain_text(
        "as soon as an agent is there", timeout=10_000)
    # He helps himself: it is his, from where he saw it.
    zoe.figure("waiting").click()
    zoe.page.get_by_role("button", name="Take over").click()
    zoe.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
    customer.is_served_by("zoe")
