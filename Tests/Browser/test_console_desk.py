"""What agents write down: the wrap-up after a chat, tags, statuses with reasons, a customer's past."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

DESK = {
    "wrap_up": "60s",
    "tags": ["loud", "refund"],
    "dispositions": {"topics": ["Parcel", "Money"], "results": ["Solved", "To follow up"]},
    "statuses": {"away": ["Lunch"], "busy": ["Meeting"]},
}


def end(agent):
    agent.page.locator(".tools").get_by_role("button", name="End chat").click()
    agent.page.get_by_role("dialog").get_by_role("button", name="End chat").click()


@pytest.mark.site(**DESK)
def test_a_chat_is_wrapped_up_and_found_again_with_the_customers_next_one(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("where is my parcel?")
    agent.accept()
    agent.say("Tomorrow.")
    customer.sees("where is my parcel?", "Tomorrow.")
    end(agent)
    form = agent.page.locator("form.wrap")
    expect(form).to_be_visible()
    expect(form.get_by_role("timer")).to_contain_text("s left")
    expect(agent.page.locator(".top .load")).to_contain_text("1 of 4")
    expect(agent.field()).to_be_hidden()
    form.get_by_role("button", name="More time").click()
    form.get_by_label("It was about").fill("Parcel")
    form.get_by_label("What came of it").fill("Solved")
    form.get_by_label("Note for colleagues").fill("patient man")
    form.get_by_role("button", name="Done").click()
    expect(agent.chats()).to_have_count(0)
    expect(agent.page.locator(".top .load")).to_contain_text("0 of 4")
    customer.page.get_by_role("button", name="Start a new conversation").click()
    customer.say("me again")
    agent.accept()
    row = agent.page.locator(".past button")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Parcel · Solved · Anna")
    expect(row).to_contain_text("patient man")
    row.click()
    dialog = agent.page.get_by_role("dialog", name=re.compile("Chat of"))
    expect(dialog.locator(".message[data-seq] .bubble")).to_have_text(["where is my parcel?", "Tomorrow."])
    expect(dialog.locator("chathub-composer")).to_have_count(0)
    agent.page.keyboard.press("Escape")
    expect(row).to_be_focused()


@pytest.mark.site(**DESK)
def test_tags_are_set_and_taken_away_and_the_customer_never_sees_them(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    for tag in ("refund", "<b>new</b>"):
        agent.page.get_by_role("button", name="Add a tag").click()
        dialog = agent.page.get_by_role("dialog")
        dialog.get_by_label("Tags").fill(tag)
        dialog.get_by_role("button", name="Save").click()
        expect(agent.page.locator(".tag", has_text=tag)).to_be_visible()
    agent.page.get_by_role("button", name="Remove refund").click()
    expect(agent.page.locator(".tag")).to_have_text(["<b>new</b>"])
    agent.page.reload()
    expect(agent.page.locator(".tag")).to_have_text(["<b>new</b>"])
    assert "&lt;b&gt;new" not in customer.page.content()


@pytest.mark.site(**DESK)
def test_a_status_has_its_reason_and_colleagues_see_it(people):
    anna = people.agent("anna")
    anna.status().select_option(label="Away · Lunch")
    expect(anna.page.locator(".status[data-status=away]")).to_be_visible()
    bo = people.agent("bo").set_status("online")
    people.customer().start("hello")
    bo.accept()
    bo.page.locator(".tools").get_by_role("button", name="Transfer", exact=True).click()
    expect(bo.page.locator(".person", has_text="Anna")).to_contain_text("Away · Lunch")
    anna.page.reload()
    expect(anna.page.locator(".status option:checked")).to_have_text("Away · Lunch")


@pytest.mark.site(**DESK, ramp={"every": "60s"})
def test_the_morning_begins_gently(people):
    customers = [people.customer().start(f"waiting since the night {n}") for n in range(3)]
    anna = people.agent("anna")
    anna.status().select_option(label="Online, few at first…")
    dialog = anna.page.get_by_role("dialog")
    dialog.get_by_label(re.compile("Chats at first")).fill("1")
    dialog.get_by_role("button", name="Go online").click()
    expect(anna.offers()).to_have_count(1)
    anna.accept()
    anna.sees("waiting since the night 0")
    expect(anna.offers()).to_have_count(0)
    expect(anna.waiting("售前组")).to_contain_text("2 waiting")
    assert len(customers) == 3


@pytest.mark.site(**{**DESK, "wrap_up": "4s"})
def test_what_was_written_up_survives_another_chat_and_the_end_of_its_time(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer()
    customer.page.evaluate(
        "document.querySelector('chathub-widget').setAttribute('topic', 'parcel')")
    customer.start("where is it?")
    agent.accept()
    people.customer().start("another one")
    agent.accept()
    agent.chats().nth(0).click()
    end(agent)
    form = agent.page.locator("form.wrap")
    # The site's word for what the page called "parcel".
    expect(form.get_by_label("It was about")).to_have_value("Parcel")
    form.get_by_label("What came of it").fill("Solved")
    form.get_by_label("Note for colleagues").fill("patient man")
    agent.chats().nth(1).click()
    expect(form).to_be_hidden()
    agent.chats().nth(0).click()
    expect(form.get_by_label("Note for colleagues")).to_have_value("patient man")
    expect(form).to_contain_text("The time is over", timeout=15_000)
    expect(form.get_by_role("button", name="More time")).to_be_hidden()
    expect(form.get_by_label("What came of it")).to_have_value("Solved")
    form.get_by_role("button", name="Done").click()
    expect(agent.chats()).to_have_count(1)
    expect(agent.page.locator(".toast")).to_be_hidden()


@pytest.mark.site(**{**DESK, "wrap_up": "60s"})
def test_on_a_phone_the_talk_stays_in_sight_above_the_wrap_up(people):
    agent = people.agent("anna", viewport={"width": 390, "height": 700})
    agent.set_status("online")
    people.customer().start("hello")
    agent.accept()
    agent.say("the last words")
    end(agent)
    form = agent.page.locator("form.wrap")
    expect(form.get_by_role("button", name="Done")).to_be_visible()
    expect(agent.messages().last).to_be_in_viewport(ratio=1)
    talk = agent.page.locator("chathub-talk").bounding_box()
    assert talk["height"] > 200 and talk["y"] + talk["height"] <= form.bounding_box()["y"]


TOPICS = {"topics": [{"id": "order", "name": {"zh": "下单", "en": "Orders"}}]}


@pytest.mark.site(**{**DESK, "widget": TOPICS})
def test_topics_are_called_by_the_names_customers_read(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer()
    customer.page.evaluate(
        "document.querySelector('chathub-widget').setAttribute('topic', 'order')")
    customer.start("one tin, please")
    expect(agent.offers().first).to_contain_text("Orders")
    agent.accept()
    expect(agent.page.locator(".who p")).to_have_text("Orders")
    end(agent)
    # The site's list for this has no Orders: nothing beside that list is put in by itself.
    expect(agent.page.locator("form.wrap").get_by_label("It was about")).to_have_value("")
