"""Site files on a running hub: apply, rollback, versions, explain, and restarts in between."""

import json

import pytest
import yaml

from hub import SITES, chathub, eventually, free_port, render_site

GROUP = {"to": "group", "group": "after-sales"}
EXTRA = {"name": "billing", "what": {"topic": "bill"}, "reception": "human-only", "plan": [GROUP]}


def rules():
    return yaml.safe_load((SITES / "plain.yaml").read_text("utf-8"))["strategy"]


def variant(folder, name, **changes):
    """A version of the site `plain` under its own file name."""
    path = render_site(folder / name, "plain", **changes)
    return path.rename(folder / f"{name}.yaml")


def with_billing(folder, name="billing"):
    return variant(folder, name, strategy=[EXTRA, *rules()])


def run(hub, *arguments):
    where = ["--redis", hub.redis_url] if hub.redis_url else ["--data", str(hub.data)]
    return chathub(*arguments, *where)


def done(result):
    assert result.returncode == 0, (result.returncode, result.stdout, result.stderr)
    return result.stdout


def versions(hub):
    return json.loads(done(run(hub, "versions", "--site", "plain", "--json")))


def wait_for(hub, version):
    """Every node has it: an operator sees it in the log."""
    def all_have_it():
        lines = [line for line in hub.log().splitlines() if "site in force" in line]
        return sum(f"version={version}" in line for line in lines) >= hub.workers_wanted
    eventually(f"version {version} is in force on every node", all_have_it)


# -- apply ---------------------------------------------------------------------------------------

def test_apply_while_people_chat_drops_nobody_and_new_sessions_follow_the_new_rules(hubs, tmp_path):
    hub = hubs("plain", workers=2)
    site = hubs.at(hub)
    customer, agent, session = site.pair()
    waiting = [site.customer() for _ in range(3)]
    sessions = [person.start(topic="refund") for person in waiting]
    assert [p.position(s)["position"] for p, s in zip(waiting, sessions)] == [1, 2, 3]
    asks = site.customer()
    # Before: a bill is a matter for pre-sales.
    anna = site.agent("anna").online()
    first = asks.start(topic="bill")
    anna.offered(first)

    out = done(run(hub, "apply", str(with_billing(tmp_path))))
    assert "+ strategy.billing.plan: [after-sales]" in out and "version 2 is in force" in out

    # At once, and on whichever node: the one that is behind loads the version and places again.
    bills = [site.customer() for _ in range(4)]
    started = [person.start(topic="bill") for person in bills]
    chen = site.agent("chen").online()
    for wanted in sessions + started[:1]:
        chen.offered(wanted)
    # Nobody was dropped; who waited kept plan and place; nobody saw an error.
    customer.say(session, "still here")
    agent.expect("message", session=session, text="still here")
    for person, shown in zip(waiting, sessions):
        numbers = person.positions(shown)
        assert numbers == sorted(numbers, reverse=True)
    for person in [customer, agent, asks, *waiting, *bills]:
        assert person.all("error") == [] and person.all("drain") == []


def test_apply_of_the_text_in_force_changes_nothing(hubs, tmp_path):
    hub = hubs("plain")
    out = done(run(hub, "apply", str(hub.sites[0])))
    assert "in force already, as version 1" in out
    assert len(versions(hub)["versions"]) == 1


def test_dry_run_shows_and_stores_nothing(hubs, tmp_path):
    hub = hubs("plain")
    out = done(run(hub, "apply", str(with_billing(tmp_path)), "--dry-run"))
    assert "+ strategy.billing" in out and "nothing was stored" in out
    assert "\x1b" not in out
    assert versions(hub)["in_force"] == 1
    told = json.loads(done(run(hub, "apply", str(with_billing(tmp_path)), "--dry-run", "--json")))
    assert told["outcome"] == "shown" and told["version"] == told["replaced"] == 1
    assert {"change": "added", "path": "strategy.billing.plan", "to": "[after-sales]"} \
        in told["difference"]


@pytest.mark.parametrize("changes, word", [
    ({"accept": "perhaps"}, "accept"),
    ({"examples": [{"name": "a refund", "given": {"topic": "refund"},
                    "expect": {"rule": "everything else"}}]}, "a refund"),
])
def test_refused_file_changes_nothing(hubs, tmp_path, changes, word):
    hub = hubs("plain")
    path = variant(tmp_path, "bad", **changes)
    result = run(hub, "apply", str(path))
    assert result.returncode == 2 and word in result.stdout and "nothing is applied" in result.stdout
    report = json.loads(run(hub, "apply", str(path), "--json").stdout)
    assert report["ok"] is False and report["errors"] >= 1
    assert versions(hub)["in_force"] == 1 and len(versions(hub)["versions"]) == 1


