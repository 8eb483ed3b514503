"""Processes die, freeze and vanish: nobody is lost, nothing acknowledged is missing."""

import os
import signal
import time

import pytest

from client import Missing
from hub import Redis, eventually, render_site
from processes import is_running, started_at

pytestmark = pytest.mark.fault

#: A dead node is noticed after two seconds instead of ten.
QUICK = {"CHATHUB_LEASE": "2s"}


def worker_of(hub, person) -> int:
    """The worker process that holds a person's connection: the socket's other end."""
    socket = person.socket.socket
    near, far = (f":{end[1]:04X}" for end in (socket.getsockname(), socket.getpeername()))
    inode = None
    for line in open("/proc/net/tcp"):
        columns = line.split()
        # Seen from the hub; elsewhere on the machine the same port may be in use as well.
        if columns[1].endswith(far) and columns[2].endswith(near) and columns[3] == "01":
            inode = columns[9]
    assert inode, "the connection is not in the kernel's table"
    for pid in hub.workers():
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            try:
                if os.readlink(f"/proc/{pid}/fd/{descriptor}") == f"socket:[{inode}]":
                    return pid
            except FileNotFoundError:
                continue
    raise AssertionError("no worker holds that connection")


def test_killed_worker_loses_nobody_and_nothing(hubs):
    hub = hubs("plain", workers=2)
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="m0")
    waiting = [site.customer() for _ in range(4)]
    places = [person.start(topic="refund") for person in waiting]
    victim = worker_of(hub, customer)
    assert victim != worker_of(hub, agent)
    posts = [(f"m{n}", customer.post("message.send", session=session, key=f"k{n}", text=f"m{n}"))
             for n in range(1, 200)]
    customer.answer(posts[20][1])
    os.kill(victim, signal.SIGKILL)
    customer.expect_closed()
    acked = [text for text, number in posts
             if any(f.get("id") == number and f["type"] == "ok" for f in customer.seen)]
    assert acked
    back = site.after_fault(lambda: site.back(customer, after={session: 0}))
    assert back.session(session)["state"] == "active"
    # Unanswered ones are sent again with their keys: each is there once.
    for n, (text, number) in enumerate(posts, 1):
        if text not in acked:
            back.say(session, text, key=f"k{n}")
    texts = back.texts(session)
    assert sorted(texts) == sorted(f"m{n}" for n in range(200))
    last = max(m["seq"] for m in back.history(session, before=10_000, limit=1)["messages"])
    agent.find(lambda f: f.get("type") == "message" and f["seq"] == last, "the last message")
    heard = [m["seq"] for m in agent.all("message", session=session)]
    assert heard == list(range(2, last + 1))
    # Those who waited wait on, in their order, whichever worker they were on.
    again = [site.after_fault(lambda p=p: site.back(p)) for p in waiting]
    assert [p.place(place) for p, place in zip(again, places)] == [1, 2, 3, 4]
    agent.say(session, "after it")
    back.expect("message", session=session, text="after it")
    eventually("the dead worker is replaced", lambda: len(hub.workers()) == 2, within=15)
    # Its successor is there before it is ready.
    eventually("all is well again", hub.is_healthy, within=15)


def test_people_of_a_dead_worker_who_do_not_come_back_are_taken_over(hubs):
    path = render_site(hubs.folder(), "plain", grace={"customer": "1s", "agent": "1s"})
    hub = hubs(path, workers=2, environment=QUICK)
    site = hubs.at(hub)
    stays = site.customer()
    gone = site.elsewhere(stays, site.customer)
    lost = gone.start()
    place = stays.start()
    assert stays.position(place)["position"] == 2
    os.kill(worker_of(hub, gone), signal.SIGKILL)
    # The lease of the dead worker ends, then the customer's grace.
    assert stays.position(place, within=30)["position"] == 1
    anna = site.agent("anna").online()
    assert anna.offered()["session"] == place
    assert lost not in [s["session"] for s in site.back(gone).welcome["sessions"]]


def test_sessions_of_an_agent_on_a_dead_worker_go_on_with_another(hubs):
    path = render_site(hubs.folder(), "plain", grace={"customer": "60s", "agent": "1s"})
    hub = hubs(path, workers=2, environment=QUICK)
    site = hubs.at(hub)
    customer, anna, session = site.pair(text="one")
    os.kill(worker_of(hub, anna), signal.SIGKILL)
    customer.expect_state(session, "queued", within=30)
    bo = site.agent("bo").online()
    bo.accept(bo.offered(session)["session"])
    customer.expect_state(session, "active")


