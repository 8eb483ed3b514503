"""Out of hours, full, and waiting too long: what a customer is told, and what he may do instead."""

from datetime import datetime, timedelta, timezone

import pytest

from client import new_key
from hub import chathub, render_site

#: Open on one day a week, which is neither today nor tomorrow, from nine to five.
OPENING_DAY = datetime.now(timezone.utc).date() + timedelta(days=3)
DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CLOSED = {"days": {"weekdays": [DAY_NAMES[OPENING_DAY.weekday()]], "hours": ["09:00-17:00"]}}
NEVER = {"days": {"weekdays": ["mon"], "hours": ["09:00-17:00"],
                  "holidays": ["2020-01-01..2099-12-31"]}}


def opening_day() -> int:
    """The next opening of CLOSED, milliseconds since 1970."""
    nine = datetime(OPENING_DAY.year, OPENING_DAY.month, OPENING_DAY.day, 9, tzinfo=timezone.utc)
    return int(nine.timestamp() * 1000)


def turned_away(customer, **fields) -> dict:
    answer = customer.ask("session.start", **fields)
    assert answer["type"] == "error", answer
    return answer


def leave(customer, text="call me", **fields) -> str:
    fields.setdefault("key", new_key())
    return customer.request("message.leave", text=text, **fields)["message"]


def watch(agent, group="care") -> dict:
    agent.request("queue.subscribe", groups=[group])
    return agent.expect("queue.update", group=group)


def expect_left(agent, count, group="care") -> dict:
    """The next update of the group with so many left messages."""
    return agent.find(
        lambda frame: frame.get("type") == "queue.update" and frame["group"] == group
        and frame.get("left", {}).get("count") == count, f"{count} left messages")["left"]


# -- closed ------------------------------------------------------------------------------------


@pytest.mark.site("hours", calendars=CLOSED)
def test_out_of_hours_he_is_told_when_somebody_will_be_there(site):
    customer = site.customer()
    answer = turned_away(customer, text="anybody?")
    assert answer["code"] == "closed" and answer["retryable"] is False
    assert answer["opens_at"] == opening_day()
    assert answer["choices"] == ["message"]


@pytest.mark.site("hours", calendars=NEVER)
def test_without_an_opening_none_is_told(site):
    answer = turned_away(site.customer())
    assert answer["code"] == "closed" and answer["opens_at"] is None


@pytest.mark.site("hours", calendars=CLOSED)
def test_being_turned_away_costs_nothing(site):
    customer = site.customer()
    for _ in range(120):
        assert turned_away(customer)["code"] == "closed"
    assert not customer.is_closed


@pytest.mark.site("hours", calendars=CLOSED)
def test_a_group_out_of_hours_is_skipped_at_once(site):
    eve = site.agent("eve").online()
    customer = site.customer()
    session = customer.start(topic="both")
    # The first step has a minute; nobody waits for a group that is closed.
    assert eve.offered(session)["group"] == "floaters"
    assert "opens_at" not in customer.position(session)


@pytest.mark.site("hours", calendars=CLOSED)
def test_who_may_wait_out_of_hours_is_told_how_long(site):
    customer = site.customer()
    session = customer.start(topic="patient")
    assert customer.started["opens_at"] == opening_day()
    assert customer.position(session)["opens_at"] == opening_day()
    customer.drop()
    back = site.back(customer)
    assert back.session(session)["opens_at"] == opening_day()
    # Nobody is asked of a group that is closed.
    anna = site.agent("anna").online()
    anna.barrier()
    assert not anna.all("offer")
    zoe = site.supervisor()
    told = zoe.request("session.explain", session=session)["explanation"]["waiting"]
    assert told["why"] == ["out_of_hours"]


def test_a_group_that_opens_gets_those_who_wait_within_a_second(hubs):
    """The calendar has minutes: the story waits for the next one, or the one after."""
    now = datetime.now(timezone.utc)
    opens = now.replace(second=0, microsecond=0) + timedelta(minutes=1 if now.second < 50 else 2)
    ends = opens + timedelta(minutes=5)
    hours = {"days": {"weekdays": ["mon-sun"], "hours": [f"{opens:%H:%M}-{ends:%H:%M}"]}}
    hub = hubs(render_site(hubs.folder(), "hours", "shop", calendars=hours))
    site = hubs.at(hub, "shop")
    customer, anna = site.customer(), site.agent("anna").online()
    session = customer.start(topic="patient")
    assert customer.position(session)["opens_at"] == int(opens.timestamp() * 1000)
    anna.barrier()
    assert not anna.all("offer")
    left = (opens - datetime.now(timezone.utc)).total_seconds()
    anna.offered(session, within=left + 1.0)
    assert datetime.now(timezone.utc) >= opens


