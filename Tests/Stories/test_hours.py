"""Hours: out of them nobody is served, and at the opening those who wait are."""

from datetime import datetime, timedelta, timezone

import pytest

from hours import CLOSED, NEVER, opening_day, turned_away
from hub import render_site


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