def test_frozen_worker_is_fenced_and_recovers(hubs):
    """SIGSTOP: its lease ends and others take its people over; when it goes on, its old acts are
    refused, and it registers its connections anew."""
    path = render_site(hubs.folder(), "plain", grace={"customer": "60s", "agent": "1s"})
    hub = hubs(path, workers=2, environment=QUICK)
    site = hubs.at(hub)
    customer, anna, session = site.pair(text="one")
    frozen = worker_of(hub, anna)
    # Now, because the kernel goes on giving new connections to the frozen worker.
    bo = site.elsewhere(anna, lambda: site.agent("bo"))
    os.kill(frozen, signal.SIGSTOP)
    try:
        anna.post("message.send", session=session, key="late", text="from the grave")
        customer.expect_state(session, "queued", within=40)
        bo.online()
        bo.accept(bo.offered(session)["session"])
        customer.expect_state(session, "active")
    finally:
        os.kill(frozen, signal.SIGCONT)
    # What Anna wrote came too late: the session is Bo's.
    bo.say(session, "I am here")
    customer.expect("message", session=session, text="I am here")
    if not anna.is_closed:
        eventually("the frozen worker serves again or lets go",
                   lambda: anna.is_closed or served(anna), within=20)
    texts = customer.texts(session)
    assert texts == ["one", "I am here"], texts
    # One owner: Anna cannot write any more, wherever she is connected.
    again = site.back(anna)
    assert again.refused("message.send", session=session, key="x", text="x") in (
        "not_found", "forbidden")
    assert hub.metrics().total("chathub_fenced_total") >= 1


def served(person) -> bool:
    try:
        person.request("status.set", within=3, status="online")
        return True
    except (AssertionError, Missing):
        return False


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_redis_away_and_back(hubs, redis, how):
    hub = hubs("plain", workers=2, redis=redis.url)
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="before")
    waiting = site.customer()
    place = waiting.start(topic="refund")
    (redis.kill if how == "kill" else redis.freeze)()
    # Requests are refused retryably, sockets stay open.
    answer = customer.ask("message.send", within=20, session=session, key="k1", text="during")
    assert (answer["type"], answer.get("code"), answer.get("retryable")) == (
        "error", "unavailable", True)
    assert agent.ask("status.set", within=20, status="busy")["code"] == "unavailable"
    eventually("health says so", lambda: hub.get("/healthz").status == 503, within=15)
    assert hub.get("/metrics").status == 200
    for person in (customer, agent, waiting):
        assert not person.is_closed
    (redis.start if how == "kill" else redis.thaw)()
    eventually("health is back", lambda: hub.get("/healthz").status == 200, within=20)

    def sent():
        answer = customer.ask("message.send", within=20, session=session, key="k1", text="during")
        return answer if answer["type"] == "ok" else None

    numbered = eventually("sending works again", sent, within=20, every=0.1)
    agent.expect("message", session=session, seq=numbered["seq"], text="during", within=20)
    agent.say(session, "after")
    customer.expect("message", session=session, text="after")
    assert customer.texts(session) == ["before", "during", "after"]
    assert not waiting.is_closed
    chen = site.agent("chen").online()
    assert chen.offered(within=20)["session"] == place


def test_redis_killed_under_load_loses_nothing_acknowledged(hubs, redis):
    hub = hubs("plain", workers=2, redis=redis.url)
    site = hubs.at(hub)
    customer, agent, session = site.pair()
    acked = {}
    posts = {}
    for n in range(300):
        posts[customer.post("message.send", session=session, key=f"k{n}", text=f"m{n}")] = n
        if n == 150:
            redis.kill()
    answers = {number: customer.answer(number, within=30) for number in posts}
    acked = {posts[number] for number, answer in answers.items() if answer["type"] == "ok"}
    refused = {posts[number] for number, answer in answers.items() if answer["type"] != "ok"}
    assert all(answers[number]["retryable"] for number in answers if posts[number] in refused)
    redis.start()
    eventually("health is back", lambda: hub.get("/healthz").status == 200, within=20)
    for n in sorted(refused):
        eventually(f"m{n} is taken", lambda n=n: customer.ask(
            "message.send", session=session, key=f"k{n}", text=f"m{n}")["type"] == "ok", within=20)
    texts = customer.texts(session)
    assert sorted(texts) == sorted(f"m{n}" for n in range(300))
    assert {f"m{n}" for n in acked} <= set(texts)
    last = customer.history(session, before=100_000, limit=1)["last_seq"]
    agent.find(lambda f: f.get("type") == "message" and f["seq"] == last, "the last", within=20)
    heard = [m["seq"] for m in agent.all("message", session=session)]
    assert heard == sorted(set(heard)) and len(heard) == 300


def test_pause_of_redis_expires_nobody(hubs, redis):
    """Deadlines stand still while Redis is away: an offer of 10 s survives a pause of 9, two seconds
    of which count, and leaves the hub the rest to find Redis again on a busy machine."""
    path = render_site(hubs.folder(), "plain", offer_timeout="10s",
                       grace={"customer": "10s", "agent": "10s"})
    hub = hubs(path, workers=1, redis=redis.url)
    site = hubs.at(hub)
    anna = site.agent("anna").online()
    session = site.customer().start()
    anna.offered(session)
    redis.freeze()
    start = time.monotonic()
    eventually("nine seconds", lambda: time.monotonic() - start > 9, within=12)
    redis.thaw()
    eventually("health is back", lambda: hub.get("/healthz").status == 200, within=20)

    def accepted():
        answer = anna.ask("offer.accept", within=10, session=session)
        # The hub may have found Redis and not yet its place in it.
        return answer if answer.get("code") != "unavailable" else None

    assert eventually("an answer", accepted, within=6, every=0.1).get("state") == "active"