def test_strict_refuses_a_warning_that_otherwise_is_only_shown(hubs, tmp_path):
    hub = hubs("plain")
    groups = {"pre-sales": {"name": "A", "agents": ["anna", "nobody-knows"]},
              "after-sales": {"agents": ["chen"]}}
    path = variant(tmp_path, "warned", groups=groups)
    checked = json.loads(chathub("check", str(path), "--json").stdout)
    assert checked["ok"] and checked["warnings"] >= 1
    assert run(hub, "apply", str(path), "--strict").returncode == 2
    assert versions(hub)["in_force"] == 1
    assert "warning" in done(run(hub, "apply", str(path)))
    assert versions(hub)["in_force"] == 2


def test_new_site_is_applied_to_a_running_hub(hubs, tmp_path):
    hub = hubs("plain")
    path = render_site(tmp_path, "plain", "second")
    assert "new site" in done(run(hub, "apply", str(path)))
    site = hubs.at(hub, "second")

    def known():
        person = site.client()
        return person.ask("hello", role="customer", site="second")["type"] == "ok"

    eventually("the new site is served", known)
    assert site.customer().start()


def test_removed_group_keeps_its_agents_until_its_customers_are_served(hubs, tmp_path):
    hub = hubs("plain")
    site = hubs.at(hub)
    customer = site.customer()
    session = customer.start(topic="refund")
    chen = site.agent("chen")
    groups = {"pre-sales": {"agents": ["anna", "bo"]}, "floaters": {"agents": ["eve"]}}
    path = variant(tmp_path, "smaller", groups=groups, strategy=rules()[1:])
    done(run(hub, "apply", str(path)))
    wait_for(hub, 2)
    assert customer.positions(session) == [1]
    chen.online()
    chen.offered(session)
    chen.accept(session)
    customer.say(session, "served after all")


# -- rollback and versions -----------------------------------------------------------------------

def test_rollback_goes_back_one_and_again_one_further(hubs, tmp_path):
    hub = hubs("plain")
    site = hubs.at(hub)
    done(run(hub, "apply", str(with_billing(tmp_path))))
    done(run(hub, "apply", str(variant(tmp_path, "slow", offer_timeout="45s"))))
    listed = versions(hub)
    assert [(v["version"], v["in_force"], v["file"]) for v in listed["versions"]] == [
        (3, True, "slow.yaml"), (2, False, "billing.yaml"), (1, False, "plain.yaml")]
    assert listed["versions"][2]["by"] == "serve" and listed["versions"][0]["by"]
    assert listed["versions"][0]["at"] >= listed["versions"][1]["at"] > 1_600_000_000_000
    assert len({v["digest"] for v in listed["versions"]}) == 3

    out = done(run(hub, "rollback", "--site", "plain"))
    assert "~ offer_timeout: 45s -> 20s" in out and "version 2 is in force" in out
    bill = site.customer().start(topic="bill")
    chen = site.agent("chen").online()
    chen.offered(bill)
    told = json.loads(done(run(hub, "rollback", "--site", "plain", "--json")))
    assert told["outcome"] == "applied" and (told["replaced"], told["version"]) == (2, 1)
    other = site.customer().start(topic="bill")
    anna = site.agent("anna").online()
    anna.offered(other)
    result = run(hub, "rollback", "--site", "plain")
    assert result.returncode == 1 and "none before it" in result.stderr
    table = done(run(hub, "versions", "--site", "plain")).splitlines()
    assert table[0].split() == ["version", "applied", "digest", "by", "file", "after"]
    assert [line for line in table if line.startswith("*")][0].split()[1] == "1"
    shown = done(run(hub, "versions", "--site", "plain", "--show", "2"))
    assert shown == (tmp_path / "billing.yaml").read_text("utf-8")


def test_restart_never_undoes_apply_or_rollback(hubs, tmp_path):
    hub = hubs("plain")
    done(run(hub, "apply", str(with_billing(tmp_path))))
    assert hub.stop() == 0
    again = hubs(hub.sites[0], data=hub.data)
    assert versions(again)["in_force"] == 2
    done(run(again, "rollback", "--site", "plain"))
    assert again.stop() == 0
    # The file last applied is named at the start: it was taken back since.
    third = hubs(tmp_path / "billing.yaml", data=hub.data)
    listed = versions(third)
    assert listed["in_force"] == 1 and len(listed["versions"]) == 2
    assert third.stop() == 0
    # A file that is new is applied.
    fourth = hubs(variant(tmp_path, "slow", offer_timeout="45s"), data=hub.data)
    assert versions(fourth)["in_force"] == 3


def test_two_hubs_on_one_redis_take_a_version_over_both(hubs, redis, tmp_path):
    first = hubs("plain", redis=redis.url)
    second = hubs(first.sites[0], redis=redis.url, data=first.data)
    done(run(first, "apply", str(with_billing(tmp_path))))
    for hub in (first, second):
        wait_for(hub, 2)
        bill = hubs.at(hub).customer().start(topic="bill")
        found = json.loads(done(run(hub, "explain", "--site", "plain", "--topic", "bill", "--json")))
        assert bill and (found["version"], found["rule"]) == (2, "billing")


# -- explain -------------------------------------------------------------------------------------

