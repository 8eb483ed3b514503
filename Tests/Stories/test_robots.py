"""Robots: who is received by one, how they hand over, that nobody speaks out of turn, and what
happens when one dies. These are outside robots, Python connections of the role bot; the built-in
one is in test_built_in_robot.py."""

from __future__ import annotations

import threading
import time

import pytest

from client import Refused, new_key

OUTSIDE = {"misses": 2, "handover": ["转人工", "human"]}
outside = pytest.mark.site("robots", robot=OUTSIDE)


def robot_at(site, who="helper", hub=None, **hello):
    return site.agent(who, hub=hub, token=site.token("bot", who), role="bot", **hello)


def given(robot, within=5.0):
    """The next session the robot gets."""
    return robot.expect("session.state", within, state="bot")["session"]


def reply(robot, session, text, **more):
    return robot.request("message.send", session=session, key=new_key(), text=text, **more)


@outside
def test_robot_first_is_the_robots_until_a_human_is_asked_for(site):
    robot, anna = robot_at(site), site.agent("anna").online()
    customer = site.customer()
    session = customer.start(text="仓储")
    assert customer.started["state"] == "bot"
    assert given(robot) == session
    assert robot.expect("message", session=session)["text"] == "仓储"
    reply(robot, session, "哪一个？", quick_replies=["仓储进度", "仓储不更新"])
    seen = customer.expect("message", session=session)
    assert seen["from"]["role"] == "bot" and seen["quick_replies"] == ["仓储进度", "仓储不更新"]
    anna.barrier()
    assert not anna.all("offer")
    answer = customer.request("session.human", session=session)
    assert answer["state"] == "queued"
    customer.position(session)
    offer = anna.offered(session)
    assert offer["handover"] == {
        "reason": "asked", "robot": "helper", "misses": 0, "questions": ["仓储"]}
    taken = anna.accept(session)
    assert [message["text"] for message in taken["messages"]] == ["仓储", "哪一个？"]
    customer.expect_state(session, "active")
    # Its floor is gone with the handover.
    assert robot.refused("message.send", session=session, key="late", text="?") == "no_floor"
    customer.say(session, "hi")
    anna.expect("message", session=session, text="hi")
    robot.barrier()
    assert not robot.all("message", text="hi")


@outside
def test_a_robot_hands_over_with_its_words(site):
    robot = robot_at(site)
    customer = site.customer()
    session = customer.start(text="退款")
    given(robot)
    robot.post("message.send", session=session, key="bye", text="我帮您转接。")
    answer = robot.request("session.human", session=session, reason="wants a refund")
    assert answer["state"] == "queued"
    customer.expect("message", session=session, text="我帮您转接。")
    customer.expect_state(session, "queued")
    anna = site.agent("anna").online()
    note = anna.offered(session)["handover"]
    assert note["reason"] == "robot" and note["said"] == "wants a refund"
    for frame in customer.seen:
        assert "handover" not in frame and "level" not in frame


@outside
def test_misses_in_a_row_hand_over(site):
    robot = robot_at(site)
    customer = site.customer()
    session = customer.start(text="a")
    given(robot)
    reply(robot, session, "?", unknown=True)
    reply(robot, session, "aha")
    reply(robot, session, "?", unknown=True)
    robot.barrier()
    assert not customer.all("session.state", state="queued")
    reply(robot, session, "??", unknown=True)
    customer.expect_state(session, "queued")
    anna = site.agent("anna").online()
    note = anna.offered(session)["handover"]
    assert (note["reason"], note["misses"]) == ("misses", 3)


@outside
@pytest.mark.parametrize("first", [True, False])
def test_a_word_hands_over(site, first):
    robot = robot_at(site)
    customer = site.customer()
    if first:
        session = customer.start(text="请转人工！")
    else:
        session = customer.start(text="hello")
        given(robot)
        customer.say(session, "a HUMAN please")
    customer.expect_state(session, "queued")
    anna = site.agent("anna").online()
    assert anna.offered(session)["handover"]["reason"] == "keyword"


@outside
def test_robot_only_knows_no_human(site):
    customer = site.customer()
    with pytest.raises(Refused) as refusal:
        customer.start(topic="faq")
    assert refusal.value.code == "no_robot"
    robot, anna = robot_at(site), site.agent("anna").online()
    session = customer.start(topic="faq", text="hi")
    given(robot)
    assert customer.refused("session.human", session=session) == "no_human"
    assert robot.refused("session.human", session=session) == "no_human"
    reply(robot, session, "?", unknown=True)
    reply(robot, session, "?", unknown=True)
    customer.say(session, "转人工")
    reply(robot, session, "still here")
    customer.expect("message", session=session, text="still here")
    anna.barrier()
    assert not anna.all("offer") and not customer.all("session.state", state="queued")


@outside
def test_human_modes_and_the_robot(site):
    """human-first takes the robot only when the queue is full, human-only never."""
    robot = robot_at(site)
    waiting = [site.customer() for _ in range(2)]
    for customer in waiting:
        customer.start(topic="order")
        assert customer.started["state"] == "queued"
    third, fourth = site.customer(), site.customer()
    session = third.start(topic="order", text="hi")
    assert third.started["state"] == "bot"
    given(robot)
    with pytest.raises(Refused) as refusal:
        fourth.start(topic="vip")
    assert refusal.value.code == "queue_full"
    # The queue has room again: now he may be handed over.
    assert third.refused("session.human", session=session) == "queue_full"
    waiting[0].request("session.leave", session=waiting[0].started["session"])
    assert third.request("session.human", session=session)["state"] == "queued"
    assert third.position(session)["position"] == 2


