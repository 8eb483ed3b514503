"""What a picky eye sees: nothing lies over a button, nothing is cut off, no word is left untranslated."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from test_console_hands import choose, tool

SOON = 8_000
#: Names of the visible buttons under the toast.
UNDER = """(toast) => {
  const box = toast.getBoundingClientRect();
  return [...document.querySelectorAll('button, select, textarea, chathub-composer')]
    .filter((one) => one.checkVisibility())
    .filter((one) => {
      const other = one.getBoundingClientRect();
      return other.left < box.right && other.right > box.left && other.top < box.bottom
        && other.bottom > box.top;
    }).map((one) => one.getAttribute('aria-label') ?? one.textContent);
}"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 780)])
def test_what_the_console_says_in_passing_covers_nothing_to_press(people, size):
    anna = people.agent("anna", viewport={"width": size[0], "height": size[1]}).set_status("online")
    people.customer().start("hello")
    anna.accept()
    people.agent("chen").set_status("online")
    tool(anna, "Invite").click()
    choose(anna, "Invite", "陈", "Invite")
    toast = anna.page.locator(".toast")
    expect(toast).to_have_text("陈 is invited.")
    assert toast.evaluate(UNDER) == []
    if size[0] > 720:  # On a phone, a chat covers the bar on top.
        anna.page.get_by_role("button", name="切换到中文").click()
        expect(toast).to_be_hidden(timeout=1000)


def test_where_a_customer_writes_from_is_said_in_the_readers_language(people):
    anna = people.agent("anna").set_status("online")
    people.customer().start("hello")
    anna.accept()
    info = anna.page.locator(".info")
    for words in ("Website", "Computer", "English"):
        expect(info.get_by_text(words, exact=True)).to_be_visible()
    anna.page.get_by_role("button", name="切换到中文").click()
    for words in ("网站", "电脑", "英语"):
        expect(info.get_by_text(words, exact=True)).to_be_visible()


@pytest.mark.parametrize("minute", [0, 1, 59])
def test_no_time_below_a_chart_is_cut_off(people, minute):
    zoe = people.supervisor()
    expect(zoe.page.locator(".chart.flow .plot text").first).to_be_visible(timeout=SOON)
    cut = zoe.page.evaluate("""(minute) => {
      const board = document.querySelector('chathub-board');
      const last = Date.UTC(2026, 0, 5, 9, minute);
      board.client.board.minutes.forEach((one, index, all) => {
        one.at = last - (all.length - 1 - index) * 60_000;
      });
      board.switchLanguage();
      return [...document.querySelectorAll('.chart text')].filter((one) => {
        const plot = one.closest('svg').getBoundingClientRect();
        const { left, right } = one.getBoundingClientRect();
        return left < plot.left || right > plot.right;
      }).map((one) => one.textContent);
    }""", minute)
    assert cut == []
    expect(zoe.page.locator("html")).to_have_attribute("lang", re.compile("zh"))


def test_the_time_of_each_message_of_ones_own_ends_where_its_words_end(people):
    customer = people.customer().start("one")
    agent = people.agent("anna").set_status("online").accept()
    agent.say("two")
    customer.say("three")
    customer.sees("one", "two", "three")
    ends = customer.page.locator("chathub-talk .message.mine").evaluate_all("""(all) => all.map((one) => {
      const end = (node) => Math.round(node.getBoundingClientRect().right);
      const meta = [...one.querySelectorAll('.meta > *')].filter((part) => part.clientWidth || part.offsetWidth);
      return end(one.querySelector('.bubble')) - end(meta.at(-1));
    })""")
    assert len(ends) == 2 and ends[0] == ends[1]