@pytest.mark.site("hours", calendars=CLOSED)
def test_an_open_session_is_answered_whatever_the_hour(site):
    customer = site.customer()
    session = customer.start(topic="patient")
    again = customer.request("session.start", topic="something else")
    assert again["session"] == session and again["existing"] is True


# -- left messages -----------------------------------------------------------------------------


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


# -- full --------------------------------------------------------------------------------------

FULL = {
    "care": {"agents": ["anna", "bo"], "max_waiting": 2, "reopen_below": 1},
    "floaters": {"agents": ["eve"], "max_waiting": 1},
}


@pytest.mark.site("hours", groups=FULL, calendars=None)
def test_a_full_queue_flows_over_to_the_next_group_with_hysteresis(site):
    eve = site.agent("eve")

    def start(topic="overflow"):
        customer = site.customer()
        return customer, customer.start(topic=topic)

    first, second = start(), start()
    third, session = start()
    assert third.position(session)["position"] == 1
    assert session in [one["session"] for one in watch(eve, "floaters")["head"]]
    # Both are full now.
    answer = turned_away(site.customer(), topic="overflow")
    assert (answer["code"], answer["choices"]) == ("queue_full", ["message"])
    assert "opens_at" not in answer
    # One goes: still closed, because it opens below one only.
    first[0].request("session.leave", session=first[1])
    assert turned_away(site.customer(), topic="overflow")["code"] == "queue_full"
    second[0].request("session.leave", session=second[1])
    again, session = start()
    anna = site.agent("anna").online()
    assert anna.offered(session)["group"] == "care"


@pytest.mark.site("hours", groups=FULL, calendars=None)
def test_a_full_queue_without_a_next_group_offers_to_leave_a_message(site):
    for _ in range(2):
        site.customer().start()
    customer = site.customer()
    answer = turned_away(customer)
    assert (answer["code"], answer["choices"]) == ("queue_full", ["message"])
    assert answer["retryable"] is True
    leave(customer)


# -- waiting too long --------------------------------------------------------------------------


@pytest.mark.site("hours")
def test_who_waits_too_long_may_leave_what_he_wrote_as_a_message(site):
    customer = site.customer()
    session = customer.start(topic="asked", text="one")
    customer.say(session, "two")
    asked = customer.expect("queue.choice", session=session)
    assert asked["choices"] == ["wait", "message"]
    answer = customer.request("queue.choose", session=session, choice="message", text="three")
    closed = customer.expect_state(session, "closed")
    assert closed["reason"] == "left_message"
    # As after a lost answer.
    again = customer.request("queue.choose", session=session, choice="message", text="three")
    assert again["message"] == answer["message"]
    anna = site.agent("anna")
    assert watch(anna)["left"]["head"][0]["message"] == answer["message"]
    taken = anna.request("message.take", message=answer["message"])
    assert [m["text"] for m in taken["messages"]] == ["one", "two", "three"]


@pytest.mark.site("hours")
def test_who_goes_on_waiting_keeps_his_place_and_is_asked_again(site):
    customer, other = site.customer(), site.customer()
    session = customer.start(topic="asked", text="here")
    assert customer.position(session)["position"] == 1
    other.start(topic="asked")
    customer.expect("queue.choice", session=session)
    assert customer.request("queue.choose", session=session, choice="wait").get("message") is None
    assert customer.refused("queue.choose", session=session, choice="wait") == "no_choice"
    customer.expect("queue.choice", session=session)
    anna = site.agent("anna").online()
    assert anna.offered()["session"] == session
    # Somebody takes him: there is nothing to choose any more.
    anna.accept(session)
    assert customer.refused("queue.choose", session=session, choice="message") == "no_choice"
    assert customer.positions(session) == [1]


@pytest.mark.site("hours")
def test_the_question_is_told_again_to_who_comes_back(site):
    customer = site.customer()
    session = customer.start(topic="asked")
    customer.expect("queue.choice", session=session)
    customer.drop()
    back = site.back(customer)
    back.expect("queue.choice", session=session)
    # Nothing was written: there is nothing to leave.
    assert back.refused("queue.choose", session=session, choice="message") == "no_choice"
    assert back.refused("queue.choose", session=session, choice="robot") == "no_choice"
    stranger = site.customer()
    assert stranger.refused("queue.choose", session=session, choice="wait") == "not_found"
    back.request("queue.choose", session=session, choice="message", text="call me")
    back.expect_state(session, "closed", reason="left_message")


@pytest.mark.site("hours")
def test_only_customers_leave_and_only_agents_take(site):
    customer, anna = site.customer(), site.agent("anna")
    message = leave(customer)
    assert customer.refused("message.take", message=message) == "forbidden"
    assert anna.refused("message.leave", key=new_key(), text="x") == "forbidden"