def test_explain_from_a_file_needs_no_store(tmp_path):
    path = render_site(tmp_path, "levels")
    out = chathub("explain", "--site-file", str(path), "--param", "level=7")
    assert out.returncode == 0 and "level 7 (from parameter)" in out.stdout
    found = json.loads(chathub(
        "explain", "--site-file", str(path), "--attr", "vip=true", "--json").stdout)
    assert (found["level"], found["level_source"], found["rule"]) == (5, "attribute", "everybody")
    assert found["plan"] == [{"to": "group", "group": "pre-sales"}] and found["open"] is True
    # What a page claims makes nobody important, and the explanation says so.
    page = json.loads(chathub(
        "explain", "--site-file", str(path), "--page-attr", "vip=true", "--json").stdout)
    assert page["level"] == 0 and page["level_source"] == "none"
    assert any("from the page" in reason for reason in page["level_reasons"])


def test_explain_walks_through_the_rules_with_everything_it_can_be_given(tmp_path):
    site = {
        "site": "walk", "timezone": "Asia/Shanghai",
        "calendars": {"day": {"weekdays": ["mon-fri"], "hours": ["09:00-18:00"]}},
        "groups": {"care": {"name": "Care", "agents": ["anna"]}},
        "strategy": [
            {"name": "gold", "who": {"attributes": {"member": ["gold"]}}, "plan": [CARE]},
            {"name": "east", "where": {"region": ["江苏"]}, "when": {"calendar": "day"},
             "how": {"channel": "web", "url": "/orders/*"}, "what": {"keywords": ["退款"]},
             "plan": [CARE]},
            {"name": "rest", "plan": [CARE]}],
    }
    path = tmp_path / "walk.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True), "utf-8")
    facts = ["--region", "江苏/南京", "--channel", "web", "--text", "我要退款", "--attr",
             "member=silver", "--url", "https://shop.example/orders/7"]
    explain = ["explain", "--site-file", str(path), "--json", *facts]
    monday = json.loads(chathub(*explain, "--at", "2026-11-23T10:00").stdout)
    assert monday["rule"] == "east"
    assert monday["walk"][0] == {"rule": "gold", "matched": False, "found": "silver",
                                 "failed": "who.attributes.member: [gold]"}
    # The same moment said with an offset; then a Sunday.
    same = json.loads(chathub(*explain, "--at", "2026-11-23T02:00:00Z").stdout)
    assert same["at"] == monday["at"] and same["rule"] == "east"
    sunday = json.loads(chathub(*explain, "--at", "2026-11-22T10:00:00+08:00").stdout)
    assert sunday["rule"] == "rest" and "calendar" in sunday["walk"][1]["failed"]
    text = chathub("explain", "--site-file", str(path), *facts, "--at", "2026-11-22T10:00").stdout
    assert "2026-11-22T10:00" in text and "- gold: who.attributes.member: [gold]" in text
    assert "+ rest" in text and "\x1b" not in text


CARE = {"to": "group", "group": "care"}


@pytest.mark.parametrize("arguments", [
    [], ["--site", "a", "--site-file", "b"], ["--site-file", "b", "--attr", "x"],
    ["--site-file", str(SITES / "plain.yaml"), "--at", "tomorrow"],
])
def test_explain_says_when_its_arguments_are_wrong(arguments):
    assert chathub("explain", *arguments).returncode == 64


def test_explain_of_a_file_with_problems_reports_them(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("site: bad\n")
    result = chathub("explain", "--site-file", str(path))
    assert result.returncode == 2 and "groups" in result.stdout


# -- where no hub is -----------------------------------------------------------------------------

@pytest.mark.parametrize("command", [
    ["apply", str(SITES / "plain.yaml")], ["rollback", "--site", "plain"],
    ["versions", "--site", "plain"], ["explain", "--site", "plain"],
])
def test_commands_say_clearly_when_no_hub_runs(tmp_path, command):
    result = chathub(*command, "--data", str(tmp_path / "nowhere"))
    assert result.returncode == 1
    assert "no hub runs with the data folder" in result.stderr and "--redis" in result.stderr
    assert not (tmp_path / "nowhere").exists()
    port = free_port()
    result = chathub(*command, "--redis", f"redis://:hush@127.0.0.1:{port}/0")
    assert result.returncode == 1 and str(port) in result.stderr and "hush" not in result.stderr


def test_stopped_hub_is_told_as_such_too(hubs):
    hub = hubs("plain")
    hub.stop()
    result = run(hub, "versions", "--site", "plain")
    assert result.returncode == 1 and "no hub runs" in result.stderr


def test_unknown_site_is_told(hubs):
    hub = hubs("plain")
    for command in (["rollback"], ["versions"], ["explain"]):
        result = run(hub, *command, "--site", "other")
        assert result.returncode == 1 and "other" in result.stderr, result


@pytest.mark.parametrize("command", ["apply", "rollback", "versions", "explain"])
def test_help_teaches(command):
    result = chathub(command, "--help")
    assert result.returncode == 0
    assert f"chathub {command} " in result.stdout and "Exit codes:" in result.stdout
    assert "--json" in result.stdout and command in chathub("--help").stdout
