"""What a shop's page loads for the widget: little, as the binary serves it, and nothing it may never need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from website import WEBSITE, serving

#: Of everything up to an ordinary chat, uncompressed.
MOST_BYTES = 60_000
#: Of a page view on which nobody chats.
MOST_BYTES_OF_A_VIEW = 24_000
PAGE = """<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1>A shop</h1>
    <script type="module" src="HUB/widget.js" data-site="demo"></script>"""
needs_binary = pytest.mark.skipif("CHATHUB_WEB" in os.environ, reason="the folder's files are not trimmed")


@pytest.fixture
def shop(hub):
    """A website that has nothing but the widget."""
    page = PAGE.replace("HUB", hub.http)
    with serving({"/": ("text/html; charset=utf-8", page)}) as address:
        yield address


@needs_binary
@pytest.mark.site(origins=["HUB", WEBSITE])
@pytest.mark.parametrize("locale, open_chat, field", [
    ("en-US", "Open chat", "Your message"), ("zh-CN", "打开客服窗口", "您的消息")])
def test_the_widget_is_light_up_to_an_ordinary_chat(people, hub, shop, locale, open_chat, field):
    agent = people.agent("anna").set_status("online")
    customer = people.stranger(locale=locale)
    page = customer.page
    responses: list = []
    page.on("response", lambda response: responses.append(response))
    customer.visit(shop)
    loaded = lambda: {one.url.rsplit("/", 1)[1]: len(one.body()) for one in responses
                      if one.url.startswith(hub.http)}
    expect(page.get_by_role("button", name=open_chat)).to_be_visible()
    page.wait_for_load_state("networkidle")
    view = loaded()
    assert view["chathub-widget.js"] > 1000, "the widget's own code was counted"
    page.get_by_role("button", name=open_chat).click()
    page.get_by_label(field).fill("hello")
    page.get_by_label(field).press("Enter")
    customer.sees("hello")
    agent.accept()
    customer.is_served_by("Anna")
    agent.say("hello, what can I do for you?")
    customer.sees("hello", "hello, what can I do for you?")
    page.get_by_label(field).fill("thank you")
    page.get_by_label(field).press("Enter")
    agent.sees("hello", "hello, what can I do for you?", "thank you")
    customer.sees_status("Read" if locale == "en-US" else "已读")
    chat = loaded()
    rows = sorted(chat.items(), key=lambda row: -row[1])
    print(sum(view.values()), sum(chat.values()), ", ".join(f"{name} {size}" for name, size in rows))
    assert sum(view.values()) < MOST_BYTES_OF_A_VIEW, view
    assert sum(chat.values()) < MOST_BYTES, rows


def test_every_script_of_the_binary_is_one(people, hub):
    """Served scripts lost their comments and spaces: a browser still has to understand them."""
    names = sorted(one.name for one in Path(__file__).parents[2].glob("Sources/Web/pages/*.js"))
    customer = people.customer()
    broken = customer.page.evaluate("""(names) => Promise.all(names.map((name) => (
      import(`/${name}`).then(() => null, (error) => (
        error instanceof SyntaxError ? `${name}: ${error.message}` : null)))))""", names)
    assert len(names) > 30 and [one for one in broken if one] == []
