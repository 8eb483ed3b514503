"""A robot at hours at which no human is there: it goes on, and says when somebody will be."""

import pytest

from test_hours import CLOSED, opening_day
from test_robots import OUTSIDE, given, reply, robot_at

GROUPS = {"pre-sales": {"agents": ["anna", "bo"], "hours": "days"}}
PLAN = [{"to": "group", "group": "pre-sales"}]


def rules(if_closed):
    return [{"name": "everybody", "reception": "robot-first", "plan": PLAN, "if_closed": if_closed}]


closed = {"robot": OUTSIDE, "groups": GROUPS, "calendars": CLOSED}


@pytest.mark.site("robots", strategy=rules("robot"), **closed)
def test_out_of_hours_a_robot_keeps_its_customer_and_he_is_told_the_opening(site):
    robot, anna = robot_at(site), site.agent("anna").online()
    customer = site.customer()
    session = customer.start(text="anybody?")
    assert given(robot) == session
    answer = customer.ask("session.human", session=session)
    assert (answer["code"], answer["opens_at"]) == ("closed", opening_day())
    reply(robot, session, "tomorrow")
    assert customer.expect("message", session=session)["text"] == "tomorrow"
    anna.barrier()
    assert not anna.all("offer")


@pytest.mark.site("robots", strategy=rules("queue"), **closed)
def test_a_rule_that_queues_out_of_hours_takes_what_the_robot_hands_over(site):
    robot = robot_at(site)
    customer = site.customer()
    session = customer.start(text="anybody?")
    assert given(robot) == session
    assert customer.request("session.human", session=session)["state"] == "queued"
    assert customer.position(session)["position"] == 1
