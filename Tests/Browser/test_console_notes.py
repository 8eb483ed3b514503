"""What colleagues write for each other beside a chat, and a supervisor who looks on."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def tool(agent, name: str):
    return agent.page.locator(".tools").get_by_role("button", name=name, exact=True)


def notes(agent):
    return agent.page.locator("chathub-talk li.note .text")


def test_notes_are_for_colleagues_and_look_like_it(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    anna.accept()
    anna.page.keyboard.press("Alt+n")
    field = anna.page.get_by_label("Your note")
    expect(field).to_be_focused()
    expect(anna.page.locator("footer.noting")).to_be_visible()
    field.fill("calls us every week")
    field.press("Enter")
    expect(notes(anna)).to_have_text(["calls us every week"])
    expect(anna.page.locator("chathub-talk li.note .label")).to_contain_text("not for the customer")
    anna.page.keyboard.press("Alt+n")
    anna.say("How can I help?")
    customer.sees("hello", "How can I help?")
    assert "every week" not in customer.page.content()
    anna.page.reload()
    expect(notes(anna)).to_have_text(["calls us every week"])
    order = anna.page.locator("chathub-talk li.note, chathub-talk .bubble").evaluate_all(
        "(all) => all.map((one) => one.matches('.note') ? 'note' : one.textContent)")
    assert order == ["hello", "note", "How can I help?"]


def test_a_supervisor_watches_unseen_whispers_and_takes_over(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("your shop is a scandal")
    anna.accept()
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    boss.page.get_by_role("dialog").get_by_role("button", name=re.compile("Visitor")).click()
    boss.sees("your shop is a scandal")
    expect(boss.page.locator(".strip")).to_contain_text("You read along")
    expect(anna.page.locator(".who p")).not_to_contain_text("boss")
    boss.page.get_by_label("Your note").fill("offer him free shipping")
    boss.page.get_by_label("Your note").press("Enter")
    expect(notes(anna)).to_have_text(["offer him free shipping"])
    expect(anna.page.locator("chathub-talk li.note.whisper")).to_have_count(1)
    anna.field().fill("half a word")
    tool(boss, "Take over").click()
    boss.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
    expect(anna.chats()).to_have_count(0)
    expect(anna.page.locator(".toast")).to_contain_text("has taken over")
    boss.say("I am the manager.")
    customer.sees("your shop is a scandal", "I am the manager.")
    assert "free shipping" not in customer.page.content()


def test_everybody_reads_in_his_language_who_has_taken_over(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer(locale="zh-CN")
    page = customer.page
    page.get_by_role("button", name="打开客服窗口").click()
    page.get_by_label("您的消息").fill("你好")
    page.get_by_label("您的消息").press("Enter")
    anna.accept()
    boss = people.agent("boss", role="supervisor")
    boss.page.get_by_role("button", name="Running chats").click()
    boss.page.get_by_role("dialog").get_by_role("button", name=re.compile("Visitor")).click()
    tool(boss, "Take over").click()
    boss.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
    line = lambda one: one.page.locator("chathub-talk li.system")
    expect(line(customer)).to_have_text(["现在由 boss 为您服务"])
    expect(line(boss)).to_have_text(["boss has this chat now"])
    # It is nobody's word: not unread, not what the list shows, and there again after a reload.
    expect(boss.chats().first).to_contain_text("你好")
    expect(boss.chats().first.locator(".unread")).to_be_hidden()
    customer.page.reload()
    expect(line(customer)).to_have_text(["现在由 boss 为您服务"])
    expect(customer.messages()).to_have_text(["你好"])