def test_private_redis_is_restarted_and_nothing_is_missing(hubs):
    hub = hubs("plain")
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="before")
    first = hub.redis_pid()
    assert first
    os.kill(first, signal.SIGKILL)
    eventually("another Redis", lambda: hub.redis_pid() not in (None, first), within=15)
    eventually("health is back", lambda: hub.get("/healthz").status == 200, within=20)
    eventually("sending works", lambda: customer.ask(
        "message.send", session=session, key="k", text="after")["type"] == "ok", within=20)
    agent.expect("message", session=session, text="after", within=20)
    assert customer.texts(session) == ["before", "after"]


def test_everything_dies_with_a_killed_parent_and_starts_again(hubs):
    hub = hubs("plain", workers=2)
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="before")
    hub.remember_processes()
    below = [(pid, started_at(pid)) for pid in hub.descendants()]
    assert len(below) >= 3 and hub.redis_pid()
    hub.process.kill()
    hub.process.wait()
    for person in (customer, agent):
        person.expect_closed(within=15)
    eventually("workers and Redis are gone", lambda: not [
        pid for pid, start in below if started_at(pid) == start and is_running(pid)], within=15)
    again = hubs("plain", data=hub.data)
    back = hubs.at(again).back(customer)
    assert back.texts(session) == ["before"]
    assert back.session(session)["state"] in ("active", "queued")


def test_second_start_after_a_kill_clears_what_is_stale(hubs):
    """Started at once, while the old Redis may still be going down."""
    hub = hubs("plain")
    hub.remember_processes()
    hub.process.kill()
    hub.process.wait()
    again = hubs("plain", data=hub.data)
    assert again.get("/healthz").status == 200
    assert again.stop() == 0


def test_two_hubs_on_one_redis_are_one(hubs, redis):
    secret = os.urandom(32).hex()
    environment = {"CHATHUB_SIGNING_KEY": secret}
    one = hubs("plain", redis=redis.url, environment=environment)
    two = hubs("plain", redis=redis.url, environment=environment)
    first, second = hubs.at(one), hubs.at(two)
    first.key = second.key = bytes.fromhex(secret)
    customer = first.customer()
    session = customer.start(text="across")
    agent = second.agent("anna").online()
    agent.accept(agent.offered(session)["session"])
    assert customer.expect_state(session, "active")["agent"]["id"] == "anna"
    customer.say(session, "hello over there")
    agent.expect("message", session=session, text="hello over there")
    agent.say(session, "hello back")
    customer.expect("message", session=session, text="hello back")
    # The first hub goes; the customer comes back through the second.
    one.stop()
    customer.expect_closed()
    agent.say(session, "while away")
    back = second.keep(customer.back(url=two.url, after={session: 3}))
    assert [m["text"] for m in back.session(session)["messages"]] == ["while away"]
    back.say(session, "here again")
    agent.expect("message", session=session, text="here again")


def test_hub_with_other_keys_on_one_redis_is_refused(hubs, redis):
    hubs("plain", redis=redis.url, environment={"CHATHUB_SIGNING_KEY": os.urandom(32).hex()})
    other = hubs("plain", redis=redis.url, start=False,
                 environment={"CHATHUB_SIGNING_KEY": os.urandom(32).hex()})
    other.launch()
    assert 0 < other.wait(within=20) < 128
    assert "key" in other.log()


def test_weak_key_is_refused(hubs):
    hub = hubs("plain", start=False, environment={"CHATHUB_SIGNING_KEY": "abcd"}).launch()
    assert 0 < hub.wait(within=20) < 128


def test_worker_that_keeps_dying_is_restarted_and_not_in_a_spin(hubs):
    hub = hubs("plain", workers=2)
    killed = set()
    start = time.monotonic()
    for _ in range(5):
        pid = eventually("a living worker", lambda: next(
            (pid for pid in hub.workers() if pid not in killed), None), within=20)
        killed.add(pid)
        os.kill(pid, signal.SIGKILL)
    eventually("both are back", lambda: len(set(hub.workers()) - killed) == 2
               and hub.is_healthy(), within=30)
    # Each death of a young worker doubles the wait, from 50 ms on.
    assert time.monotonic() - start > 0.2


def test_replaced_redis_without_data_is_a_new_epoch(hubs, tmp_path):
    """Redis comes back empty: the hub goes on, and says that the stream was lost."""
    first = Redis(tmp_path / "r1").start()
    hub = hubs("plain", redis=first.url)
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="one")
    first.kill()
    second = Redis(tmp_path / "r2", port=first.port).start()
    try:
        eventually("health is back", lambda: hub.get("/healthz").status == 200, within=30)

        def anew():
            try:
                return site.back(customer)
            except AssertionError:
                return None

        back = eventually("hello works", anew, within=20, every=0.2)
        assert session not in [s["session"] for s in back.welcome["sessions"]]
        fresh = back.start(text="anew")
        assert fresh != session
        assert back.texts(fresh) == ["anew"]
    finally:
        hub.stop()
        second.stop()
