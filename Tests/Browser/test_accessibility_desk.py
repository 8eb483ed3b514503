"""axe-core over the console and the board in the states in which people work all day, light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import files
from test_accessibility import SOON, judge, locales, look, speak  # noqa: F401: a fixture
from test_files import pick

CANNED = [{"shortcut": "hello", "title": "Greeting", "text": "Hello {{customer.name}}."},
          {"shortcut": "wait", "title": "One moment", "text": "One moment, please."}]
DESK = {"offer_timeout": "2m", "canned": CANNED, "wrap_up": "60s", "statuses": {"away": ["Lunch", "Training"]},
        "tags": ["gift", "broken"], "dispositions": {"topics": ["tea"], "results": ["solved"]}}
BUSY = {"service_level": {"within": "30s"}, "alerts": {"waiting": 1}, **DESK}


def dialog(person):
    return person.page.locator("dialog[open]")


def look_at_dialog(judged, person, opener, state: str) -> None:
    opener.click()
    expect(dialog(person)).to_be_visible()
    judged.look(state)
    person.page.keyboard.press("Escape")
    expect(dialog(person)).to_be_hidden()


def tool(person, sign: int):
    """Transfer, invite, join, take, unwatch, leave, end, info."""
    return person.page.locator(".tools button").nth(sign)


@pytest.mark.site("plain", **DESK)
@locales
def test_the_console(people, judge, locale):
    anna = people.agent("anna", **look("en-US"))
    people.agent("chen").set_status("online")
    judged = judge(anna)
    speak(anna, locale)
    page = anna.page
    judged.look("empty")
    look_at_dialog(judged, anna, page.locator(".top button").nth(-1), "keys")
    look_at_dialog(judged, anna, page.locator(".top button").nth(-3), "settings")
    for status in ("away Lunch", "busy", "online"):
        page.locator("label.status select").select_option(status)
        expect(page.locator(f".status[data-status={status.split()[0]}]")).to_be_visible()
        judged.look(status)
    customer = people.customer()
    customer.page.evaluate("document.querySelector('chathub-widget').setAttribute('attr-city', 'Hangzhou')")
    customer.start("hello, see https://example.com/")
    expect(anna.offers()).to_have_count(1)
    judged.look("offer")
    page.locator(".offer .primary").click()
    field = page.locator("chathub-composer textarea")
    expect(field).to_be_visible()
    pick(customer, ("a.png", "image/png", files.png(64)), ("b.pdf", "application/pdf", files.PDF))
    expect(page.locator("chathub-talk .card", has_text="b.pdf")).to_be_visible(timeout=SOON)
    field.fill("good day")
    field.press("Enter")
    page.locator(".modes [data-mode=note]").click()
    field.fill("likes oolong")
    judged.look("writing a note")
    field.press("Enter")
    expect(page.locator("chathub-talk li.note")).to_be_visible()
    judged.look("chat")
    page.locator(".modes [data-mode=reply]").click()
    field.press_sequentially("/")
    expect(page.locator(".canned [role=option]")).to_have_count(2)
    judged.look("replies")
    look_at_dialog(judged, anna, page.locator(".canned .foot button"), "own replies")
    field.fill("")
    look_at_dialog(judged, anna, tool(anna, 0), "transfer")
    look_at_dialog(judged, anna, tool(anna, 1), "invite")
    look_at_dialog(judged, anna, page.locator(".info .chips button").first, "why this customer")
    tool(anna, 6).click()
    judged.look("end")
    dialog(anna).locator("button[type=submit]").first.click()
    expect(page.locator("form.wrap")).to_be_visible()
    judged.look("wrap-up")
    page.locator("form.wrap .primary").click()
    expect(page.locator("form.wrap")).to_be_hidden()
    judged.look("over")


@pytest.mark.site("plain")
def test_a_customers_past_and_a_supervisors_console(people, judge):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("my first question")
    anna.accept()
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.get_by_role("button", name="Yes, end it").click()
    customer.page.get_by_role("button", name="Start a new conversation").click()
    customer.say("my second question")
    anna.page.get_by_role("button", name="Done").click()
    anna.accept()
    judged = judge(anna)
    look_at_dialog(judged, anna, anna.page.locator(".info .past button").first, "past chat")
    boss = people.agent("boss", role="supervisor", **look("en-US"))
    judged = judge(boss)
    judged.look("supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    judged.look("running chats")
    dialog(boss).get_by_role("button", name=re.compile("Visitor")).click()
    expect(boss.page.locator(".strip")).to_be_visible()
    judged.look("looking on")


@pytest.mark.site("plain", **BUSY)
@locales
def test_the_board(people, judge, locale):
    zoe = people.supervisor(**look("en-US"))
    page = zoe.page
    judged = judge(zoe)
    speak(zoe, locale)
    judged.look("nobody")
    for status, who in (("away", "bo"), ("busy", "chen"), ("online", "eve")):
        people.agent(who).set_status(status)
    customer = people.customer()
    customer.page.evaluate("document.querySelector('chathub-widget').setAttribute('level', '7')")
    customer.start("hello")
    people.customer().start("me too")
    expect(zoe.figure("waiting")).to_have_text("2", timeout=SOON)
    people.agent("anna").set_status("online").accept()
    expect(zoe.figure("talking")).to_have_text("1", timeout=SOON)
    expect(page.locator(".agents tbody tr")).to_have_count(4, timeout=SOON)
    judged.look("busy")
    for chart in page.locator(".chart summary").all():
        chart.click()
    judged.look("tables")
    page.locator(".chart.flow .plot").focus()
    page.keyboard.press("End")
    judged.look("a minute")
    look_at_dialog(judged, zoe, page.locator(".agents .act button").first, "set status")
    zoe.figure("talking").click()
    expect(page.locator(".session")).to_have_count(1)
    judged.look("sessions")
    page.locator(".session button").first.click()
    expect(page.locator("aside.watch chathub-talk .bubble")).to_have_count(1, timeout=SOON)
    judged.look("looking on")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".figure.promise .term").focus()
    judged.look("a definition")
