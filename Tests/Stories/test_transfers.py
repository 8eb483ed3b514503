"""A conversation goes to a colleague or a group; until somebody has it, the giver answers for it."""

import json

import pytest

from hours import CLOSED
from hub import eventually

FAST = dict(offer_timeout="1s", grace={"customer": "30s", "agent": "1s"})
PLACES = dict(
    groups={"pre-sales": {"name": "售前组", "agents": ["anna", "bo"]},
            "after-sales": {"name": "售后组", "agents": ["chen"]}})


def asked(site, who="bo", **fields):
    """A pair, and a colleague on the other node who has been asked to take it over."""
    customer, anna, session = site.pair(text="I want to return it")
    bo = site.elsewhere(anna, lambda: site.agent(who))
    bo.status("away")
    answer = anna.request("session.transfer", session=session, key="t-1", to={"agent": who},
                          **fields)
    return customer, anna, bo, session, answer


def test_transfer_to_a_colleague(site):
    customer, anna, bo, session, answer = asked(site, note="canary: a difficult one")
    assert answer["state"] == "active" and answer["agent"]["id"] == "anna"
    assert answer["transfer"]["to"] == {"agent": "bo"} and answer["transfer"]["from"] == "anna"
    offer = bo.offered(session)
    assert offer["transfer"]["note"] == "canary: a difficult one" and offer["expires_ms"] > 0
    # Asked is not yet reading; the giver still talks, and it counts with both.
    assert bo.refused("history", session=session, after=0) == "not_found"
    anna.say(session, "one moment")
    customer.expect("message", session=session, text="one moment")
    assert bo.status("away")["agent"]["held"] == anna.status("online")["agent"]["held"] == 1
    taken = bo.accept(session)
    assert [message.get("text", message.get("event")) for message in taken["messages"]] == [
        "I want to return it", "one moment", "transferred"]
    line = customer.expect("message", session=session, kind="system")
    assert line["agent"] == {"id": "bo", "name": "Bo"}
    assert taken["last_note"] == 1
    why = bo.request("session.explain", session=session)["explanation"]
    assert why["match"]["how"] == "transferred" and why["match"]["agent"]["id"] == "bo"
    lost = anna.expect("session.state", session=session, reason="transferred")
    assert "customer" not in lost and anna.status("online")["agent"]["held"] == 0
    customer.expect_state(session, "active", agent={"id": "bo", "name": "Bo"})
    bo.say(session, "bo here")
    customer.expect("message", session=session, text="bo here")
    assert anna.refused("message.send", session=session, key="k", text="x") == "not_found"
    # The giver's request again, after a lost answer, moves nothing.
    anna.request("session.transfer", session=session, key="t-1", to={"agent": "bo"},
                 note="canary: a difficult one")
    assert anna.refused("session.transfer", session=session, key="t-1", to={"agent": "chen"}) == (
        "key_conflict")
    again = site.back(customer, after={session: 0})
    for person in (customer, again):
        person.barrier()
        assert not [line for line in person.raw if "canary" in line or '"transfer"' in line]


def test_declined_and_taken_back(site):
    customer, anna, bo, session, _ = asked(site)
    bo.offered(session)
    bo.request("offer.decline", session=session)
    told = anna.expect("session.state", session=session, reason="transfer_declined")
    assert told["agent"]["id"] == "anna" and "transfer" not in told
    anna.request("session.transfer", session=session, key="t-2", to={"agent": "bo"})
    bo.offered(session)
    assert anna.refused("session.transfer", session=session, key="t-3", to={"agent": "bo"}) == (
        "not_active")
    assert "transfer" not in anna.request("session.transfer.cancel", session=session)
    bo.expect("session.state", session=session, reason="transfer_cancelled")
    assert bo.refused("offer.accept", session=session) == "no_offer"
    assert bo.status("away")["agent"]["held"] == 0
    anna.say(session, "still me")
    customer.expect("message", session=session, text="still me")
    assert not [frame for frame in customer.all("session.state", session=session)
                if frame["agent"]["id"] != "anna"]


@pytest.mark.site("plain", **FAST)
def test_not_answered_in_time(site):
    customer, anna, bo, session, _ = asked(site)
    bo.status("online")
    anna.expect("session.state", session=session, reason="transfer_expired")
    bo.expect("session.state", session=session, reason="transfer_expired")
    # It was a colleague's question, not a customer's: he stays what he was.
    assert bo.status("online")["agent"]["held"] == 0
    customer.say(session, "hello?")
    anna.expect("message", session=session, text="hello?")


