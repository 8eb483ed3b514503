"""What a page says when things are not as they should be: a link that ended, a missed offer, a line
that died, a script tag that lacks its site."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import tokens

PHONE = {"viewport": {"width": 390, "height": 780}}


def bad_link(hub, kind: str, role: str) -> str:
    """A token that opens nothing."""
    key = tokens.key_of(hub.data)
    good = tokens.sign(key, tokens.claims("demo", role, "anna"))
    return {
        "nonsense": "nonsense", "no claims": "a.b.c", "cut": good[:len(good) // 2],
        "changed": tokens.flipped(good, 2),
        "expired": tokens.sign(key, tokens.claims("demo", role, "anna", -120)),
        "another site": tokens.sign(key, tokens.claims("other", role, "anna")),
        "a customer's": tokens.sign(key, tokens.claims("demo", "customer", "u-1")),
    }[kind]


@pytest.mark.parametrize("kind, heading, words", [
    ("nonsense", "This link is damaged", "ask for a new one"),
    ("no claims", "This link is damaged", "ask for a new one"),
    ("cut", "This link is damaged", "Part of it is missing"),
    ("changed", "This link is damaged", "Part of it is missing"),
    ("expired", "Your link has expired", "Ask whoever gave it to you"),
    ("another site", "This link is not for this page", "another site"),
    ("a customer's", "This link is not for this page", "another page"),
])
def test_a_link_that_is_no_good_says_what_is_wrong_and_what_to_do(browser, hub, kind, heading, words):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    for path, role in (("/console", "agent"), ("/board", "supervisor"), ("/customers", "supervisor")):
        page.goto(f"{hub.http}{path}#token={bad_link(hub, kind, role)}&site=demo")
        expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=10_000)
        expect(page.locator("main")).to_contain_text(words)
        expect(page.locator(".top .status")).to_be_hidden()
    context.close()


def test_a_link_that_has_expired_says_so_in_chinese(browser, hub):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{hub.http}/console#token={bad_link(hub, 'expired', 'agent')}&site=demo")
    expect(page.get_by_role("heading", name="您的链接已过期")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("alert").filter(has_text="索取新的链接")).to_be_visible()
    context.close()


def test_a_supervisors_link_says_what_he_is(browser, hub):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{hub.http}/console#token={hub.token('supervisor', 'boss')}&site=demo")
    expect(page.locator(".me")).to_have_text(re.compile("boss · Supervisor"), timeout=10_000)
    context.close()


@pytest.mark.slow
def test_a_link_that_ends_in_the_middle_of_a_chat_says_so_and_leaves_nobody_online(browser, people, hub):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{hub.http}/console#token={hub.token('agent', 'anna', for_='5s')}&site=demo")
    page.get_by_label("Your status").select_option("online")
    people.customer().start("hello")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_label("Your message")).to_be_visible()
    # The hub allows clocks to differ by a minute.
    expect(page.locator(".banner.bad")).to_contain_text("Your sign-in has ended", timeout=80_000)
    expect(page.locator(".top .status")).to_be_hidden()
    context.close()


def test_a_phone_shows_over_an_open_chat_who_asks_for_an_answer(people):
    agent = people.agent("anna", **PHONE).set_status("online")
    people.customer().start("the first one")
    agent.accept()
    strip = agent.page.locator(".asked")
    expect(strip).to_be_hidden()
    people.customer().start("the second one")
    expect(strip).to_contain_text("New for you · 1")
    expect(strip.locator(".left")).to_have_text(re.compile(r"^\d+ s left$"))
    people.customer().start("the third one")
    expect(strip).to_contain_text("New for you · 2")
    expect(strip).to_be_in_viewport(ratio=1)
    # The alarm has said it: the strip is not said again with every second.
    assert strip.evaluate("(node) => node.closest('[role], [aria-live]') === null")
    agent.page.get_by_role("button", name="Back to the list").click()
    expect(strip).to_be_hidden()
    agent.chats().first.click()
    take = strip.get_by_role("button", name="Accept")
    agent.page.keyboard.press("Tab")
    for _ in range(20):
        if take.evaluate("(node) => node === document.activeElement"):
            break
        agent.page.keyboard.press("Shift+Tab")
    expect(take).to_be_focused()
    agent.page.keyboard.press("Enter")
    agent.sees("the second one")
    expect(strip).to_contain_text("New for you · 1")


def test_a_phone_shows_over_an_open_chat_who_invites(people):
    bo = people.agent("bo", **PHONE).set_status("online")
    people.customer().start("the first one")
    bo.accept()
    anna = people.agent("anna").set_status("online")
    bo.page.get_by_role("button", name="Back to the list").click()
    bo.set_status("busy")
    people.customer().start("the second one")
    anna.accept()
    bo.set_status("online")
    bo.chats().first.click()
    anna.page.locator(".tools").get_by_role("button", name="Invite", exact=True).click()
    dialog = anna.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("Bo")).check()
    dialog.get_by_role("button", name="Invite", exact=True).click()
    strip = bo.page.locator(".asked")
    expect(strip).to_contain_text("Anna asks you to join")
    strip.get_by_role("button", name="Join").click()
    bo.sees("the second one")
    expect(strip).to_be_hidden()


@pytest.mark.site(offer_timeout="3s")
def test_who_was_set_away_by_a_missed_offer_is_told_why_and_comes_back_by_one_button(people):
    agent = people.agent("anna").set_status("online")
    people.customer().start("hello")
    expect(agent.offers()).to_have_count(1)
    expect(agent.page.locator(".empty").get_by_text("You did not answer an offer in time")
           ).to_be_visible(timeout=10_000)
    agent.page.get_by_role("button", name="Go online").click()
    agent.accept()
    expect(agent.page.locator(".status[data-status=online]")).to_be_visible()
    expect(agent.page.locator(".hint")).to_be_hidden()


def test_a_phone_shows_how_to_go_online(people):
    agent = people.agent("anna", **PHONE)
    hint = agent.page.locator(".hint")
    expect(hint).to_contain_text("You are not online")
    hint.get_by_role("button", name="Go online").click()
    expect(agent.page.locator(".status[data-status=online]")).to_be_visible()
    expect(hint).to_be_hidden()


def test_a_dead_line_is_told_of_within_three_seconds_of_a_send(people, line):
    customer = people.customer(line.http + "/").start("hello")
    line.freeze()
    customer.say("is anybody there")
    expect(customer.page.get_by_text("No connection.")).to_be_visible(timeout=3_000)
    line.mend()
    customer.sees("hello", "is anybody there")
    expect(customer.page.get_by_text("No connection.")).to_be_hidden(timeout=10_000)


def test_a_browser_that_goes_offline_says_so_at_once(people, line):
    customer = people.customer(line.http + "/").start("hello")
    line.freeze()
    customer.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(customer.page.get_by_text("No connection.")).to_be_visible(timeout=3_000)
    line.mend()
    # The line is whole: what proves it takes the words away again.
    expect(customer.page.get_by_text("No connection.")).to_be_hidden(timeout=10_000)
    customer.say("still here")
    customer.sees("hello", "still here")


def test_a_script_tag_without_its_site_says_so_on_the_page_and_in_its_log(browser, hub):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.route("**/bare", lambda route: route.fulfill(
        content_type="text/html",
        body='<!doctype html><h1>A page</h1><script type="module" src="/widget.js"></script>'))
    page.goto(hub.http + "/bare")
    expect(page.get_by_role("paragraph").filter(has_text="data-site")).to_be_visible()
    expect(page.locator("chathub-widget")).to_have_count(0)
    assert any("data-site" in words for words in said)
    context.close()
