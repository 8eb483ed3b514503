"""The widget on a stranger's website: another origin, the strictest policy, foreign styles; and the
pages on phones and in Chinese."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from website import WEBSITE, serving

STYLES = ("* { color: red !important; font-size: 40px !important; font-family: cursive !important; "
          "letter-spacing: 9px !important; display: block; margin: 9px; }")


@pytest.fixture
def website(hub):
    """A website of somebody else: one page with the script tag, and a policy that allows the hub's
    scripts and connections and nothing else."""
    policy = (f"default-src 'none'; script-src {hub.http}; style-src 'self'; "
              f"connect-src ws://127.0.0.1:{hub.port}; require-trusted-types-for 'script'; "
              "trusted-types 'none'")
    page = f"""<!doctype html><title>Elsewhere</title><link rel="stylesheet" href="/style.css">
        <h1>Somebody's website</h1>
        <script type="module" src="{hub.http}/widget.js" data-site="demo" data-locale="en"
          data-title="Elsewhere &amp; Sons" data-attr-member="gold"></script>"""

    pages = {"/": ("text/html; charset=utf-8", page), "/style.css": ("text/css", STYLES)}
    with serving(pages, Content_Security_Policy=policy) as address:
        yield address


@pytest.mark.site(origins=["HUB", WEBSITE])
def test_the_widget_works_on_a_foreign_site_under_a_strict_policy(people, website):
    agent = people.agent("anna").set_status("online")
    customer = people.customer(website + "/")
    customer.page.get_by_role("button", name="Open chat").click()
    expect(customer.page.locator("chathub-widget h2")).to_have_text("Elsewhere & Sons")
    customer.say("from elsewhere")
    customer.sees("from elsewhere")
    agent.accept()
    agent.say("welcome")
    customer.sees("from elsewhere", "welcome")
    expect(agent.page.locator(".info")).to_contain_text("gold")
    title = customer.page.locator("chathub-widget h2")
    assert title.evaluate("(node) => getComputedStyle(node).fontSize") == "16px"
    for part in ("h2", ".bubble", "textarea", ".launcher"):
        family = customer.page.locator(f"chathub-widget {part}").first.evaluate(
            "(node) => getComputedStyle(node).fontFamily + getComputedStyle(node).letterSpacing")
        assert family.startswith("system-ui") and family.endswith("normal"), (part, family)
    heading = customer.page.locator("h1")
    assert heading.evaluate("(node) => getComputedStyle(node).fontSize") == "40px"


@pytest.mark.site(origins=["https://shop.example"])
def test_a_site_that_may_not_use_the_chat_is_told_so(people, website):
    customer = people.customer(website + "/")
    customer.page.get_by_role("button", name="Open chat").click()
    expect(customer.page.get_by_text("The chat may not be used on this website.")).to_be_visible()
    expect(customer.field()).to_be_hidden()


PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True,
         "locale": "zh-CN", "color_scheme": "dark", "reduced_motion": "reduce"}


def test_chinese_on_a_phone_fits_and_fills_the_screen(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer("/orders", **PHONE)
    customer.page.get_by_role("button", name="打开客服窗口").click()
    panel = customer.page.locator("chathub-widget .panel")
    expect(panel).to_be_visible()
    assert panel.evaluate("(node) => node.getBoundingClientRect().width") == 390
    customer.page.get_by_label("您的消息").fill("这把壶有一道裂纹，" * 12)
    customer.page.get_by_role("button", name="发送").click()
    expect(customer.messages()).to_have_count(1)
    for page in (customer.page,):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    agent.accept()
    customer.is_served_by("Anna")
    customer.page.get_by_role("button", name="Switch to English").click()
    expect(customer.page.get_by_text("is here for you")).to_be_visible()


def test_the_console_works_on_a_phone(people):
    agent = people.agent("anna", viewport={"width": 390, "height": 780}).set_status("online")
    people.customer().start("hello")
    agent.accept()
    agent.sees("hello")
    assert agent.page.evaluate("document.documentElement.scrollWidth") <= 390
    agent.page.get_by_role("button", name="Back to the list").click()
    expect(agent.chats()).to_have_count(1)
    # With no chat open, nothing of the last one is asked for.
    agent.page.get_by_role("button", name="切换到中文").click()
    expect(agent.page.get_by_role("heading", name="我的会话 · 1")).to_be_visible()
    agent.page.get_by_role("button", name="Switch to English").click()
    agent.chats().first.click()
    agent.sees("hello")


def test_enter_inside_a_composition_does_not_send(people):
    people.agent("anna").set_status("online")
    customer = people.customer().open_chat()
    customer.field().focus()
    typed = customer.context.new_cdp_session(customer.page)
    typed.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    customer.field().evaluate("""(field) => field.dispatchEvent(new KeyboardEvent('keydown', {
      key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))""")
    typed.send("Input.insertText", {"text": "你好"})
    expect(customer.field()).to_have_value("你好")
    expect(customer.pending()).to_have_count(0)
    customer.field().press("Enter")
    customer.sees("你好")


def test_text_is_readable_and_everything_has_a_name(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    customer.is_served_by("Anna")
    for one in (customer, agent):
        nameless = one.page.evaluate("""() => {
          const all = (root) => [...root.querySelectorAll('*')].flatMap((node) => (
            node.shadowRoot ? [node, ...all(node.shadowRoot)] : [node]));
          return all(document).filter((node) => node.matches('button, a[href], textarea, select')
            && node.checkVisibility() && !(node.getAttribute('aria-label') || node.textContent.trim()
              || node.labels?.length)).map((node) => node.outerHTML);
        }""")
        assert nameless == []
        log = one.page.get_by_role("log", name="Conversation")
        expect(log).to_have_attribute("aria-live", "off")
