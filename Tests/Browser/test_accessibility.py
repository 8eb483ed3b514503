"""axe-core over pages in their main states, light and dark, English and Chinese: WCAG 2.1 A and AA."""

from __future__ import annotations

import re
from importlib.resources import files as package_files

import pytest
from playwright.sync_api import expect

import files
from conftest import keep_picture
from test_customers_page import loaded, table
from test_files import pick

SOON = 8_000
AXE = (package_files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RUN = """async () => {
  // The time an offer has left is one too, and lasts.
  const short = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 2000);
  await Promise.all(short.map((one) => one.finished.catch(() => {})));
  const { violations } = await axe.run(document, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
    resultTypes: ['violations'],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) => (
    `${id} ${target.flat().join(' ')} ${[...any, ...all, ...none].map((one) => one.message).join('; ')}`)));
}"""
locales = pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
WORDS = {
    "Open chat": "打开客服窗口", "Your message": "您的消息", "End conversation": "结束对话", "Send a file": "发送文件",
    "Open picture a.png": "查看图片 a.png", "Close picture": "关闭图片", "Yes, end it": "结束",
}
WIDGET = {
    "topics": [{"id": "order", "name": {"zh": "查订单", "en": "An order"}}],
    "prechat": [{"id": "phone", "label": {"zh": "手机号", "en": "Your phone"}, "kind": "phone", "required": True},
                {"id": "kind", "label": {"zh": "您是", "en": "You are"}, "kind": "choice",
                 "choices": [{"id": "buyer", "name": {"zh": "买家", "en": "A buyer"}}]}],
}
SURVEY = {"question": {"zh": "满意吗？", "en": "Were we of help?"}, "comment": True,
          "reasons": {"low": [{"zh": "太慢", "en": "Too slow"}], "high": [{"zh": "很快", "en": "Quick"}]}}


class Judge:
    """Collects what axe says of the states one looks at."""

    def __init__(self, person, locale: str, folder):
        self.page = person.page
        self.locale = locale
        self.folder = folder
        self.found: list[str] = []

    def words(self, english: str) -> str:
        return english if self.locale == "en-US" else WORDS[english]

    def button(self, english: str):
        return self.page.get_by_role("button", name=self.words(english), exact=True)

    def look(self, state: str) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate(RUN)
            self.found += [f"{state}, {scheme}: {one}" for one in found]
            keep_picture(self.page, self.folder / f"{state}-{scheme}.png")


@pytest.fixture
def judge(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(re.sub(r"\W+", "-", request.node.name))
    judges: list[Judge] = []

    def make(person, locale: str = "en-US") -> Judge:
        judges.append(Judge(person, locale, folder))
        return judges[-1]

    yield make
    assert [one for each in judges for one in each.found] == []


def look(locale, **more):
    return {"locale": locale, "reduced_motion": "reduce", **more}


@pytest.mark.site("plain", widget=WIDGET, survey=SURVEY)
@locales
def test_the_widget(people, judge, locale):
    agent = people.agent("anna").set_status("busy")
    customer = people.customer(**look(locale))
    judged = judge(customer, locale)
    judged.look("demo page")
    judged.button("Open chat").click()
    expect(customer.page.locator("chathub-widget .prechat form")).to_be_visible()
    judged.look("questions")
    customer.page.locator("chathub-widget .prechat .button").click()
    expect(customer.page.locator("chathub-widget .wrong:visible")).to_have_count(2)
    judged.look("what is missing")
    customer.page.locator("chathub-widget .topic").first.click()
    customer.page.locator("chathub-widget input[type=tel]").fill("138")
    customer.page.locator("chathub-widget .prechat .button").click()
    field = customer.page.get_by_label(judged.words("Your message"))
    field.fill("hello, see https://example.com/")
    judged.look("writing")
    field.press("Enter")
    customer.sees_place(1)
    judged.look("in line")
    agent.set_status("online").accept()
    customer.is_served_by("Anna")
    agent.say("good day")
    pick(customer, ("a.png", "image/png", files.png(64)), ("b.pdf", "application/pdf", files.PDF),
         ("empty.txt", "text/plain", b""), button=judged.words("Send a file"))
    expect(customer.page.locator("chathub-talk .pending.failed")).to_be_visible(timeout=SOON)
    expect(customer.page.locator("chathub-talk .card", has_text="b.pdf").get_by_role("button")).to_be_visible(
        timeout=SOON)
    judged.look("talking")
    judged.button("Open picture a.png").click()
    expect(customer.page.get_by_role("img", name="a.png")).to_be_visible()
    judged.look("large picture")
    customer.page.keyboard.press("Escape")
    judged.button("End conversation").click()
    expect(customer.page.locator("chathub-widget .sure")).to_be_visible()
    judged.look("sure")
    judged.button("Yes, end it").click()
    expect(customer.page.locator("chathub-widget .survey form")).to_be_visible()
    judged.look("ended")
    customer.page.locator("chathub-widget .star").nth(1).click()
    expect(customer.page.locator("chathub-widget .reason")).to_be_visible()
    judged.look("rated")


@pytest.mark.site("hours", calendars={"days": {"weekdays": ["mon-sun"], "hours": ["00:00-00:01"]}})
@locales
def test_the_widget_when_nobody_is_there(people, judge, locale):
    customer = people.customer(**look(locale, viewport={"width": 390, "height": 780}))
    judged = judge(customer, locale)
    judged.button("Open chat").click()
    field = customer.page.get_by_label(judged.words("Your message"))
    field.fill("hello")
    field.press("Enter")
    card = customer.page.locator("chathub-widget .choice")
    expect(card.locator("form")).to_be_visible()
    judged.look("closed")
    card.locator("button[type=submit]").click()
    expect(card.locator("form")).to_be_hidden(timeout=SOON)
    judged.look("left")


def speak(person, locale):
    """The pages of those who answer speak what was chosen there, whatever the browser does."""
    if locale == "zh-CN":
        person.page.get_by_role("button", name="切换到中文").click()
        expect(person.page.locator("html")).to_have_attribute("lang", "zh-CN")


def dialog(person):
    return person.page.locator("dialog[open]")


@locales
def test_the_customers_page(people, judge, locale):
    zoe = people.supervisor("/customers", **look("en-US"))
    judged = judge(zoe)
    judged.look("nobody")
    loaded(zoe, table(40, "u 1,x,1,"))
    expect(zoe.page.locator("tbody tr").first).to_be_visible(timeout=SOON)
    speak(zoe, locale)
    judged.look("customers")
    zoe.row("u-001").get_by_role("button").click()
    expect(dialog(zoe)).to_be_visible()
    judged.look("one customer")
    zoe.page.keyboard.press("Escape")
    for number, opener in enumerate(zoe.page.locator("header button, .acts button, main > .head button").all()):
        if not opener.is_visible() or not opener.is_enabled() or opener.text_content() in ("中文", "EN"):
            continue
        opener.click()
        if dialog(zoe).count():
            judged.look(f"dialog {number}")
            zoe.page.keyboard.press("Escape")


@pytest.mark.parametrize("path", ["/console", "/board", "/customers"])
@locales
def test_pages_without_a_link(people, judge, hub, path, locale):
    stranger = people.stranger(**look(locale))
    stranger.page.goto(hub.http + path)
    expect(stranger.page.locator("h1")).to_be_visible()
    judge(stranger, locale).look("no link")
