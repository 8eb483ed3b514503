"""Every decision explains itself: why not yet, who was considered, what happened."""

import json

import pytest

from hub import chathub, eventually


def ask(who, session):
    return who.request("session.explain", session=session)["explanation"]


def examined(target):
    return {one["agent"]["id"]: one["standing"] for one in target["examined"]}


def test_why_not_yet_nobody_is_online(site):
    customer = site.customer(page={"url": "https://shop.example/"})
    session = customer.start(text="hello", topic="parcel")
    zoe = site.supervisor()
    told = ask(zoe, session)
    assert told["rule"] == "everything else" and told["rule_index"] == 1 and told["version"] == 1
    assert told["level"] == 0 and told["level_source"] == "none"
    assert [step["group"] for step in told["plan"]] == ["pre-sales"]
    waiting = told["waiting"]
    assert waiting["why"] == ["nobody_online"] and waiting["ahead"] == 0
    # The two of the site file who were never seen are counted.
    assert waiting["targets"][0]["counts"] == {"offline": 2}
    anna = site.agent("anna")
    anna.status("busy")
    waiting = ask(zoe, session)["waiting"]
    assert waiting["why"] == ["busy"] and waiting["targets"][0]["counts"]["busy"] == 1
    assert examined(waiting["targets"][0]) == {"anna": "busy"}


def test_why_not_yet_all_are_full(site):
    bo = site.agent("bo").online()
    bo.accept(bo.offered(site.customer().start())["session"])
    ahead = site.customer().start()
    session = site.customer().start()
    waiting = ask(site.supervisor(), session)["waiting"]
    assert waiting["why"] == ["full"] and waiting["ahead"] == 1, ahead
    assert waiting["targets"][0]["counts"] == {"full": 1, "offline": 1}
    assert examined(waiting["targets"][0]) == {"bo": "full"}


def test_why_not_yet_declined_and_then_the_customer_is_away(site):
    anna = site.agent("anna").online()
    customer = site.customer()
    session = customer.start()
    anna.request("offer.decline", session=anna.offered(session)["session"])
    zoe = site.supervisor()
    told = ask(zoe, session)
    assert told["waiting"]["why"] == ["declined"]
    assert examined(told["waiting"]["targets"][0]) == {"anna": "declined"}
    assert [(event["what"], event["agent"]["id"]) for event in told["events"]] == [
        ("offered", "anna"), ("declined", "anna")]
    customer.drop()
    eventually("the customer is away",
               lambda: ask(zoe, session)["waiting"]["why"] == ["customer_away"])


@pytest.mark.site("steps")
def test_why_not_yet_tells_the_next_step(site):
    anna = site.agent("anna").online()
    for _ in range(2):
        anna.accept(anna.offered(site.customer().start())["session"])
    told = ask(site.supervisor(), site.customer().start())
    assert told["waiting"]["why"] == ["full"]
    assert told["plan"][0]["open"] is True and told["plan"][-1]["open"] is False
    assert 0 < told["waiting"]["next_step_ms"] <= told["plan"][0]["for_ms"]


def test_a_match_names_who_was_considered_and_the_tie_break(site):
    bo, anna = site.agent("bo").online(), site.agent("anna").online()
    bo.status("away")
    customer = site.customer()
    session = customer.start(text="hello")
    anna.accept(anna.offered(session)["session"])
    told = ask(anna, session)
    match = told["match"]
    assert match["how"] == "offered" and match["agent"] == {"id": "anna", "name": "Anna"}
    assert match["tie_break"]["selection"] == "least-loaded"
    assert match["tie_break"]["held"] == 0 and match["tie_break"]["capacity"] == 4
    assert examined(match["targets"][0]) == {"anna": "chosen", "bo": "away"}
    assert match["targets"][0]["counts"] == {"free": 1, "away": 1}
    assert [event["what"] for event in told["events"]] == ["offered", "accepted"]
    assert "waiting" not in told
    # It is kept after the end, and for her who had it.
    anna.request("session.close", session=session)
    told = ask(anna, session)
    assert told["state"] == "closed" and told["match"] == match
    assert told["events"][-1]["what"] == "closed"


def test_tags_push_no_decision_out(site):
    customer, anna, session = site.pair()
    for number in range(45):
        anna.request("session.tag", session=session, tags=[f"t{number}"])
    what = [event["what"] for event in ask(anna, session)["events"]]
    assert what == ["offered", "accepted"]


def test_a_hand_over_names_the_supervisor(site):
    session = site.customer().start()
    anna = site.agent("anna")
    anna.status("away")
    zoe = site.supervisor()
    zoe.request("session.assign", session=session, agent="anna")
    match = ask(zoe, session)["match"]
    assert match["how"] == "handed_over" and match["by"]["id"] == "zoe"
    assert examined(match["targets"][0]) == {"anna": "chosen"}