@pytest.mark.site("plain", offer_timeout="20s", grace={"customer": "30s", "agent": "1s"})
def test_giver_is_lost_while_a_colleague_is_asked(site):
    customer, anna, bo, session, _ = asked(site)
    bo.offered(session)
    anna.drop()
    bo.expect("session.state", session=session, reason="agent_lost", within=15)
    customer.expect_state(session, "queued", within=15)
    assert bo.status("online")["agent"]["capacity"]
    # He who was asked may well be the next one in turn.
    bo.accept(bo.offered(session)["session"])
    customer.expect_state(session, "active", agent={"id": "bo", "name": "Bo"})


@pytest.mark.site("plain", offer_timeout="20s", grace={"customer": "30s", "agent": "1s"})
def test_who_is_asked_is_lost_or_the_customer_ends_it(site):
    customer, anna, bo, session, _ = asked(site)
    bo.offered(session)
    bo.drop()
    anna.expect("session.state", session=session, reason="transfer_expired", within=15)
    bo = site.agent("bo")
    bo.status("away")
    anna.request("session.transfer", session=session, key="t-9", to={"agent": "bo"})
    bo.offered(session)
    again = site.back(bo)
    assert again.session(session)["transfer"]["to"] == {"agent": "bo"}
    assert "messages" not in again.session(session) or not again.session(session)["messages"]
    assert again.offered(session)["transfer"]["from"] == "anna"
    customer.request("session.leave", session=session)
    for person in (bo, again):
        person.expect_state(session, "closed")
    eventually("the slots are free", lambda: bo.status("away")["agent"]["held"] == 0)


@pytest.mark.site("plain", agents={"bo": {"name": "Bo", "capacity": 1}})
def test_a_full_colleague_is_not_asked(site):
    customer, anna, session = site.pair()
    bo = site.agent("bo")
    assert anna.refused("session.transfer", session=session, key="1", to={"agent": "bo"}) == (
        "agent_unavailable")
    for agent in (anna, bo):
        agent.status("busy")
    other = site.customer().start()
    assert bo.request("session.pick", session=other)["state"] == "active"
    assert anna.refused("session.transfer", session=session, key="1", to={"agent": "bo"}) == (
        "agent_full")
    assert anna.refused("session.transfer", session=session, key="1", to={"agent": "x"}) == (
        "not_found")
    assert anna.refused("session.transfer", session=session, key="1", to={"group": "x"}) == (
        "unknown_group")
    assert bo.refused("session.transfer", session=session, key="1", to={"agent": "bo"}) == (
        "not_found")
    zoe = site.supervisor()
    zoe.request("session.transfer", session=other, key="1", to={"agent": "anna"})
    assert anna.offered(other)["transfer"]["from"] == "bo"


@pytest.mark.site("auto")
def test_where_nobody_is_asked_it_moves_at_once(site):
    bo = site.agent("bo").online()
    customer = site.customer()
    session = customer.start(text="hello")
    bo.expect_state(session, "active")
    anna = site.agent("anna")
    anna.status("busy")
    answer = bo.request("session.transfer", session=session, key="t", to={"agent": "anna"})
    assert answer["agent"]["id"] == "anna"
    anna.expect_state(session, "active")
    anna.expect("message", session=session, text="hello")
    bo.expect("session.state", session=session, reason="transferred")


@pytest.mark.site("plain", **PLACES)
def test_transfer_to_a_group_keeps_the_place(site):
    customer, anna, session = site.pair(text="broken")
    anna.status("busy")
    later = site.customer()
    behind = later.start()
    assert later.position(behind)["position"] == 1
    answer = anna.request("session.transfer", session=session, key="g", to={"group": "after-sales"},
                          note="needs a technician")
    assert answer["state"] == "queued" and "agent" not in answer
    # Its plan is another one now, and what was said of the first is not told of it.
    why = site.supervisor().request("session.explain", session=session)["explanation"]
    assert why["group"] == "after-sales" and len(why["plan"]) == 1 and "match" not in why
    customer.expect_state(session, "queued")
    anna.expect("session.state", session=session, reason="sent_to_group")
    assert anna.status("online")["agent"]["held"] == 1  # the next one, not this one again
    chen = site.agent("chen").online()
    accepted = chen.accept(chen.offered(session)["session"])
    assert accepted["last_note"] == 1
    note, = chen.request("session.notes", session=session, after=0)["notes"]
    assert note["text"] == "needs a technician"
    customer.expect_state(session, "active", agent={"id": "chen", "name": "陈"})
    later.barrier()
    assert later.positions(behind) == [1]
    assert "technician" not in json.dumps(customer.seen, ensure_ascii=False)


