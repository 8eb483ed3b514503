"""A robot at hours at which no human is there: it goes on, and says when somebody will be. And one for
those who have waited long."""

import pytest

from hours import CLOSED, opening_day
from test_built_in_robot import received
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


@pytest.mark.site("robots", strategy=rules("queue"), groups=GROUPS, calendars=CLOSED)
def test_out_of_hours_the_built_in_robot_promises_nobody(site):
    customer = received(site, text="qwertz")
    session = customer.started["session"]
    customer.expect("message", session=session, text="这个我还不会。")
    customer.say(session, "asdfgh")
    customer.expect_state(session, "queued")
    customer.barrier()
    assert [message["text"] for message in customer.all("message")][1:] == ["这个我还不会。"] * 2


TWO = {"groups": {"pre-sales": {"agents": ["anna"], "hours": "days"}, "night": {"agents": ["bo"]}}}
BOTH = [{"name": "everybody", "reception": "robot-first", "if_closed": "robot",
         "plan": [{**PLAN[0], "for": "60s"}, {"to": "group", "group": "night"}]}]


@pytest.mark.site("robots", strategy=BOTH, robot=OUTSIDE, calendars=CLOSED, **TWO)
def test_a_robot_hands_over_while_one_group_of_the_plan_is_open(site):
    robot, anna, bo = robot_at(site), site.agent("anna").online(), site.agent("bo").online()
    customer = site.customer()
    session = customer.start(text="anybody?")
    assert given(robot) == session
    assert customer.request("session.human", session=session)["state"] == "queued"
    assert "opens_at" not in customer.position(session)
    bo.offered(session)
    anna.barrier()
    assert not anna.all("offer")


# -- waiting too long --------------------------------------------------------------------------


def waits(reception):
    return [{"name": "everybody", "reception": reception, "wait_limit": "1s", "plan": PLAN}]


asked = {"robot": OUTSIDE, "groups": {"pre-sales": {"agents": ["anna", "bo"]}}}


@pytest.mark.site("robots", strategy=waits("human-first"), **asked)
def test_who_chooses_the_robot_comes_back_to_his_place(site):
    first, second, third = site.customer(), site.customer(), site.customer()
    sessions = [one.start(text="hello") for one in (first, second, third)]
    assert [one.position(s)["position"] for one, s in zip((first, second, third), sessions)] == [
        1, 2, 3]
    # Nobody is there to be chosen.
    assert first.expect("queue.choice", session=sessions[0])["choices"] == ["wait", "message"]
    assert first.refused("queue.choose", session=sessions[0], choice="robot") == "no_robot"
    robot = robot_at(site)
    first.request("queue.choose", session=sessions[0], choice="wait")
    assert first.expect("queue.choice", session=sessions[0])["choices"] == [
        "wait", "message", "robot"]
    first.request("queue.choose", session=sessions[0], choice="robot")
    first.expect_state(sessions[0], "bot")
    assert given(robot) == sessions[0]
    reply(robot, sessions[0], "hi")
    assert first.expect("message", session=sessions[0], seq=2)["text"] == "hi"
    # Those behind him move up.
    second.expect("queue.position", session=sessions[1], position=1)
    third.expect("queue.position", session=sessions[2], position=2)
    back = first.request("session.human", session=sessions[0])
    assert back["state"] == "queued"
    # Nobody counts him any more: he is told the time alone.
    assert "position" not in first.expect("queue.position", session=sessions[0])
    anna = site.agent("anna").online()
    # He came first, and comes first.
    assert [anna.offered()["session"] for _ in sessions] == sessions
    for one, session in ((second, sessions[1]), (third, sessions[2])):
        numbers = one.positions(session)
        assert numbers == sorted(numbers, reverse=True)


@pytest.mark.site("robots", strategy=waits("human-only"), **asked)
def test_where_only_humans_answer_no_robot_is_offered(site):
    robot_at(site)
    customer = site.customer()
    session = customer.start(text="hello")
    assert customer.expect("queue.choice", session=session)["choices"] == ["wait", "message"]
    assert customer.refused("queue.choose", session=session, choice="robot") == "no_choice"
