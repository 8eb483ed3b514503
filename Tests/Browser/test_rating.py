"""The card after a conversation: stars, a word, thanks, and no second question."""

import pytest
from playwright.sync_api import expect

REASONS = {"low": [{"zh": "太慢", "en": "Too slow"}, {"zh": "没解决", "en": "Not solved"}],
           "high": [{"zh": "很快", "en": "Quick"}]}


def test_customer_rates_with_the_keyboard_and_is_thanked_once(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    customer.is_served_by("Anna")
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.locator("chathub-widget .sure .danger").click()
    group = customer.page.get_by_role("group", name="How was this conversation?")
    expect(group).to_be_visible(timeout=10_000)
    send = customer.page.get_by_role("button", name="Send rating")
    expect(send).to_be_disabled()
    group.get_by_role("radio", name="3 of 5 stars").focus()
    customer.page.keyboard.press("Space")
    customer.page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="4 of 5 stars")).to_be_checked()
    customer.page.get_by_label("Anything to add?").fill("谢谢 <b>")
    send.click()
    expect(customer.page.get_by_text("Thank you for your rating.")).to_be_visible(timeout=10_000)
    # The hub has told what there is, and it is drawn, before anything is said of the card.
    with customer.page.expect_websocket() as opened:
        customer.page.reload(wait_until="commit")
    opened.value.wait_for_event("framereceived", lambda frame: '"sessions"' in str(frame))
    customer.page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(customer.page.locator("chathub-widget .rating")).to_be_hidden()


@pytest.mark.site("plain", survey={"reasons": REASONS, "comment": True})
def test_what_was_chosen_survives_another_language(people):
    agent = people.agent("anna").set_status("online")
    customer = people.customer().start("hello")
    agent.accept()
    customer.is_served_by("Anna")
    customer.page.get_by_role("button", name="End conversation").click()
    customer.page.locator("chathub-widget .sure .danger").click()
    card = customer.page.locator("chathub-widget .survey")
    card.locator(".star").nth(1).click()
    card.locator(".reason", has_text="Not solved").click()
    customer.page.get_by_role("button", name="切换到中文").click()
    expect(card.get_by_role("checkbox", name="没解决")).to_be_checked()
    expect(card.get_by_role("checkbox", name="太慢")).not_to_be_checked()
    # Others for a good score, of which none was chosen.
    card.locator(".star").nth(4).click()
    expect(card.get_by_role("checkbox", name="很快")).not_to_be_checked()