@outside
def test_without_a_robot_robot_first_is_human_first(site):
    anna = site.agent("anna").online()
    customer = site.customer()
    session = customer.start(text="hi")
    assert customer.started["state"] in ("queued", "active")
    anna.offered(session)


@outside
def test_a_robot_is_given_what_it_can_take_and_the_idlest_gets_it(site):
    one, two = robot_at(site, "one", capacity=1), robot_at(site, "two", capacity=2)
    customers = [site.customer() for _ in range(4)]
    states = []
    for customer in customers:
        customer.start(text="hi")
        states.append(customer.started["state"])
    assert states == ["bot", "bot", "bot", "queued"]
    for robot, count in ((one, 1), (two, 2)):
        robot.barrier()
        assert len(robot.all("session.state", state="bot")) == count
    # A place that is free again is used again.
    customers[0].request("session.leave", session=customers[0].started["session"])
    last = site.customer()
    last.start(text="hi")
    assert last.started["state"] == "bot"


@outside
def test_only_robots_say_what_robots_say(site):
    customer, anna = site.customer(), site.agent("anna").online()
    session = customer.start(topic="vip", text="hi")
    anna.accept(anna.offered(session)["session"])
    for who in (customer, anna):
        for more in ({"unknown": True}, {"quick_replies": ["a"]}):
            code = who.refused("message.send", session=session, key=new_key(), text="x", **more)
            assert code == "forbidden"


@outside
def test_strangers_have_no_part_in_a_robots_session(site):
    robot, other = robot_at(site, "one"), robot_at(site, "two", capacity=1)
    customer = site.customer()
    session = customer.start(text="hi")
    owner, stranger = (robot, other) if robot.all("session.state", state="bot") else (other, robot)
    # Whoever did not get it.
    if not owner.all("session.state", session=session):
        owner, stranger = stranger, owner
    owner.expect("message", session=session)
    assert stranger.refused("message.send", session=session, key="k", text="x") == "not_found"
    assert stranger.refused("session.human", session=session) == "not_found"
    assert stranger.refused("history", session=session, after=0) == "not_found"
    assert site.agent("anna").online().refused("session.close", session=session) == "not_found"


@pytest.mark.site("robots", robot={**OUTSIDE, "while_waiting": True})
def test_a_robot_may_help_while_he_waits_and_not_once_a_human_has_him(site):
    robot = robot_at(site)
    customer = site.customer()
    session = customer.start(text="hi")
    given(robot)
    customer.request("session.human", session=session)
    customer.say(session, "meanwhile?")
    robot.expect("message", session=session, text="meanwhile?")
    reply(robot, session, "meanwhile!")
    customer.expect("message", session=session, text="meanwhile!")
    anna = site.agent("anna").online()
    anna.offered(session)
    reply(robot, session, "while she is asked")
    anna.accept(session)
    assert robot.refused("message.send", session=session, key="k", text="?") == "no_floor"
    robot.expect_state(session, "active")


@pytest.mark.site("robots", robot={**OUTSIDE, "while_waiting": True}, accept="offer")
def test_no_line_of_a_robot_comes_after_the_acceptance(site):
    """Robot and human race for the floor, many times: the stream shows who had it."""
    robot, anna = robot_at(site), site.agent("anna").online()
    for number in range(12):
        customer = site.customer()
        session = customer.start(text="hi")
        robot.expect("session.state", session=session, state="bot")
        customer.request("session.human", session=session)
        anna.offered(session)
        stop = threading.Event()

        def chatter(session=session, stop=stop):
            count = 0
            # A hundred refusals in a row, as on a slow machine, would end the connection.
            while not stop.is_set() and count < 95:
                count += 1
                robot.post("message.send", session=session, key=f"k{count}", text=f"line {count}")
                time.sleep(0.001)

        talking = threading.Thread(target=chatter)
        talking.start()
        try:
            accepted = anna.accept(session)
            said = anna.say(session, f"human {number}")
        finally:
            stop.set()
            talking.join()
        robot.barrier()
        robot.request("pong")
        senders = [message["from"]["role"] for message in anna.history(session, after=0)["messages"]]
        last_of_robot = max((k for k, role in enumerate(senders) if role == "bot"), default=-1)
        assert last_of_robot < senders.index("agent"), senders
        # What the acceptance answered is all a robot ever said.
        assert senders.count("bot") == [
            message["from"]["role"] for message in accepted["messages"]].count("bot")
        assert said["seq"] == len(senders)
        anna.request("session.close", session=session)
        customer.close()


@outside
def test_a_robot_that_leaves_for_good_leaves_its_sessions_to_the_queue(site):
    robot = robot_at(site)
    customer, only = site.customer(), site.customer()
    session, lonely = customer.start(text="hi"), only.start(topic="faq", text="hi")
    given(robot), given(robot)
    began = time.monotonic()
    robot.drop()
    customer.expect_state(session, "queued", within=5)
    only.expect_state(lonely, "closed", within=5, reason="no_robot")
    assert time.monotonic() - began < 5
    anna = site.agent("anna").online()
    assert anna.offered(session)["handover"] == {"reason": "bot_lost"}
    # Back again: new sessions only.
    again = robot_at(site)
    assert not again.welcome["sessions"]
    fresh = site.customer()
    assert fresh.start(text="hi") == given(again)


@outside
def test_a_robot_back_in_time_keeps_its_sessions(site):
    robot = robot_at(site)
    customer = site.customer()
    session = customer.start(text="hi")
    given(robot)
    robot.drop()
    customer.say(session, "still there?")
    again = robot_at(site)
    assert again.session(session)["messages"][-1]["text"] == "still there?"
    reply(again, session, "yes")
    customer.expect("message", session=session, text="yes")
    assert not customer.all("session.state", state="queued")
