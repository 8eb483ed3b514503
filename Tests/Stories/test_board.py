"""The supervisor's board: its figures are what happened, and nobody else sees them."""

import pytest

from hours import CLOSED


def board(zoe, holds, what: str, within: float = 12) -> dict:
    """The first board that shows it."""
    return zoe.find(lambda frame: frame["type"] == "board.update" and holds(frame), what, within)


def group(update: dict, name: str = "pre-sales") -> dict:
    return next(one for one in update["groups"] if one["group"] == name)


def total(update: dict, figure: str) -> int:
    return sum(minute[figure] for minute in update["minutes"])


@pytest.mark.site("auto", service_level={"within": "30s"}, alerts={"waiting": 3})
def test_a_queue_is_seen_to_grow_and_to_empty_and_the_hour_adds_up(site):
    zoe = site.supervisor()
    zoe.request("board.subscribe")
    first = board(zoe, lambda update: True, "a first board")
    assert len(first["minutes"]) == 60 and not first["agents"] and not first["alerts"]
    assert [one["group"] for one in first["groups"]] == ["pre-sales", "after-sales", "floaters"]
    customers = [site.customer() for _ in range(5)]
    sessions = [customer.start(text="hello") for customer in customers]
    grown = board(zoe, lambda update: group(update)["waiting"] == 5, "five who wait")
    assert group(grown)["levels"] == {"0": {"waiting": 5, "longest_wait_s":
                                            group(grown)["longest_wait_s"]}}
    assert grown["sessions"] == {"queued": 5} and total(grown, "started") == 5
    assert grown["alerts"] == [
        {"kind": "waiting", "group": "pre-sales", "value": 5, "limit": 3}]
    customers[4].request("session.leave", session=sessions[4])
    anna = site.agent("anna").online()
    for session in sessions[:4]:
        anna.expect_state(session, "active")
    served = board(zoe, lambda update: total(update, "assigned") == 4, "four who are served")
    assert total(served, "abandoned") == 1 and total(served, "closed") == 1
    assert group(served)["waiting"] == 0 and group(served)["free_slots"] == 0
    assert group(served)["within_percent"] == served["within_percent"] == 100
    assert served["sessions"] == {"active": 4} and not served["alerts"]
    assert [(one["id"], one["held"], one["groups"]) for one in served["agents"]] == [
        ("anna", 4, ["pre-sales"])]
    anna.request("session.close", session=sessions[0])
    ended = board(zoe, lambda update: total(update, "closed") == 2, "two that ended")
    assert group(ended)["free_slots"] == 1 and ended["sessions"] == {"active": 3}
    zoe.request("board.unsubscribe")


@pytest.mark.site("hours", calendars=CLOSED)
def test_who_is_online_is_counted_by_his_status_whatever_the_hour(site):
    anna, bo = site.agent("anna").online(), site.agent("bo").online()
    bo.status("away")
    zoe = site.supervisor()
    zoe.request("board.subscribe")
    seen = board(zoe, lambda update: len(update["agents"]) == 2, "two agents")
    assert {one["id"]: one["status"] for one in seen["agents"]} == {"anna": "online", "bo": "away"}
    closed = group(seen, "care")
    assert (closed["open"], closed["agents_online"], closed["free_slots"]) == (False, 1, 2)


@pytest.mark.site("levels")
def test_the_one_who_is_overtaken_is_named(site):
    zoe = site.supervisor()
    zoe.request("board.subscribe")
    ordinary = site.customer().start(text="I was first")
    board(zoe, lambda update: group(update)["longest_wait_s"] >= 2, "two seconds of waiting")
    site.customer(page={"level": "7"}).start(text="I am important")
    found = board(zoe, lambda update: "overtaking" in update, "an overtaking")
    assert found["overtaking"]["session"] == ordinary
    assert found["overtaking"]["worst_s"] >= 1
    assert {level: one["waiting"] for level, one in group(found)["levels"].items()} == {
        "0": 1, "7": 1}


def test_an_agent_is_refused_and_gets_no_board(site):
    zoe, anna = site.supervisor(), site.agent("anna").online()
    for type_ in ("board.subscribe", "board.unsubscribe", "sessions.list"):
        assert anna.refused(type_) == "forbidden"
    zoe.request("board.subscribe")
    customer = site.customer()
    session = customer.start(text="hello")
    anna.accept(anna.offered(session)["session"])
    board(zoe, lambda update: total(update, "assigned") == 1, "one who is served")
    for other in (anna, customer):
        other.barrier()
        assert not other.all("board.update")


@pytest.mark.site("auto")
def test_lists_name_the_sessions_behind_the_figures(site):
    waiting = [site.customer().start(topic=topic) for topic in ("refund", "refund", "parcel")]
    bo = site.agent("bo").online()
    bo.expect_state(waiting[2], "active")
    zoe = site.supervisor()
    everything = zoe.request("sessions.list")
    assert {one["session"] for one in everything["sessions"]} == set(waiting)
    assert everything["more"] is False
    refunds = zoe.request("sessions.list", state="queued", group="after-sales")["sessions"]
    assert [one["session"] for one in refunds] == waiting[:2]
    assert all(one["topic"] == "refund" and "agent" not in one for one in refunds)
    served = zoe.request("sessions.list", agent="bo")["sessions"]
    assert [(one["session"], one["agent"]) for one in served] == [
        (waiting[2], {"id": "bo", "name": "Bo"})]
    page = zoe.request("sessions.list", limit=2)
    rest = zoe.request("sessions.list", limit=2, after=page["next"])
    assert [len(page["sessions"]), len(rest["sessions"])] == [2, 1]
    assert zoe.refused("sessions.list", group="nobody") == "unknown_group"
