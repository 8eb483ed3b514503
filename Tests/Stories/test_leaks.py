"""Nothing leaks: canaries that must never be in a frame to a customer, a log or a metric."""

import json
import re

import pytest

from client import new_key

#: Members no frame to a customer may have, at any depth.
FORBIDDEN_MEMBERS = {"level", "levels", "group", "profile", "head", "capacity", "held", "expires_ms",
                     "waited_ms", "tags", "disposition", "wrapup_ms", "statuses", "connected", "reachability", "status", "agents_online"}


def members(value):
    """Every member name in a frame, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


@pytest.mark.site("levels", agents={"anna": {"name": "Anna", "capacity": 3}},
                  grace={"customer": "30s", "agent": "1s"})
def test_customers_see_neither_levels_nor_profiles_nor_each_other(site):
    marks = {}
    customers = []
    for number in range(6):
        mark = f"canary{number}x{new_key()}"
        customer = site.customer(
            who=f"c-{number}-{new_key()[:8]}", trusted={"vip": 1 + number, "note": mark},
            attributes={"page_note": mark + "p"},
            page={"url": f"https://shop.example/{mark}", "title": mark, "referrer": mark})
        marks[customer] = mark
        customers.append(customer)
    sessions = [customer.start(text=f"words of {marks[customer]}", topic=f"t{number}")
                for number, customer in enumerate(customers)]
    anna = site.agent("anna").online()
    anna.request("queue.subscribe", groups=["pre-sales"])
    served = []
    for _ in range(3):
        offer = anna.offered()
        anna.accept(offer["session"])
        served.append(offer["session"])
    # The most important first: and that is all anybody could notice.
    assert served == [sessions[5], sessions[4], sessions[3]]
    for session in served:
        anna.say(session, f"answer to {session}")
        anna.tell("typing", session=session, typing=True)
        anna.tell("read", session=session, seq=1)
    for customer, session in zip(customers[3:], sessions[3:]):
        customer.expect("message", session=session)
        customer.expect("typing", session=session)
    again = [site.back(customer, after={session: 0})
             for customer, session in zip(customers, sessions)]
    # The agent is lost and comes back; a session is closed; somebody leaves.
    anna.drop()
    for customer, session in zip(again[3:], sessions[3:]):
        customer.expect_state(session, "queued")
    anna = site.agent("anna")
    for _ in range(3):
        anna.accept(anna.offered()["session"])
    anna.request("session.close", session=served[0])
    again[5].expect_state(served[0], "closed")
    again[0].request("session.leave", session=sessions[0])
    for person in customers + again:
        person.barrier()
    for index, person in enumerate(customers + again):
        own = marks[customers[index % 6]]
        for line, frame in zip(person.raw, person.seen):
            found = FORBIDDEN_MEMBERS & set(members(frame))
            assert not found, f"{person.name} was sent {found}: {line}"
            for other in marks.values():
                assert other == own or other not in line, f"{person.name} saw another's: {line}"
            for session in sessions:
                assert session == sessions[index % 6] or session not in line, line
            if frame.get("type") != "ok" or "messages" not in line:
                assert frame.get("type") == "message" or own not in line or "sessions" in line, line


def test_agents_name_and_number_are_all_a_customer_learns(site):
    customer, anna, session = site.pair()
    state = customer.all("session.state", state="active")[0]
    assert set(state["agent"]) == {"id", "name"}
    anna.say(session, "hello")
    heard = customer.expect("message", session=session)
    assert set(heard["from"]) <= {"role", "id", "name"}


@pytest.mark.site("levels")
def test_two_ordinary_customers_see_the_same_with_and_without_vips(site):
    """A sees a queue of ordinary people; B sees the same one while VIPs overtake."""
    plain = site.customer()
    session = plain.start()
    first = plain.position(session)
    for level in range(1, 8):
        site.customer(page={"level": str(level)}).start()
    plain.barrier()
    shown = plain.all("queue.position", session=session)
    assert {frame["position"] for frame in shown} == {1} and shown[0] == first


def test_agents_see_only_what_is_theirs(site):
    mark = "canary" + new_key()
    customer, anna, session = site.pair(text=mark)
    customer.say(session, mark)
    chen = site.agent("chen")
    chen.request("queue.subscribe", groups=["pre-sales", "after-sales"])
    chen.expect("queue.update")
    site.customer().start(text=mark + "2", topic="refund")
    chen.find(lambda f: f.get("type") == "queue.update" and f["levels"], "a waiting one")
    chen.barrier()
    assert not [line for line in chen.raw if mark in line]


def canaries(place: str) -> str:
    return f"canary-{place}-{new_key()}"


def test_logs_and_metrics_hold_no_words_secrets_or_tokens(hubs):
    """At the most talkative level: nothing a person said, nothing that opens a door."""
    hub = hubs("plain", workers=2, environment={"CHATHUB_LOG_LEVEL": "trace"})
    site = hubs.at(hub)
    words = {place: canaries(place) for place in (
        "text", "topic", "title", "url", "referrer", "attribute", "key", "reason", "garbage",
        "session", "query", "device")}
    customer = site.customer(
        page={"title": words["title"], "url": f"https://shop.example/{words['url']}",
              "referrer": words["referrer"], "device": words["device"]},
        attributes={"note": words["attribute"]})
    session = customer.start(text=words["text"], topic="refund")
    customer.say(session, words["text"] + " again", key=words["key"])
    agent = site.agent("chen").online()
    agent.offered(session)
    agent.request("offer.decline", session=session, reason=words["reason"])
    for line in (words["garbage"], '{"type":"%s","id":5}' % words["garbage"],
                 '{"type":"history","id":6,"session":"%s","after":0}' % words["session"]):
        customer.say_raw(line)
    forged = site.token("agent", "chen")[:-4] + "AAAA"
    bad = site.client()
    bad.refused("hello", role="agent", site=site.name, token=forged)
    hub.get(f"/nothing?token={words['query']}")
    customer.barrier()
    metrics = hub.get("/metrics").text
    hub.stop()
    log = hub.log()
    assert log, "a hub at level trace says something"
    for where, text in (("log", log), ("metrics", metrics)):
        for place, word in words.items():
            assert word not in text, f"{place} is in the {where}"
        for name, secret in (("agent's token", agent.token), ("visitor's secret", customer.secret),
                             ("forged token", forged)):
            assert secret not in text, f"the {name} is in the {where}"
            assert secret.split(".")[-1] not in text, f"the signature of the {name}: {where}"
    key = (hub.data / "signing-key").read_text().strip()
    assert key not in log and key not in metrics


def test_log_lines_cannot_be_forged(hubs):
    hub = hubs("plain", environment={"CHATHUB_LOG_LEVEL": "trace", "CHATHUB_LOG_FORMAT": "json"})
    site = hubs.at(hub)
    evil = "x\n{\"level\":\"critical\",\"message\":\"forged\"}\r\x1b[31m\u2028y"
    customer = site.customer(page={"title": evil, "url": "https://a.example/" + evil},
                             attributes={"a": evil})
    customer.start(text=evil)
    client = site.client()
    client.ask("hello", role="agent", site=site.name, token="a\u2028b.c.d")
    customer.barrier()
    hub.stop()
    for line in hub.log().splitlines():
        if line.startswith("{"):
            entry = json.loads(line)
            assert entry["message"] != "forged"
        assert "\x1b" not in line and "\u2028" not in line
    assert not re.search(r"^y$", hub.log(), re.M)
