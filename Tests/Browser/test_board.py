"""The supervisor's board: live figures, the sessions behind them, by keyboard, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SOON = 8_000
BAD = "<img src=x onerror=window.owned=1>"
RULES = {"service_level": {"within": "30s"}, "alerts": {"waiting": 2},
         "agents": {"anna": {"name": BAD, "capacity": 4}, "bo": {"name": "Bo", "capacity": 1},
                    "chen": {"name": "陈", "capacity": 4}, "eve": {"name": "Eve", "capacity": 10}}}


@pytest.mark.site("plain", **RULES)
def test_figures_follow_what_happens(people):
    zoe = people.supervisor()
    expect(zoe.figure("waiting")).to_have_text("0")
    people.customer().start("hello")
    people.customer().start("me too")
    expect(zoe.figure("waiting")).to_have_text("2", timeout=SOON)
    tile = zoe.tile("售前组")
    expect(tile.locator(".count")).to_have_text("2")
    expect(tile).to_have_class(re.compile("wrong"))
    expect(zoe.page.locator(".alerts li", has_text="2 are waiting (limit 2)")).to_be_visible()
    expect(zoe.page.locator(".alerts li", has_text="and no agent is there")).to_be_visible()
    expect(zoe.page).to_have_title(re.compile(r"^\(2\)"))
    agent = people.agent("anna").set_status("online").accept()
    expect(zoe.figure("talking")).to_have_text("1", timeout=SOON)
    expect(zoe.page.locator(".alerts")).to_be_hidden()
    row = zoe.page.locator(".agents tbody tr").first
    expect(row.locator("th")).to_have_text(BAD)
    expect(row.locator(".status")).to_contain_text("Online")
    expect(row.locator(".load")).to_contain_text("/ 4")
    assert zoe.page.locator("img").count() == 0 and zoe.page.evaluate("window.owned") is None
    expect(zoe.page.locator(".legend .started strong")).to_have_text("2")
    agent.set_status("away")
    expect(row.locator(".status")).to_contain_text("Away", timeout=SOON)


@pytest.mark.site("plain", **RULES)
def test_everything_can_be_reached_and_done_by_keyboard(people):
    zoe = people.supervisor()
    customer = people.customer()
    customer.page.evaluate(
        "(bad) => document.querySelector('chathub-widget').setAttribute('topic', bad)", BAD)
    customer.start("hello")
    people.agent("bo").set_status("away")
    expect(zoe.figure("waiting")).to_have_text("1", timeout=SOON)
    page = zoe.page
    # A definition comes with the focus and goes with Escape.
    term = page.locator(".figure.promise .term")
    term.focus()
    tip = page.locator(".figure.promise .tip")
    expect(tip).to_be_visible()
    assert term.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    # From the figure to its sessions, why one waits, and to whom it goes.
    zoe.figure("waiting").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sessions-title")).to_be_focused()
    expect(page.locator(".session .topic")).to_contain_text(BAD)
    for _ in range(3):  # The way out, looking on, why.
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_contain_text("Why nobody yet")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_contain_text("Bo")
    expect(page.locator("dialog").get_by_role("radio")).to_be_focused()
    page.keyboard.press("Enter")
    customer.is_served_by("Bo")
    expect(page.locator(".session")).to_have_count(0, timeout=SOON)
    page.keyboard.press("Escape")
    expect(page.locator("aside.sessions:not(.watch)")).to_be_hidden()
    # The chart, minute by minute.
    page.locator(".chart.flow .plot").focus()
    page.keyboard.press("End")
    expect(page.locator(".chart.flow [role=status]")).to_contain_text("Started")
    assert page.evaluate("window.owned") is None and page.locator("img").count() == 0


@pytest.mark.site("plain", **RULES, statuses={"away": ["Lunch", BAD]})
def test_a_supervisor_sets_an_agents_status_by_keyboard_and_the_agent_is_told(people):
    bo = people.agent("bo").set_status("online")
    zoe = people.supervisor()
    page, dialog = zoe.page, zoe.page.locator("dialog")
    row = zoe.row("Bo")
    expect(row.locator(".status")).to_contain_text("Online", timeout=SOON)
    row.get_by_role("button", name="Set status of Bo").press("Enter")
    expect(dialog.get_by_role("radio", name="Online")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert dialog.locator("option").evaluate_all("(all) => all.map((one) => one.value)") == ["Lunch", BAD]
    page.keyboard.press("Tab")
    page.keyboard.insert_text(BAD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(row.get_by_role("button", name="Set status of Bo")).to_be_focused()
    expect(row.locator(".status")).to_contain_text("Away")
    expect(row.locator(".status")).to_contain_text("set by zoe")
    expect(bo.page.locator(".toast")).to_contain_text(f"zoe has set your status: Away · {BAD}")
    expect(bo.page.locator(".empty")).to_contain_text("zoe has changed your status")
    expect(bo.page.locator(".status[data-status=away] option:checked")).to_contain_text(BAD)
    bo.set_status("online")
    expect(row.locator(".status")).not_to_contain_text("set by", timeout=SOON)
    page.get_by_role("button", name="切换到中文").click()
    row.get_by_role("button", name="设置状态：Bo").click()
    dialog.get_by_role("radio", name="忙碌").check()
    dialog.get_by_role("button", name="设置状态").click()
    expect(row.locator(".status")).to_contain_text("忙碌")
    expect(row.locator(".status")).to_contain_text("由 zoe 设置")
    assert page.evaluate("window.owned") is None and bo.page.evaluate("window.owned") is None


@pytest.mark.site("plain", **RULES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_languages_both_themes_and_a_phone(people, scheme):
    people.customer().start("hello")
    zoe = people.supervisor(color_scheme=scheme, viewport={"width": 390, "height": 800})
    expect(zoe.figure("waiting")).to_have_text("1", timeout=SOON)
    zoe.page.get_by_role("button", name="切换到中文").click()
    expect(zoe.page.locator(".queues h2")).to_have_text("队列")
    expect(zoe.page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert zoe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ground = zoe.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(19, 21, 23)") == (scheme == "dark")


@pytest.mark.site("plain", **RULES)
def test_a_supervisor_looks_on_unseen_whispers_and_takes_over(people):
    customer = people.customer().start(BAD)
    agent = people.agent("bo").set_status("online").accept()
    zoe = people.supervisor()
    expect(zoe.figure("talking")).to_have_text("1", timeout=SOON)
    zoe.figure("talking").click()
    zoe.page.get_by_role("button", name="Look on").click()
    bubbles = zoe.page.locator("aside.watch chathub-talk .message .bubble")
    expect(bubbles).to_have_text([BAD])
    agent.say("how can I help?")
    expect(bubbles).to_have_text([BAD, "how can I help?"], timeout=SOON)
    zoe.page.get_by_label("Whisper to the agent").fill("offer " + BAD)
    zoe.page.keyboard.press("Enter")
    expect(zoe.page.locator("aside.watch .system.whisper")).to_contain_text("offer " + BAD)
    customer.sees(BAD, "how can I help?")
    expect(customer.page.locator("body")).not_to_contain_text("offer")
    zoe.page.locator("aside.watch").get_by_role("button", name="Take over").click()
    zoe.page.locator("dialog").get_by_role("button", name="Take over").click()
    expect(zoe.page).to_have_url(re.compile("/console$"), timeout=SOON)
    expect(zoe.page.locator(".chat-pane h1")).to_be_visible(timeout=SOON)
    customer.is_served_by("zoe")
    assert zoe.page.evaluate("window.owned") is None and agent.page.evaluate("window.owned") is None


def test_the_pages_lead_to_each_other_and_an_agent_is_turned_away(people, hub):
    zoe = people.supervisor()
    zoe.page.get_by_role("link", name="Customers").click()
    expect(zoe.page.locator("h1")).to_have_text("Customers")
    zoe.page.get_by_role("link", name="Console").click()
    expect(zoe.page.locator(".me")).to_contain_text("Supervisor", timeout=SOON)
    zoe.page.get_by_role("link", name="Board").click()
    expect(zoe.page.locator(".tile")).to_have_count(3, timeout=SOON)
    assert zoe.page.url == f"{hub.http}/board"
    anna = people.agent("anna")
    anna.page.goto(f"{hub.http}/board")
    expect(anna.page.locator("h1")).to_have_text("This page is for supervisors")


def test_old_figures_do_not_look_new(people):
    zoe = people.supervisor()
    expect(zoe.page.locator(".tile")).to_have_count(3, timeout=SOON)
    zoe.page.evaluate("document.querySelector('chathub-board').client.board.receivedAt -= 60_000")
    expect(zoe.page.locator(".banner")).to_contain_text("old", timeout=SOON)
    expect(zoe.page.locator("chathub-board")).to_have_class(re.compile("stale"))
