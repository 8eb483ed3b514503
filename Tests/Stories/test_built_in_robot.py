"""The built-in robot, a process of the hub: what it says, what it does when no human may come, and
that its chats go on after a restart or its death."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from client import Refused
from hub import chathub, eventually, render_site
from processes import command_of, is_running


def robot_process(hub):
    for pid in hub.descendants():
        if " robot " in command_of(pid) and is_running(pid):
            return pid
    return None


def received(site, **start):
    """A customer in a session with the built-in robot, once it is there."""
    def try_it():
        customer = site.customer()
        answer = customer.ask("session.start", **start)
        if answer.get("state") == "bot":
            customer.started = answer
            return customer
        if answer["type"] == "ok":
            customer.request("session.leave", session=answer["session"])
        customer.close()
        return None

    return eventually("the robot is there", try_it, within=15)


@pytest.fixture
def robot_hub(hubs):
    hub = hubs("robots", workers=2)
    place = hubs.at(hub, "robots")
    received(place, topic="faq").close()
    return hub, place


def test_the_built_in_robot_answers_offers_and_hands_over(robot_hub):
    _, site = robot_hub
    customer = received(site, text="仓储")
    session = customer.started["session"]
    hello = customer.expect("message", session=session)
    assert hello["text"] == "您好，我是小智。" and hello["from"]["name"] == "小智"
    choice = customer.expect("message", session=session)
    assert sorted(choice["quick_replies"]) == ["仓储不更新", "仓储进度"]
    customer.say(session, "仓储进度")
    answer = customer.expect("message", session=session)
    assert answer["text"] == "在订单页可以看到进度。" and answer["quick_replies"] == ["仓储不更新"]
    customer.say(session, "今天天气真好")
    assert customer.expect("message", session=session)["unknown"] is True
    customer.say(session, "qwertz")
    second = customer.expect("message", session=session)
    last = customer.expect("message", session=session)
    assert last["text"] == "这个问题我请人工客服来回答，请稍等。" and "unknown" not in last
    assert second["unknown"] is True and last["from"] == second["from"]
    customer.expect_state(session, "queued")
    anna = site.agent("anna").online()
    note = anna.offered(session)["handover"]
    assert note["reason"] == "misses" and note["misses"] == 2
    assert note["questions"] == ["仓储进度", "今天天气真好", "qwertz"]


def test_the_built_in_robot_speaks_the_customers_language(robot_hub):
    _, site = robot_hub
    customer = site.customer(locale="en-GB")
    session = customer.start(text="仓储进度")
    assert customer.expect("message", session=session)["text"] == "Hello, I am Zhi."
    assert customer.expect("message", session=session)["text"] == "See the order page."


def test_where_no_human_comes_the_robot_promises_none(robot_hub):
    _, site = robot_hub
    customer = received(site, topic="faq")
    session = customer.started["session"]
    for text in ("qwertz", "asdfgh", "zuiop"):
        customer.say(session, text)
        customer.expect("message", session=session, text="这个我还不会。")
    customer.barrier()
    assert len(customer.all("message")) == 4


@pytest.mark.parametrize("first", [True, False])
def test_where_no_human_may_come_the_robot_answers_the_word_itself(robot_hub, first):
    _, site = robot_hub
    sorry = "抱歉，现在无法为您转接人工客服。请继续问我，或稍后再试。"
    if first:
        customer = received(site, topic="faq", text="转人工")
        session = customer.started["session"]
    else:
        customer = received(site, topic="faq")
        session = customer.started["session"]
        customer.say(session, "转人工")
    answer = customer.expect("message", session=session, text=sorry)
    assert answer["from"]["role"] == "bot"
    customer.say(session, "仓储进度")
    customer.expect("message", session=session, text="在订单页可以看到进度。")
    assert not customer.all("session.state", state="queued")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_chat_goes_on_with_the_robot_after_a_restart_of_the_hub(hubs, workers):
    hub = hubs("robots", workers=workers)
    site = hubs.at(hub, "robots")
    customer = received(site, text="仓储进度")
    session = customer.started["session"]
    customer.expect("message", session=session, text="在订单页可以看到进度。")
    robot = robot_process(hub)
    assert hub.stop() == 0
    assert not is_running(robot)
    # Longer than a robot's grace.
    time.sleep(3)
    hub.start()
    back = customer.back(url=hub.url)
    assert back.session(session)["state"] == "bot"
    back.say(session, "仓储不更新")
    back.expect("message", session=session, text="请刷新页面。", within=15)
    texts = [message["text"] for message in back.history(session, after=0)["messages"]]
    assert texts.count("您好，我是小智。") == 1 and texts.count("在订单页可以看到进度。") == 1
    assert not back.all("session.state", state="queued")


@pytest.mark.fault
def test_a_robot_killed_in_mid_chat_is_back_or_missed_within_five_seconds(robot_hub):
    hub, site = robot_hub
    customer = received(site, text="仓储进度")
    session = customer.started["session"]
    customer.expect("message", session=session, text="在订单页可以看到进度。")
    pid = robot_process(hub)
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    for text in ("仓储不更新", "仓储进度"):
        customer.say(session, text)
    # The one that is started in its place answers every line; on a machine so busy that it comes
    # after its grace, he waits for a human.
    first = customer.find(
        lambda frame: frame.get("text") == "请刷新页面。" or frame.get("state") == "queued",
        "an answer or the queue", within=5)
    assert time.monotonic() - began < 5
    if first["type"] == "message":
        customer.expect("message", session=session, text="在订单页可以看到进度。")
        assert not customer.all("session.state", state="queued")
    assert eventually("another robot", lambda: robot_process(hub) not in (None, pid), within=10)


@pytest.mark.fault
def test_a_robot_that_does_not_come_back_leaves_its_chats_to_humans_within_five_seconds(robot_hub):
    hub, site = robot_hub
    customer = received(site, text="仓储进度")
    session = customer.started["session"]
    customer.expect("message", session=session, text="在订单页可以看到进度。")
    anna = site.agent("anna").online()
    over = threading.Event()

    def keep_it_down():
        while not over.is_set():
            if pid := robot_process(hub):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    began = time.monotonic()
    killing = threading.Thread(target=keep_it_down)
    killing.start()
    try:
        customer.expect_state(session, "queued", within=5)
        anna.offered(session)
        assert time.monotonic() - began < 5
    finally:
        over.set()
        killing.join()
    # It is started again, and takes new sessions.
    received(site, topic="faq", text="仓储进度")


def test_a_site_gets_a_robot_by_a_new_version_and_loses_it_again(hubs, tmp_path):
    bare = render_site(tmp_path / "bare", "robots", robot=None)
    full = render_site(tmp_path / "full", "robots")
    hub = hubs(bare, workers=1)
    site = hubs.at(hub, "robots")
    customer = site.customer()
    customer.start(text="hi")
    assert customer.started["state"] == "queued"
    assert robot_process(hub) is None
    done = chathub("apply", str(full), "--data", str(hub.data))
    assert done.returncode == 0, done.stdout + done.stderr
    received(site, text="仓储进度")
    done = chathub("apply", str(bare), "--data", str(hub.data))
    assert done.returncode == 0, done.stdout + done.stderr

    def nobody():
        one = site.customer()
        try:
            one.start(topic="faq")
            return False
        except Refused as refusal:
            return refusal.code == "no_robot"
        finally:
            one.close()

    eventually("the robot is gone", nobody, within=15)
