"""Several agents and a supervisor around one customer, each at a console of his own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect


def choose(agent, title: str, name: str, act: str, note: str | None = None, check: str | None = None):
    """In the dialog that asks for a colleague or a group."""
    dialog = agent.page.get_by_role("dialog", name=re.compile(title))
    dialog.get_by_role("radio", name=re.compile(name)).check()
    if note:
        dialog.get_by_label("A note for whoever takes it").fill(note)
    if check:
        dialog.get_by_role("checkbox", name=check).check()
    dialog.get_by_role("button", name=act, exact=True).click()
    expect(dialog).to_be_hidden()


def tool(agent, name: str):
    return agent.page.locator(".tools").get_by_role("button", name=name, exact=True)


def invited(people, note: str | None = None):
    """Anna talks with a customer and asks Chen to come in: (Anna, customer, Chen)."""
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    chen = people.agent("chen").set_status("online")
    tool(anna, "Invite").click()
    choose(anna, "Invite", "陈", "Invite", note=note)
    return anna, customer, chen


def notes(agent):
    return agent.page.locator("chathub-talk li.note .text")


def test_a_chat_goes_from_one_agent_to_another_and_the_survey_asks_for_the_last(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("I want my money back")
    anna.accept()
    anna.say("One moment, my colleague knows more.")
    bo = people.agent("bo").set_status("online")
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "Bo", "Transfer", note="Paid twice, be kind")
    expect(anna.page.locator(".strip")).to_contain_text("Offered to Bo")
    expect(anna.page.locator(".strip .left")).to_have_text(re.compile(r"^\d+ s left$"))
    expect(bo.offers().first).to_contain_text("Anna hands over")
    expect(bo.offers().first).to_contain_text("Paid twice, be kind")
    bo.accept()
    bo.sees("I want my money back", "One moment, my colleague knows more.")
    expect(anna.chats()).to_have_count(0)
    expect(anna.page.locator(".toast")).to_have_text(re.compile("is with Bo now.$"))
    customer.is_served_by("Bo")
    bo.say("It is on its way.")
    customer.sees("I want my money back", "One moment, my colleague knows more.", "It is on its way.")
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.get_by_role("button", name="Yes, end it").click()
    expect(customer.page.get_by_role("group", name=re.compile("How was"))).to_be_visible()


def test_a_transfer_is_declined_or_taken_back_and_the_giver_keeps_the_chat(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    bo = people.agent("bo").set_status("online")
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "Bo", "Transfer")
    bo.page.get_by_role("button", name="Decline").click()
    expect(anna.page.locator(".toast")).to_contain_text("the transfer was declined")
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "Bo", "Transfer")
    expect(bo.offers()).to_have_count(1)
    anna.page.get_by_role("button", name="Take back").click()
    expect(bo.offers()).to_have_count(0)
    expect(bo.page.locator(".toast")).to_contain_text("taken back")
    anna.say("still with you")
    customer.sees("hello", "still with you")


def test_a_chat_handed_to_a_group_waits_there_with_its_note(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    anna.page.keyboard.press("Alt+t")
    choose(anna, "Transfer", "售后组", "Transfer", note="Speaks Cantonese")
    expect(anna.page.locator(".toast")).to_contain_text("Handed over to 售后组")
    expect(anna.chats()).to_have_count(0)
    chen = people.agent("chen").set_status("online")
    chen.accept()
    customer.is_served_by("陈")
    expect(notes(chen)).to_have_text(["Speaks Cantonese"])


@pytest.mark.site(groups={
    "pre-sales": {"name": "售前组", "agents": ["anna"]},
    "after-sales": {"name": "售后组", "agents": ["chen"]},
    "floaters": {"name": "全能机动组", "agents": ["eve", "bo"]}})
def test_a_group_one_is_not_in_is_called_by_its_name_beside_the_chat(people):
    anna = people.agent("anna").set_status("online")
    bo = people.agent("bo").set_status("online")
    people.customer().start("hello")
    anna.accept()
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "Bo", "Transfer")
    bo.accept()
    expect(bo.page.locator(".info")).to_contain_text("售前组")


def test_a_warm_hand_over_keeps_the_giver_in_the_chat_until_he_leaves(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    bo = people.agent("bo").set_status("online")
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "Bo", "Transfer", check="I stay in the chat")
    expect(anna.page.locator(".strip")).to_contain_text("You stay in the chat")
    expect(bo.offers().first).to_contain_text("Anna hands over and stays in the chat")
    bo.accept()
    expect(bo.page.locator(".who p")).to_contain_text("with Anna")
    expect(anna.page.locator(".who p")).to_contain_text("Bo’s chat")
    expect(customer.page.locator("chathub-widget header h2")).to_have_text("Bo & Anna")
    anna.say("Bo knows more than I do.")
    customer.sees("hello", "Bo knows more than I do.")
    tool(anna, "Leave the chat").click()
    expect(anna.chats()).to_have_count(0)
    customer.is_served_by("Bo")
    expect(bo.page.locator(".who p")).not_to_contain_text("Anna")


def test_an_invitation_is_taken_back_by_keyboard_and_the_invited_is_told(people):
    anna, _, chen = invited(people)
    expect(chen.offers()).to_have_count(1)
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    boss.page.get_by_role("dialog").get_by_role("button", name=re.compile("Visitor")).click()
    back = "Take back the invitation of 陈"
    expect(boss.page.get_by_role("button", name=back)).to_be_visible()
    anna.page.get_by_role("button", name=back).press("Enter")
    expect(chen.offers()).to_have_count(0)
    expect(chen.page.locator(".toast")).to_contain_text("was taken back")
    expect(anna.page.locator(".toast")).to_have_text("陈 is not invited any more.")
    for one in (anna, boss):
        expect(one.page.locator(".who p")).not_to_contain_text("invited")


@pytest.mark.site(invite_timeout="2s")
def test_an_invitation_that_nobody_answers_ends_and_both_are_told(people):
    anna, _, chen = invited(people)
    for one in (anna, chen):
        expect(one.page.locator(".toast")).to_contain_text("was not answered in time", timeout=10_000)
    expect(chen.offers()).to_have_count(0)


def test_a_colleague_comes_in_helps_and_leaves(people):
    anna, customer, chen = invited(people, note="Is it in stock?")
    expect(anna.page.locator(".who p")).to_contain_text("陈 invited")
    expect(chen.offers().first).to_contain_text("Anna asks you to join")
    chen.page.get_by_role("button", name="Join", exact=True).click()
    chen.sees("hello")
    chen.say("It is.")
    customer.sees("hello", "It is.")
    anna.sees("hello", "It is.")
    expect(anna.page.locator(".who p")).to_contain_text("with 陈")
    expect(chen.page.locator(".who p")).to_contain_text("Anna’s chat")
    tool(chen, "Leave the chat").click()
    expect(chen.chats()).to_have_count(0)
    expect(anna.page.locator(".who p")).not_to_contain_text("陈")


def test_who_joined_and_is_asked_to_take_over_keeps_the_chat_whatever_he_answers(people):
    anna, customer, chen = invited(people)
    chen.page.get_by_role("button", name="Join", exact=True).click()
    chen.sees("hello")
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "陈", "Transfer")
    expect(chen.offers().first).to_contain_text("Anna hands over")
    expect(chen.offers().first).to_contain_text(re.compile(r"\d+ s left"))
    chen.say("Let me see first.")
    customer.sees("hello", "Let me see first.")
    # Neither may hand it over or end it by a key while no button says so.
    for one, key in ((anna, "Alt+t"), (chen, "Alt+t"), (chen, "Alt+w")):
        one.page.keyboard.press(key)
        expect(one.page.get_by_role("dialog")).to_be_hidden()
    chen.page.get_by_role("button", name="Decline").click()
    expect(chen.offers()).to_have_count(0)
    expect(anna.page.locator(".toast")).to_contain_text("the transfer was declined")
    chen.say("Rather not.")
    customer.sees("hello", "Let me see first.", "Rather not.")
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "陈", "Transfer")
    chen.page.get_by_role("button", name="Accept", exact=True).click()
    customer.is_served_by("陈")
    chen.sees("hello", "Let me see first.", "Rather not.")


def test_no_group_is_chosen_by_itself_where_nobody_is_free(people):
    anna = people.agent("anna").set_status("online")
    people.customer().start("hello")
    anna.accept()
    tool(anna, "Transfer").click()
    dialog = anna.page.get_by_role("dialog", name=re.compile("Transfer"))
    expect(dialog.locator(".group-choice", has_text="售后组")).to_contain_text("Nobody there")
    expect(dialog.get_by_role("radio", checked=True)).to_have_count(0)
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog).to_be_visible()


def test_an_invitation_survives_a_reload_and_may_be_declined(people):
    anna, _, chen = invited(people)
    for reload in (False, True):
        if reload:
            chen.page.reload()
        expect(chen.offers().first).to_contain_text("Anna asks you to join")
        expect(chen.offers().first).to_contain_text(re.compile(r"\b\d+ s left"))
        expect(chen.offers().first.locator(".bar")).to_have_js_property("hidden", False)
    chen.page.get_by_role("button", name="切换到中文").click()
    expect(chen.offers().first).to_contain_text(re.compile(r"剩余 \d+ 秒"))
    chen.page.get_by_role("button", name="Switch to English").click()
    chen.page.get_by_role("button", name="Decline").click()
    expect(chen.offers()).to_have_count(0)
    expect(anna.page.locator(".who p")).not_to_contain_text("陈")


def test_a_supervisor_joins_a_chat_he_watches(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    boss.page.get_by_role("dialog").get_by_role("button", name=re.compile("Visitor")).click()
    expect(anna.page.locator(".who p")).not_to_contain_text("boss")
    tool(boss, "Join").click()
    expect(anna.page.locator(".who p")).to_contain_text("with boss")
    boss.say("I am the manager.")
    customer.sees("hello", "I am the manager.")
    expect(customer.page.locator("chathub-widget header h2")).to_have_text("Anna & boss")
    tool(boss, "Leave the chat").click()
    customer.is_served_by("Anna")


def test_hostile_notes_names_and_hand_over_notes_are_text(people):
    bad = "<img src=x onerror=window.owned=1>"
    anna = people.agent("anna").set_status("online")
    people.customer().start("hello")
    anna.accept()
    bo = people.agent("bo").set_status("online")
    anna.page.keyboard.press("Alt+n")
    anna.page.get_by_label("Your note").fill(bad)
    anna.page.get_by_label("Your note").press("Enter")
    expect(notes(anna)).to_have_text([bad])
    tool(anna, "Transfer").click()
    choose(anna, "Transfer", "Bo", "Transfer", note=bad)
    expect(bo.offers().first).to_contain_text(bad)
    bo.accept()
    expect(notes(bo).first).to_have_text(bad)
    for one in (anna, bo):
        assert one.page.evaluate("window.owned") is None
