"""Important customers go ahead, and ordinary ones see nothing of it: the same frames with them
about and without, the times and the range apart."""

import time

import pytest

#: Two queues that differ in nothing but who else waits in them.
TWO_QUEUES = {
    "agents": {"anna": {"name": "Kim", "capacity": 1}, "bo": {"name": "Kim", "capacity": 1}},
    "groups": {"pre-sales": {"name": "Sales", "agents": ["anna"]},
               "after-sales": {"name": "Sales", "agents": ["bo"]}},
    "strategy": [
        {"name": "refunds", "what": {"topic": ["refund"]}, "reception": "human-only",
         "plan": [{"to": "group", "group": "after-sales"}]},
        {"name": "everything else", "reception": "human-only",
         "plan": [{"to": "group", "group": "pre-sales"}]}],
}
#: Members that differ between any two customers, and those that may differ with VIPs about.
OWN = {"session", "topic", "you", "id", "now", "node", "at", "key"}
TIMES = {"wait_s"}


def plain(value):
    """A frame without whose it is and when it was."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in OWN | TIMES}
    return [plain(one) for one in value] if isinstance(value, list) else value


def told(customer, seconds):
    """What he was told. His number is shown again every 30 seconds: on a slow machine that counts
    once, and else nothing may come twice."""
    frames = []
    for frame in map(plain, (one for one in customer.seen if one.get("type") != "ping")):
        if seconds < 28 or frame["type"] != "queue.position" or frame != frames[-1]:
            frames.append(frame)
    return frames


def shown(customer, session, place):
    customer.find(lambda frame: frame.get("type") == "queue.position"
                  and frame.get("session") == session and frame.get("position") == place,
                  f"position {place}")


def serve(agent, session, seen=lambda: None):
    """`seen` waits for what the offer led to, so that no number is passed over as too soon."""
    agent.offered(session)
    seen()
    agent.accept(session)
    agent.request("session.close", session=session)


def afternoon(site, topic, who, levels):
    """Fifty wait; then come VIPs, one a level given; then all before the eighth are served. What
    the eighth and the last were told, and every frame that anybody was sent."""
    begun = time.monotonic()
    waiting = [site.customer(locale="zh-CN") for _ in range(50)]
    sessions = [customer.start(topic=topic, text="你好") for customer in waiting]
    vips = [site.customer(page={"level": str(level)}) for level in levels]
    important = [vip.start(topic=topic) for vip in vips]
    eighth, his = waiting[7], sessions[7]
    shown(eighth, his, 8)
    # One before him gives up while they arrive.
    waiting[3].request("session.leave", session=sessions[3])
    shown(eighth, his, 7)
    agent = site.agent(who).online()
    for session in [s for _, s in sorted(zip(levels, important), reverse=True)]:
        serve(agent, session)
    before = sessions[:3] + sessions[4:7]
    for left, session in zip(range(6, 0, -1), before):
        serve(agent, session, lambda left=left: shown(eighth, his, left))
    agent.offered(his)
    agent.accept(his)
    eighth.expect_state(his, "active")
    agent.say(his, "您好")
    eighth.expect("message", session=his)
    agent.request("session.close", session=his)
    eighth.expect_state(his, "closed")
    for customer, session in zip(waiting + vips, sessions + important):
        positions = customer.positions(session)
        assert positions == sorted(positions, reverse=True), f"was shown {positions}"
    agent.status("away")
    seconds = time.monotonic() - begun
    return told(eighth, seconds), waiting[49].positions(sessions[49])[0]


@pytest.mark.site("levels", **TWO_QUEUES)
def test_an_ordinary_customer_is_told_the_same_with_vips_about_and_without(site):
    alone = afternoon(site, "sale", "anna", [])
    crowded = afternoon(site, "refund", "bo", [9, 1, 5, 3, 7, 2, 8, 4, 6])
    assert alone[0] == crowded[0]
    assert alone[1] == crowded[1] == 50
    positions = [one["position"] for one in alone[0] if one["type"] == "queue.position"]
    assert positions == [8, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.site("levels")
def test_a_time_is_told_only_while_an_agent_is_there(site):
    first, second = site.customer(), site.customer()
    one = first.start()
    assert first.position(one)["wait_s"] is None
    anna = site.agent("anna").online()
    anna.offered(one)
    anna.status("busy")
    two = second.start()
    assert second.position(two)["wait_s"] is None
    anna.status("online")
    anna.offered(two)


@pytest.mark.site("levels", agents={"anna": {"capacity": 1}})
def test_ranges_stand_beside_the_numbers_while_an_agent_works(site):
    anna = site.agent("anna").online()
    customers = [site.customer() for _ in range(6)]
    sessions = [customer.start() for customer in customers]
    last = customers[-1]
    for left, session in zip(range(4, 0, -1), sessions):
        serve(anna, session)
        shown(last, sessions[-1], left)
    ranges = [frame["wait_s"] for frame in last.all("queue.position", session=sessions[-1])]
    assert all(low >= 0 and high > low for low, high in ranges), ranges
    lows, highs = [one[0] for one in ranges], [one[1] for one in ranges]
    assert lows == sorted(lows, reverse=True) and highs == sorted(highs, reverse=True), ranges
