"""Closed, full and waiting long, as customers see it; left messages, as agents do."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import expect

from hub import chathub, render_site

DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
LATER = datetime.now(timezone.utc).date() + timedelta(days=3)
CLOSED = {"days": {"weekdays": [DAY_NAMES[LATER.weekday()]], "hours": ["09:00-17:00"]}}
ASKED = [{"name": "everybody", "reception": "human-only", "wait_limit": "1s",
          "plan": [{"to": "group", "group": "care"}]}]
GROUPS = {"care": {"name": "售后组", "agents": ["anna", "bo"]}}


def card(customer):
    return customer.page.locator("chathub-widget .choice")


@pytest.mark.site("hours", calendars=CLOSED)
def test_a_message_left_out_of_hours_is_answered(people, hub, tmp_path):
    customer = people.customer()
    customer.open_chat()
    customer.say("我的订单坏了")
    expect(card(customer)).to_contain_text("We are closed right now")
    expect(card(customer)).to_contain_text(re.compile("We are back: .*(09:00|\\d\\d:\\d\\d)"))
    expect(card(customer).get_by_label("Your message")).to_have_value("我的订单坏了")
    card(customer).get_by_label("Name (optional)").fill("李雷")
    card(customer).get_by_label("Phone or e-mail (optional)").fill("138 0000 0000")
    customer.page.screenshot(path=tmp_path.parent / "closed.png")
    card(customer).get_by_role("button", name="Leave message").click()
    expect(card(customer)).to_contain_text("We have your message")
    customer.page.reload()
    expect(card(customer)).to_contain_text("We have your message")

    agent = people.agent("anna").set_status("busy")
    opened = render_site(tmp_path / "open", "hours", "demo")
    result = chathub("apply", str(opened), "--data", str(hub.data))
    assert result.returncode == 0, result.stdout + result.stderr
    expect(agent.page.locator(".left-messages")).to_contain_text("1 message was left")
    agent.page.screenshot(path=tmp_path.parent / "left.png")
    agent.page.get_by_role("button", name=re.compile("^Take the message")).click()
    expect(agent.page.locator("h1")).to_contain_text("李雷")
    expect(agent.page.locator(".info")).to_contain_text("138 0000 0000")
    expect(agent.page.locator(".left-messages")).to_be_hidden()
    agent.say("请寄回给我们")
    customer.is_served_by("Anna")
    customer.sees("我的订单坏了", "请寄回给我们")
    expect(card(customer)).to_be_hidden()


@pytest.mark.site("hours", calendars=None, groups=GROUPS, strategy=ASKED, agents={"anna": {}, "bo": {}})
def test_who_waits_long_may_wait_on_or_leave_a_message_by_keyboard(people):
    customer = people.customer().start("hello?")
    expect(card(customer)).to_contain_text("Sorry, this takes long")
    card(customer).get_by_role("button", name="Keep waiting").focus()
    customer.page.keyboard.press("Enter")
    expect(card(customer)).to_be_hidden()
    customer.sees_place(1)
    # Asked again after another limit.
    card(customer).get_by_role("button", name="Leave a message").press("Enter")
    expect(card(customer).get_by_label("Add something (optional)")).to_be_focused()
    customer.page.keyboard.type("call me")
    words, send = card(customer).get_by_label("Add something"), card(customer).get_by_role(
        "button", name="Leave message")
    # The hub counts bytes: 3,000 of these characters are 9,000.
    words.fill("字" * 3_000)
    expect(card(customer)).to_contain_text("Too long by 270 characters")
    expect(send).to_be_disabled()
    words.fill("call me")
    expect(send).to_be_enabled()
    send.press("Enter")
    expect(customer.page.get_by_text("Your message is kept.")).to_be_visible()
    agent = people.agent("anna")
    agent.page.get_by_role("button", name=re.compile("^Take the message")).click()
    agent.sees("hello?", "call me")


@pytest.mark.site("hours", calendars=None,
                  groups={"care": {"agents": ["anna"], "max_waiting": 1}},
                  strategy=[{**ASKED[0], "wait_limit": "10m"}], agents={"anna": {}})
def test_a_full_line_offers_a_message_or_another_try(people):
    first = people.customer().start("first")
    second = people.customer(locale="zh-CN")
    second.page.get_by_role("button", name=re.compile("^打开客服窗口")).click()
    second.page.get_by_label("您的消息").fill("second")
    second.page.get_by_label("您的消息").press("Enter")
    expect(card(second)).to_contain_text("当前排队人数较多")
    first.page.get_by_role("button", name="Leave the line").click()
    first.page.get_by_role("button", name="Yes, leave").click()
    card(second).get_by_role("button", name="重试").click()
    second.sees_place(1)
    second.sees("second")
