"""Left messages: out of hours, taken by one agent, answered once."""

import pytest

from client import new_key
from hours import CLOSED, expect_left, leave, turned_away, watch
from hub import chathub, render_site


def test_left_out_of_hours_answered_when_open(hubs):
    closed = render_site(hubs.folder(), "hours", "shop", calendars=CLOSED)
    hub = hubs(closed)
    site = hubs.at(hub, "shop")
    customer = site.customer(page={"level": "3"})
    assert turned_away(customer, text="broken")["code"] == "closed"
    message = leave(customer, "broken", topic="repair", name="Li Lei", contact="138 0000 0000")
    anna = site.agent("anna").online()
    # Out of hours nobody is shown the work.
    assert "left" not in watch(anna)
    opened = render_site(hub.folder / "open", "hours", "shop")
    result = chathub("apply", str(opened), "--data", str(hub.data))
    assert result.returncode == 0, result.stdout + result.stderr
    left = expect_left(anna, 1)
    assert left["head"][0]["message"] == message and left["head"][0]["level"] == 3
    assert left["head"][0]["topic"] == "repair"
    taken = anna.request("message.take", message=message)
    assert taken["state"] == "active" and [m["text"] for m in taken["messages"]] == ["broken"]
    profile = taken["customer"]["profile"]
    assert profile["name"] == "Li Lei" and profile["contact"] == "138 0000 0000"
    assert expect_left(anna, 0)["head"] == []
    # He is still on the page: the conversation comes to him.
    session = taken["session"]
    told = customer.expect_state(session, "active")
    assert told["agent"]["name"] == "Anna" and "level" not in told
    assert customer.expect("message", session=session)["text"] == "broken"
    anna.say(session, "bring it in")
    assert customer.expect("message", session=session, seq=2)["text"] == "bring it in"


@pytest.mark.site("hours")
def test_the_answer_waits_for_the_customer(site):
    customer = site.customer()
    message = leave(customer)
    customer.close()
    anna = site.agent("anna").online()
    watch(anna)
    taken = anna.request("message.take", message=message)
    session = taken["session"]
    assert taken["customer"]["connected"] is False
    anna.say(session, "here I am")
    back = site.back(customer)
    known = back.session(session)
    assert known["state"] == "active" and known["agent"]["name"] == "Anna"
    assert [m["text"] for m in known["messages"]] == ["call me", "here I am"]
    anna.expect("participant", session=session, change="back")
    back.say(session, "so am I")
    anna.expect("message", session=session, text="so am I")


@pytest.mark.site("hours")
def test_an_answer_is_found_also_when_the_session_was_closed_since(site):
    customer = site.customer()
    message = leave(customer)
    customer.close()
    anna = site.agent("anna")
    session = anna.request("message.take", message=message)["session"]
    anna.say(session, "it is on its way")
    anna.request("session.close", session=session)
    for _ in range(2):
        customer = site.back(customer)
        known = customer.session(session)
        assert known["state"] == "closed"
        assert [m["text"] for m in known["messages"]] == ["call me", "it is on its way"]
    customer.start()
    customer.close()
    assert session not in [s["session"] for s in site.back(customer).welcome["sessions"]]


@pytest.mark.site("hours")
def test_exactly_one_agent_gets_a_left_message(site):
    anna = site.agent("anna").online()
    bo = site.elsewhere(anna, lambda: site.agent("bo")).online()
    for _ in range(4):
        customer = site.customer()
        message = leave(customer)
        requests = [(agent, agent.post("message.take", message=message)) for agent in (anna, bo)]
        answers = [agent.answer(number) for agent, number in requests]
        assert sorted(a["type"] for a in answers) == ["error", "ok"], answers
        lost = next(a for a in answers if a["type"] == "error")
        # Whoever is full was not even in the race.
        assert lost["code"] in ("no_message", "agent_full")


