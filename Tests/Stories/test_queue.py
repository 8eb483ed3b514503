"""Waiting: positions that only fall, order by level and arrival, full queues, what agents see."""

import time

import pytest

from hub import eventually


def assert_never_rises(customer, session):
    shown = customer.positions(session)
    assert shown == sorted(shown, reverse=True), f"{customer.name} was shown {shown}"


def test_first_position_follows_its_ok_at_once_and_is_exact(site):
    for place in range(1, 5):
        customer = site.customer()
        session = customer.start()
        frame = customer.position(session)
        assert frame["position"] == place
        assert frame["wait_s"] is None, "nobody is there, so nobody can say how long"
        after = [f["type"] for f in customer.seen].index("queue.position")
        assert customer.seen[after - 1]["type"] in ("ok", "session.state")


@pytest.mark.site("levels")
def test_positions_never_rise_with_fifty_waiting_and_vips_arriving(site):
    ordinary = [site.customer() for _ in range(50)]
    waiting = [(customer, customer.start()) for customer in ordinary]
    for place, (customer, session) in enumerate(waiting, 1):
        assert customer.position(session)["position"] == place
    vips = []
    for number in range(10):
        vip = site.customer(page={"level": str(1 + number % 9)})
        vips.append((vip, vip.start()))
    # A VIP counts the VIPs of his own level only, and nobody's number moved.
    for number, (vip, session) in enumerate(vips):
        assert vip.position(session)["position"] == (1 if number < 9 else 2)
    anna = site.agent("anna").online()
    offers = [anna.offered()["session"] for _ in range(50)]
    # 50 slots: the ten VIPs, then the first forty of the others, in their order.
    best_first = sorted(range(10), key=lambda n: (-(1 + n % 9), n))
    assert offers[:10] == [vips[n][1] for n in best_first]
    assert offers[10:] == [session for _, session in waiting[:40]]
    for place, (customer, session) in enumerate(waiting[40:], 1):
        customer.find(lambda f, place=place: f.get("type") == "queue.position"
                      and f.get("position") == place, f"position {place}")
    for customer, session in waiting + vips:
        assert_never_rises(customer, session)
    # What an ordinary customer saw does not tell that there were VIPs.
    assert waiting[49][0].positions(waiting[49][1])[0] == 50


@pytest.mark.site("levels", agents={"anna": {"capacity": 1}})
def test_position_falls_one_by_one_as_the_queue_is_served(site):
    customers = [site.customer() for _ in range(6)]
    sessions = [customer.start() for customer in customers]
    last = customers[-1]
    assert last.position(sessions[-1])["position"] == 6
    anna = site.agent("anna").online()
    for left, session in zip(range(5, 0, -1), sessions):
        anna.offered(session)
        last.find(lambda f, left=left: f.get("type") == "queue.position"
                  and f.get("position") == left, f"position {left}")
        anna.accept(session)
        anna.request("session.close", session=session)
    anna.offered(sessions[-1])
    assert last.positions(sessions[-1]) == [6, 5, 4, 3, 2, 1]


@pytest.mark.site("levels")
def test_later_vip_overtakes_and_level_counts_from_first_to_last(site):
    ordinary = site.customer()
    first = ordinary.start()
    low, high = site.customer(page={"level": "2"}), site.customer(page={"level": "7"})
    second, third = low.start(), high.start()
    anna = site.agent("anna").online()
    offers = [anna.offered() for _ in range(3)]
    assert [offer["session"] for offer in offers] == [third, second, first]
    assert [offer["level"] for offer in offers] == [7, 2, 0]


@pytest.mark.site("levels")
def test_equal_levels_are_served_first_come_first(site):
    vips = [site.customer(page={"level": "5"}).start() for _ in range(8)]
    anna = site.agent("anna").online()
    assert [anna.offered()["session"] for _ in range(8)] == vips


@pytest.mark.site("levels", vip={
    "source": "parameter", "parameter": {"name": "level", "trust": "unsigned", "max": 9},
    "head_start": "1s"})
def test_head_start_is_bounded_so_nobody_starves(site):
    """A level is worth one second here: who came two seconds earlier is still first."""
    ordinary = site.customer()
    first = ordinary.start()
    start = time.monotonic()
    eventually("two seconds have gone by", lambda: time.monotonic() - start > 2.2)
    second = site.customer(page={"level": "1"}).start()
    anna = site.agent("anna").online()
    assert [anna.offered()["session"] for _ in range(2)] == [first, second]


@pytest.mark.site("plain", groups={
    "pre-sales": {"name": "Pre", "agents": ["anna"], "max_waiting": 3, "reopen_below": 2},
    "after-sales": {"name": "After", "agents": ["chen"]}, "floaters": {"name": "F", "agents": ["eve"]}},
    agents={"anna": {"capacity": 1}})