def test_only_those_concerned_may_ask(site):
    customer, anna, session = site.pair()
    chen = site.agent("chen").online()
    assert chen.refused("session.explain", session=session) == "not_found"
    assert customer.refused("session.explain", session=session) == "forbidden"
    zoe = site.supervisor()
    assert zoe.refused("session.explain", session="s_" + "0" * 26) == "not_found"
    zoe.request("session.assign", session=session, agent="chen")
    # She had it; he has it.
    assert ask(anna, session)["match"]["agent"]["id"] == "chen"
    assert ask(chen, session)["match"]["agent"]["id"] == "chen"


def test_a_supervisor_sees_all_groups(site):
    zoe = site.supervisor()
    assert {group["id"] for group in zoe.welcome["agent"]["groups"]} == {
        "pre-sales", "after-sales", "floaters"}


# -- chathub journal -----------------------------------------------------------------------------

@pytest.fixture
def quiet(hubs):
    hub = hubs("plain", workers=1)
    return hub, hubs.at(hub)


def journal(hub, *arguments):
    result = chathub("journal", "--site", "plain", "--data", str(hub.data), *arguments)
    assert result.returncode == 0, (result.stdout, result.stderr)
    return result.stdout


def test_journal_tells_what_happened_and_never_what_was_written(quiet):
    hub, site = quiet
    customer, anna, session = site.pair(text="a secret")
    chen = site.agent("chen")
    chen.status("away")
    site.supervisor().request("session.assign", session=session, agent="chen")
    customer.request("session.close", session=session)
    lines = [json.loads(line) for line in journal(hub, "--session", session, "--json").splitlines()]
    assert [(line["what"], line.get("agent"), line.get("by")) for line in lines] == [
        ("started", None, None), ("offered", "anna", None), ("accepted", "anna", None),
        ("handed_over", "chen", "zoe"), ("closed", "chen", None)]
    assert all(line["session"] == session for line in lines)
    table = journal(hub)
    assert "is away, connected" in table and "handed_over" in table and session in table
    assert "secret" not in table
    assert len(journal(hub, "--last", "2").splitlines()) == 3


def test_journal_names_a_supervisor_who_decided_and_no_owner(quiet):
    hub, site = quiet
    _, anna, session = site.pair(text="hello")
    site.agent("chen").status("away")
    for key, who in enumerate((anna, site.supervisor())):
        who.request("session.invite", session=session, key=f"i-{key}", agent="chen")
        who.request("session.invite.cancel", session=session, agent="chen")
    lines = [json.loads(line) for line in journal(hub, "--session", session, "--json").splitlines()]
    assert [(line["what"], line.get("agent"), line.get("by")) for line in lines[-4:]] == [
        ("agent_invited", "chen", None), ("invite_cancelled", "chen", None),
        ("agent_invited", "chen", "zoe"), ("invite_cancelled", "chen", "zoe")]


def test_the_newest_of_a_journal_are_read_in_pages(hubs, redis):
    hub = hubs("plain", workers=1, redis=redis.url)
    redis.ask("EVAL", "for n = 1, 1300 do redis.call('XADD', KEYS[1], '*', 'type', 'n' .. n) end",
                  "1", "{plain}:journal")
    out = chathub("journal", "--site", "plain", "--redis", hub.redis_url, "--last", "1200", "--json")
    assert out.returncode == 0, (out.stdout, out.stderr)
    told = [json.loads(line)["what"] for line in out.stdout.splitlines()]
    assert told == [f"n{number}" for number in range(101, 1301)]
    assert "cmdstat_xrevrange:calls=3," in redis.ask("INFO", "commandstats")


def test_journal_of_a_site_nobody_knows(quiet):
    hub, _ = quiet
    result = chathub("journal", "--site", "plain", "--session", "s_9", "--data", str(hub.data))
    assert result.returncode == 1 and "nothing of a session `s_9`" in result.stderr
    result = chathub("journal", "--site", "nowhere", "--data", str(hub.data))
    assert result.returncode == 1 and "nowhere" in result.stderr


def test_journal_follows(quiet):
    import subprocess

    from hub import binary

    hub, site = quiet
    command = [str(binary()), "journal", "--site", "plain", "--data", str(hub.data), "--follow",
               "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            session = site.customer().start()
            for line in process.stdout:
                if json.loads(line).get("session") == session:
                    break
            else:
                raise AssertionError("the journal ended")
        finally:
            process.terminate()