@pytest.mark.site("plain", **PLACES)
def test_what_was_said_before_it_goes_with_it(site):
    customer, anna, session = site.pair(text="broken")
    said = [f"line {number}" for number in range(4)]
    frames = [{"type": "message.send", "id": 901 + number, "session": session, "key": text,
               "text": text} for number, text in enumerate(said)]
    frames.append({"type": "session.transfer", "id": 909, "session": session, "key": "t",
                   "to": {"group": "after-sales"}})
    for frame in frames:
        anna.requests[frame["id"]] = frame["type"]
    anna.say_raw("\n".join(json.dumps(frame) for frame in frames))
    for frame in frames:
        assert anna.answer(frame["id"])["type"] == "ok"
    for text in said:
        customer.expect("message", session=session, text=text)
    customer.expect_state(session, "queued")


def test_who_gave_it_away_learns_nothing_of_it_by_asking_again(site):
    _, anna, bo, session, _ = asked(site)
    assert bo.request("session.explain", session=session)["explanation"]["state"] == "active"
    bo.accept(bo.offered(session)["session"])
    anna.expect("session.state", session=session, reason="transferred")
    again = anna.request("session.transfer", session=session, key="t-1", to={"agent": "bo"})
    assert set(again) == {"type", "id", "session", "state", "last_seq", "epoch"}


@pytest.mark.site("plain", agents={"anna": {"name": "Anna", "capacity": 1},
                                   "chen": {"name": "陈", "capacity": 1}})
def test_in_another_queue_the_time_is_that_queues_and_there_is_no_number(site):
    anna, chen = site.agent("anna").online(), site.agent("chen").online()
    first = site.customer().start()
    anna.accept(anna.offered(first)["session"])
    # Sixteen wait for the other group before he comes; chen has the first of them.
    others = [site.customer().start(topic="refund") for _ in range(17)]
    chen.accept(chen.offered(others[0])["session"])
    customer = site.customer()
    session = customer.start()
    shown = customer.position(session)
    assert shown["position"] == 1 and shown["wait_s"]
    anna.request("session.close", session=first)
    anna.accept(anna.offered(session)["session"])
    customer.expect_state(session, "active")
    told = len(customer.seen)
    anna.request("session.transfer", session=session, key="g", to={"group": "after-sales"})
    customer.expect_state(session, "queued")
    eventually("his time in the other queue", lambda: [
        frame for frame in customer.seen[told:]
        if frame["type"] == "queue.position" and frame.get("wait_s")], within=40)
    after = [frame for frame in customer.seen[told:] if frame["type"] == "queue.position"]
    assert not [frame for frame in after if "position" in frame]
    high = [frame["wait_s"] for frame in after if frame.get("wait_s")][-1][1]
    assert high is None or high > 2 * shown["wait_s"][1], (shown, after)


@pytest.mark.site("hours", calendars=CLOSED)
def test_to_a_group_out_of_hours_nothing_goes(site):
    eve = site.agent("eve").online()
    customer = site.customer()
    session = customer.start(topic="both")
    eve.accept(eve.offered(session)["session"])
    assert eve.refused("session.transfer", session=session, key="t", to={"group": "care"},
                       note="nobody reads this") == "closed"
    assert eve.request("session.notes", session=session, after=0)["notes"] == []
    eve.say(session, "I am still here")
    customer.expect("message", session=session, text="I am still here")


NARROW = {"care": {"agents": ["anna", "bo"], "max_waiting": 1}, "floaters": {"agents": ["eve"]}}


@pytest.mark.site("hours", groups=NARROW, calendars=None)
def test_to_a_full_group_nothing_goes(site):
    eve, zoe = site.agent("eve").online(), site.supervisor()
    customer = site.customer()
    session = customer.start(topic="both")
    eve.accept(eve.offered(session)["session"])
    eve.status("away")
    waits = site.customer()
    waiting = waits.start(topic="patient")
    for person in (eve, zoe):
        assert person.refused("session.transfer", session=session, key="t", to={"group": "care"},
                              note="nobody reads this") == "queue_full"
    assert eve.request("session.notes", session=session, after=0)["notes"] == []
    waits.request("session.leave", session=waiting)
    # The same key does it when there is room.
    eve.request("session.transfer", session=session, key="t", to={"group": "care"},
                note="somebody reads this")
    eve.expect("session.state", session=session, reason="sent_to_group")