@pytest.mark.site("hours", agents={"anna": {"capacity": 1}, "bo": {}, "eve": {}})
def test_taking_needs_a_free_slot_and_the_right_group(site):
    first, second = leave(site.customer()), leave(site.customer())
    anna, eve = site.agent("anna"), site.agent("eve")
    assert eve.refused("message.take", message=first) == "no_message"
    taken = anna.request("message.take", message=first)
    assert anna.refused("message.take", message=second) == "agent_full"
    # Asking again, as after a lost answer, finds what he has.
    assert anna.request("message.take", message=first)["session"] == taken["session"]
    anna.request("session.close", session=taken["session"])
    assert anna.refused("message.take", message=first) == "no_message"
    anna.request("message.take", message=second)


@pytest.mark.site("hours")
def test_important_customers_work_comes_first(site):
    ordinary = leave(site.customer())
    vip = leave(site.customer(page={"level": "5"}))
    left = watch(site.agent("anna"))["left"]
    assert [one["message"] for one in left["head"]] == [vip, ordinary]


@pytest.mark.site("hours")
def test_the_same_key_leaves_one_message(site):
    customer = site.customer()
    message = leave(customer, "once", key="k-1")
    customer.drop()
    back = site.back(customer)
    assert leave(back, "once", key="k-1") == message
    assert back.refused("message.leave", key="k-1", text="twice") == "key_conflict"
    assert watch(site.agent("anna"))["left"]["count"] == 1
    anna = site.agent("anna")
    anna.request("message.take", message=message)
    assert leave(back, "once", key="k-1") == message


@pytest.mark.site("hours")
def test_limits_of_left_messages(site):
    customer = site.customer()
    for number in range(5):
        leave(customer, f"number {number}")
    answer = customer.ask("message.leave", key=new_key(), text="one more")
    assert (answer["code"], answer["retryable"]) == ("too_many_messages", True)
    talker = site.customer()
    talker.start()
    assert talker.refused("message.leave", key=new_key(), text="hello") == "session_open"
    long = "长" * 3000
    assert site.customer().refused("message.leave", key=new_key(), text=long) == "text_too_long"


@pytest.mark.site("hours")
def test_who_talks_already_is_not_taken_twice(site):
    customer = site.customer()
    message = leave(customer)
    session = customer.start()
    anna = site.agent("anna")
    assert anna.refused("message.take", message=message) == "session_open"
    customer.request("session.leave", session=session)
    anna.request("message.take", message=message)


@pytest.mark.site("hours", grace={"customer": "30s", "agent": "1s"})
def test_a_message_nobody_answered_waits_again_when_its_agent_is_lost(site):
    customer = site.customer()
    message = leave(customer)
    customer.close()
    bo = site.agent("bo").online()
    watch(bo)
    anna = site.agent("anna")
    anna.request("message.take", message=message)
    expect_left(bo, 0)
    anna.close()
    left = expect_left(bo, 1)
    assert left["head"][0]["message"] == message
    taken = bo.request("message.take", message=message)
    assert [m["text"] for m in taken["messages"]] == ["call me"]


def test_left_messages_survive_a_restart(hubs):
    site_file = render_site(hubs.folder(), "hours", "shop")
    hub = hubs(site_file)
    site = hubs.at(hub, "shop")
    customer = site.customer()
    message = leave(customer)
    secret = customer.secret
    site.close()
    assert hub.stop() == 0
    hub.start()
    anna = site.agent("anna")
    assert watch(anna)["left"]["head"][0]["message"] == message
    session = anna.request("message.take", message=message)["session"]
    back = site.customer(secret=secret)
    assert [m["text"] for m in back.session(session)["messages"]] == ["call me"]


@pytest.mark.site("hours")
def test_only_customers_leave_and_only_agents_take(site):
    customer, anna = site.customer(), site.agent("anna")
    message = leave(customer)
    assert customer.refused("message.take", message=message) == "forbidden"
    assert anna.refused("message.leave", key=new_key(), text="x") == "forbidden"
