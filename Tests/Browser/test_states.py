"""What a page says when things are not as they should be: a link that ended, a missed offer, a line
that died, a script tag that lacks its site."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import tokens

PHONE = {"viewport": {"width": 390, "height": 780}}


@pytest.mark.parametrize("token, words", [
    ("nonsense", "You are not signed in"), ("a.b.c", "You are not signed in"),
    ("expired", "Your sign-in has ended"),
])
def test_a_link_that_is_no_good_says_so_and_shows_nobody_online(browser, hub, token, words):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    if token == "expired":
        token = tokens.sign(tokens.key_of(hub.data), tokens.claims("demo", "agent", "anna", -60))
    page.goto(f"{hub.http}/console#token={token}&site=demo")
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(page.locator(".top .status")).to_be_hidden()
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