def test_full_queue_refuses_and_opens_again(site):
    customers = [site.customer() for _ in range(3)]
    sessions = [customer.start() for customer in customers]
    late = site.customer()
    answer = late.ask("session.start")
    assert answer["code"] == "queue_full" and answer["retryable"] is True
    # The other group's queue is its own.
    other = site.customer()
    other.start(topic="refund")
    customers[0].request("session.leave", session=sessions[0])
    # Two wait: open again only below two.
    assert late.refused("session.start") == "queue_full"
    customers[1].request("session.leave", session=sessions[1])
    assert late.start()


def test_subscriber_gets_a_snapshot_then_changes(site):
    waiting = [site.customer().start(topic="refund") for _ in range(2)]
    chen = site.agent("chen")
    chen.request("queue.subscribe", groups=["after-sales"])
    first = chen.expect("queue.update", group="after-sales")
    assert first["levels"] == {"0": 2}
    assert [entry["session"] for entry in first["head"]] == waiting
    assert all(entry["level"] == 0 and entry["topic"] == "refund" and entry["since"] > 0
               for entry in first["head"])
    assert first["longest_wait_s"] >= 0
    third = site.customer()
    session = third.start(topic="complaint")
    chen.find(lambda f: f.get("type") == "queue.update"
              and [e["session"] for e in f["head"]] == waiting + [session], "the third")
    third.request("session.leave", session=session)
    chen.find(lambda f: f.get("type") == "queue.update" and f["levels"] == {"0": 2}
              and len(f["head"]) == 2, "two again")
    chen.request("queue.unsubscribe", groups=["after-sales"])
    count = len(chen.all("queue.update"))
    site.customer().start(topic="refund")
    chen.barrier()
    assert len(chen.all("queue.update")) == count


@pytest.mark.site("levels")
def test_subscriber_sees_levels_in_true_order(site):
    one = site.customer().start()
    two = site.customer(page={"level": "3"}).start()
    three = site.customer(page={"level": "9"}).start()
    anna = site.agent("anna")
    anna.request("queue.subscribe", groups=["pre-sales"])
    update = anna.expect("queue.update", group="pre-sales")
    assert [entry["session"] for entry in update["head"]] == [three, two, one]
    assert update["levels"] == {"0": 1, "3": 1, "9": 1}


def test_subscriber_hears_at_most_once_a_second(site):
    anna = site.agent("anna")
    anna.request("queue.subscribe", groups=["pre-sales"])
    anna.expect("queue.update")
    start = time.monotonic()
    sessions = [site.customer().start() for _ in range(20)]
    anna.find(lambda f: f.get("type") == "queue.update" and f["levels"] == {"0": 20}, "all twenty")
    seconds = time.monotonic() - start
    assert len(anna.all("queue.update")) <= 1 + seconds + 2, f"in {seconds} s"
    assert len(sessions) == 20


def test_subscribing_changes_what_an_agent_sees_never_what_he_gets(site):
    chen = site.agent("chen").online()
    chen.request("queue.subscribe", groups=["pre-sales", "after-sales"])
    customer = site.customer()
    session = customer.start()
    chen.find(lambda f: f.get("type") == "queue.update" and f["head"], "the waiting one")
    customer.position(session)
    chen.barrier()
    assert not chen.all("offer")


def test_unknown_group_is_refused_by_name(site):
    anna = site.agent("anna")
    assert anna.refused("queue.subscribe", groups=["no-such-group"]) == "unknown_group"


def test_head_is_at_most_fifty_and_the_count_is_whole(site):
    for _ in range(60):
        site.customer().start()
    anna = site.agent("anna")
    anna.request("queue.subscribe", groups=["pre-sales"])
    update = anna.expect("queue.update")
    assert len(update["head"]) == 50 and update["levels"] == {"0": 60}


@pytest.mark.site("plain", grace={"customer": "30s", "agent": "1s"})
def test_session_that_comes_back_keeps_its_arrival_and_is_not_counted(site):
    """Its agent is lost: it is first again, and the number of the next one did not rise."""
    bo = site.agent("bo").online()
    first, second = site.customer(), site.customer()
    one = first.start()
    bo.accept(bo.offered(one)["session"])
    two = second.start()
    assert second.position(two)["position"] == 1
    bo.drop()
    first.expect_state(one, "queued")
    second.barrier()
    assert second.positions(two) == [1]
    anna = site.agent("anna").online()
    assert [anna.offered()["session"] for _ in range(2)] == [one, two]
    assert_never_rises(second, two)
