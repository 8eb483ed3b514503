"""Waiting, offers and what an agent sees of the queue."""

from playwright.sync_api import expect


def test_an_agent_sees_the_queue_change(people):
    agent = people.agent("anna").set_status("busy")
    expect(agent.waiting("售前组")).to_have_text("Nobody is waiting")
    first = people.customer().start("one")
    expect(agent.waiting("售前组")).to_contain_text("1 waiting")
    people.customer().start("two")
    expect(agent.waiting("售前组")).to_contain_text("2 waiting")
    first.page.get_by_role("button", name="Leave the line").click()
    first.page.get_by_role("button", name="Yes, leave").click()
    expect(first.page.get_by_text("You left the line.")).to_be_visible()
    expect(agent.waiting("售前组")).to_contain_text("1 waiting")
    agent.set_status("online")
    expect(agent.offers()).to_have_count(1)
    expect(agent.waiting("售前组")).to_have_text("Nobody is waiting")


def test_the_number_in_line_only_falls(people):
    people.agent("anna").set_status("busy")
    line = [people.customer().start(f"customer {n}") for n in range(3)]
    for number, one in enumerate(line, start=1):
        one.sees_place(number)
    line[0].page.get_by_role("button", name="Leave the line").click()
    line[0].page.get_by_role("button", name="Yes, leave").click()
    line[1].sees_place(1)
    line[2].sees_place(2)
    expect(line[1].page.locator("chathub-widget .where")).to_have_text(
        "You are first in your line")


def test_a_place_in_line_survives_a_reload(people):
    people.customer().start("first")
    second = people.customer().start("second")
    second.sees_place(2)
    second.page.reload()
    second.sees_place(2)
    second.sees("second")


def test_a_declined_offer_goes_on_to_the_next_agent(people):
    anna = people.agent("anna").set_status("online")
    customer = people.customer().start("anybody there?")
    expect(anna.offers()).to_have_count(1)
    bo = people.agent("bo").set_status("online")
    anna.page.get_by_role("button", name="Decline").click()
    expect(anna.offers()).to_have_count(0)
    expect(bo.offers()).to_have_count(1)
    bo.accept()
    customer.is_served_by("Bo")


def test_a_whole_chat_by_keyboard_alone(people):
    agent = people.agent("anna")
    agent.page.get_by_role("button", name="Go online").focus()
    agent.page.keyboard.press("Enter")
    customer = people.customer()
    for _ in range(30):
        customer.page.keyboard.press("Tab")
        if customer.page.evaluate(
                "document.activeElement?.shadowRoot?.activeElement?.className") == "launcher":
            break
    customer.page.keyboard.press("Enter")
    expect(customer.field()).to_be_focused()
    customer.page.keyboard.type("by keyboard")
    customer.page.keyboard.press("Enter")
    customer.sees("by keyboard")
    expect(agent.offers()).to_have_count(1)
    agent.page.keyboard.press("Alt+a")
    expect(agent.field()).to_be_focused()
    agent.page.keyboard.type("so am I")
    agent.page.keyboard.press("Shift+Enter")
    agent.page.keyboard.type("on two lines")
    agent.page.keyboard.press("Enter")
    customer.sees("by keyboard", "so am I\non two lines")
    customer.page.keyboard.press("Escape")
    expect(customer.page.get_by_role("button", name="Open chat")).to_be_focused()
    agent.page.keyboard.press("Alt+w")
    agent.page.keyboard.press("Enter")
    expect(agent.chats()).to_have_count(0)
