"""A customer and the built-in robot: quick replies, a human, and what the agent is shown of it."""

import re

import pytest
from hub import eventually
from playwright.sync_api import expect

WAITS = [{"name": "humans first", "reception": "human-first", "wait_limit": "1s",
          "plan": [{"to": "group", "group": "pre-sales"}]}]


@pytest.mark.site("robots", strategy=WAITS)
def test_who_waits_long_may_ask_the_robot_and_come_back_to_his_place(people, hub):
    eventually("the robot is there", lambda: "the robot is here" in hub.log(), within=20)
    customer = people.customer(locale="zh-CN")
    customer.page.get_by_role("button", name=re.compile("^打开客服窗口")).click()
    customer.page.get_by_label("您的消息").fill("有人吗")
    customer.page.get_by_label("您的消息").press("Enter")
    customer.sees_place(1)
    card = customer.page.locator("chathub-widget .choice")
    card.get_by_role("button", name="咨询机器人").press("Enter")
    expect(card).to_be_hidden()
    expect(customer.page.locator("chathub-widget .queue")).to_be_hidden()
    customer.page.get_by_label("您的消息").fill("仓储进度")
    customer.page.get_by_label("您的消息").press("Enter")
    expect(customer.messages().filter(has_text="在订单页可以看到进度。")).to_be_visible()
    customer.page.get_by_role("button", name="转人工").click()
    # He gave his number back when he chose the robot: the card tells the time alone.
    expect(customer.page.locator("chathub-widget .queue .where")).to_have_text(
        "您在排队中，位置已为您保留")
    expect(customer.page.locator("chathub-widget .queue .place")).to_have_count(0)
    people.agent("anna").set_status("online").accept()
    customer.is_served_by("Anna")


@pytest.mark.site("robots")
def test_quick_replies_and_the_way_to_a_human(people, hub):
    eventually("the robot is there", lambda: "the robot is here" in hub.log(), within=20)
    anna = people.agent("anna").set_status("online")
    customer = people.customer().open_chat()
    customer.say("仓储")
    customer.sees("仓储", "Hello, I am Zhi.", "Which of these do you mean?")
    help_ = customer.page.locator("chathub-widget .help")
    expect(help_.get_by_role("button")).to_have_count(3)
    expect(customer.page.get_by_text("Automatic answers")).to_be_visible()
    help_.get_by_role("button", name="仓储进度").click()
    expect(customer.messages().last).to_have_text("See the order page.")
    expect(help_.get_by_role("button", name="仓储不更新")).to_be_visible()
    expect(anna.offers()).to_have_count(0)
    help_.get_by_role("button", name="Talk to a human").focus()
    customer.page.keyboard.press("Enter")
    expect(anna.offers()).to_have_count(1)
    anna.accept()
    expect(anna.page.get_by_text("asked for a human")).to_be_visible()
    expect(anna.page.get_by_text("仓储 · 仓储进度")).to_be_visible()
    customer.is_served_by("Anna")
    expect(help_.get_by_role("button")).to_have_count(0)
