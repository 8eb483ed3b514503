"""The command line and what an operator sees: health, metrics, check, help, starts and stops."""

import re
import signal
import socket
import subprocess
import time

import pytest

from client import Client
from hub import Hub, Metrics, REPOSITORY, chathub, eventually, render_site
from processes import started_at


def test_health_answers_ok(shared_hub):
    answer = shared_hub.get("/healthz")
    assert answer.status == 200
    assert answer.headers.get("cache-control", "no-store") in ("no-store", "no-cache")


SAMPLE = re.compile(
    r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="(\\.|[^"\\])*",?)*\})? '
    r'(-?[0-9.]+([eE][-+]?[0-9]+)?|\+Inf|-Inf|NaN)$')


def test_metrics_are_in_prometheus_format(site):
    customer, agent, session = site.pair()
    customer.say(session, "counted")
    agent.expect("message", session=session)
    answer = site.hub.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    helped, typed, seen = set(), {}, set()
    for line in answer.text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in helped, f"{name} is described twice"
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in ("counter", "gauge", "histogram", "summary") and name not in typed
            typed[name] = kind
        elif line and not line.startswith("#"):
            assert SAMPLE.match(line), line
            sample = line.rpartition(" ")[0]
            assert sample not in seen, f"{sample} comes twice"
            seen.add(sample)
            base = re.sub(r"_(bucket|sum|count)$", "", sample.partition("{")[0])
            assert base in typed or sample.partition("{")[0] in typed, line
    assert set(typed) <= helped and answer.text.endswith("\n")


def test_histograms_are_cumulative_and_end_with_their_count(site):
    customer, agent, session = site.pair()
    customer.say(session, "measured")
    metrics = site.hub.metrics()
    buckets: dict[str, list[tuple[float, float]]] = {}
    for sample, value in metrics.items():
        found = re.match(r'(\w+)_bucket\{(.*)le="([^"]+)"(.*)\}$', sample)
        if found:
            series = found[1] + "{" + found[2].rstrip(",") + found[4].lstrip(",") + "}"
            buckets.setdefault(series, []).append((float(found[3].replace("+Inf", "inf")), value))
    assert buckets
    for series, steps in buckets.items():
        steps.sort()
        counts = [count for _, count in steps]
        assert counts == sorted(counts), series
        assert steps[-1][0] == float("inf"), series


@pytest.mark.parametrize("name", [
    "connections", "frames_received_total", "deliveries_total", "acks_total", "queue_waiting",
    "wait_seconds_count", "loop_lag_seconds_count", "redis_round_trip_seconds_count", "outbox_bytes",
    "resumes_total",
])
def test_metrics_tell_what_operators_ask(site, name):
    customer, agent, session = site.pair()
    customer.say(session, "counted")
    site.back(customer, after={session: 0})
    site.customer().start(topic="refund")

    def told():
        return [sample for sample in site.hub.metrics() if sample.startswith("chathub_" + name)]

    eventually(f"chathub_{name} is told", told)


def test_metrics_count_what_happened(hubs):
    hub = hubs("plain", workers=2)
    site = hubs.at(hub)
    customer, agent, session = site.pair()
    for n in range(10):
        customer.say(session, f"m{n}")
    agent.find(lambda f: f.get("seq") == 10, "the last")
    site.back(customer, after={session: 5})

    def right():
        metrics = hub.metrics()
        return (metrics.total("chathub_acks_total") == 10
                and metrics.total("chathub_deliveries_total") >= 10
                and metrics.total("chathub_frames_received_total", type="message.send") == 10
                and metrics.total("chathub_connections") == 3
                and metrics.total("chathub_resumes_total") >= 1)

    eventually("the figures of both workers add up", right)
    assert hub.metrics().total("chathub_matched_by_sweep_total") == 0


@pytest.mark.parametrize("path", ["/nothing-here", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                                  "/assets/../../x"])
def test_unknown_pages_are_not_found(shared_hub, path):
    assert shared_hub.get(path).status in (400, 403, 404)


def test_pages_are_served_with_their_guards(shared_hub):
    page = shared_hub.get("/")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "'unsafe-inline'" not in policy
    assert page.headers.get("x-content-type-options") == "nosniff"
    console = shared_hub.get("/console")
    assert console.status == 200
    assert "frame-ancestors 'none'" in console.headers["content-security-policy"]
    widget = shared_hub.get("/widget.js")
    assert widget.status == 200 and widget.headers["access-control-allow-origin"] == "*"


# -- the command line ----------------------------------------------------------------------------

def test_help_teaches():
    result = chathub("--help")
    assert result.returncode == 0
    for word in ("serve", "token", "check"):
        assert word in result.stdout
    for command in ("serve", "token", "check"):
        result = chathub(command, "--help")
        assert result.returncode == 0 and len(result.stdout) > 200


@pytest.mark.parametrize("arguments", [["no-such-command"], ["serve", "--no-such-option"],
                                       ["serve", "--workers", "many"]], ids=" ".join)
def test_wrong_arguments_end_with_usage(arguments):
    result = chathub(*arguments)
    assert result.returncode == 64 and "Usage" in result.stderr


def test_check_passes_the_shipped_files():
    for path in ("Config/sites/demo.yaml", "Config/chathub.yaml"):
        result = chathub("check", str(REPOSITORY / path))
        assert result.returncode == 0, result.stdout + result.stderr


def test_check_passes_the_sites_of_the_stories(shared_sites):
    for path in shared_sites[:10]:
        result = chathub("check", str(path))
        assert result.returncode == 0, result.stdout + result.stderr


BROKEN = """site: Broken Site
timezone: Mars/Base
vip:
  source: horoscope
colour: blue
groups:
  pre-sales: { name: Pre, agents: [anna], max_waiting: -5 }
strategy:
  - name: nowhere
    reception: human-only
    plan:
      - { to: group, group: no-such-group, for: soon }
"""


def test_check_reports_all_problems_with_file_and_line(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN)
    result = chathub("check", str(path))
    assert result.returncode == 2
    report = result.stdout + result.stderr
    for line in (1, 2, 4, 5, 7, 12):
        assert re.search(rf"broken\.yaml:{line}\b", report), f"nothing about line {line}:\n{report}"
    assert "attribute" in report and "parameter" in report and "combined" in report


def test_check_refuses_by_name_what_is_not_evaluated_yet(tmp_path):
    path = render_site(tmp_path, "plain", idle={"remind_after": "5m"})
    result = chathub("check", str(path))
    assert result.returncode == 2, result.stdout + result.stderr
    assert "remind_after" in result.stdout + result.stderr


@pytest.mark.parametrize("content", ["site: [", "- a\n- b\n", "\x00\x01", "site: &a [*a]\n",
                                     "a: " + "[" * 2000])
def test_check_survives_any_file(tmp_path, content):
    path = tmp_path / "odd.yaml"
    path.write_text(content)
    result = chathub("check", str(path))
    assert result.returncode == 2, (result.returncode, result.stdout, result.stderr)


def test_check_of_a_missing_file_says_so(tmp_path):
    result = chathub("check", str(tmp_path / "missing.yaml"))
    assert result.returncode in (1, 2) and "missing.yaml" in result.stdout + result.stderr


# -- starting ------------------------------------------------------------------------------------

def fails_to_start(hub: Hub, within: float = 20) -> str:
    """The hub must end by itself, without a crash; its log."""
    hub.launch()
    try:
        code = hub.process.wait(within)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"it still runs\n{hub.log_end()}") from None
    assert 0 < code < 128, f"ended with {code}\n{hub.log_end()}"
    return hub.log()


def test_site_with_problems_is_not_served(hubs, tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN)
    log = fails_to_start(hubs(path, start=False))
    assert "broken.yaml:2" in log and "broken.yaml:5" in log


def test_hub_that_cannot_start_a_worker_says_why_and_ends(hubs, tmp_path):
    nothing = str(tmp_path / "missing.pem")
    hub = hubs(environment={"CHATHUB_TLS_CERTIFICATE": nothing, "CHATHUB_TLS_KEY": nothing},
               start=False)
    hub.launch()
    assert hub.process.wait(timeout=20) == 1
    assert "a worker cannot start" in hub.log_end()


def test_port_already_served_is_refused(hubs):
    first = hubs("plain")
    log = fails_to_start(hubs("plain", start=False, port=first.port))
    assert str(first.port) in log
    assert first.get("/healthz").status == 200
    # And it is still the first who answers everybody.
    for _ in range(10):
        assert first.get("/healthz").status == 200


def test_port_served_by_a_stranger_is_refused(hubs):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        assert str(port) in fails_to_start(hubs("plain", start=False, port=port))


def test_second_start_on_one_data_folder_is_refused(hubs):
    first = hubs("plain")
    site = hubs.at(first)
    customer, agent, session = site.pair()
    log = fails_to_start(hubs("plain", start=False, data=first.data))
    assert str(first.data) in log
    customer.say(session, "unharmed")
    agent.expect("message", session=session)


def test_first_hello_after_a_connect_works(hubs):
    """No worker listens until Redis answers, scripts are loaded and the site is applied."""
    hub = hubs("plain", start=False).launch()

    def connected():
        try:
            return Client(hub.url)
        except OSError:
            return None

    client = eventually("a connection", connected, within=30, every=0.005)
    assert client.ask("hello", role="customer", site="plain")["type"] == "ok"
    client.close()


def test_restart_keeps_keys_sessions_and_places(hubs):
    hub = hubs("plain")
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="one")
    waiting = site.customer()
    place = waiting.start(topic="refund")
    agent.say(session, "two")
    key = (hub.data / "signing-key").read_text()
    assert hub.stop() == 0
    again = hubs("plain", data=hub.data)
    site = hubs.at(again)
    assert (hub.data / "signing-key").read_text() == key
    back = site.back(customer, after={session: 1})
    assert [m["text"] for m in back.session(session)["messages"]] == ["two"]
    assert site.back(waiting).session(place)["state"] == "queued"
    agent = site.back(agent, after={session: 2})
    agent.say(session, "three")
    back.expect("message", session=session, text="three")


def test_environment_overrides_the_file(hubs):
    hub = hubs("plain", environment={"CHATHUB_LOG_FORMAT": "json"})
    hub.stop()
    lines = [line for line in hub.log().splitlines() if line.strip()]
    assert lines and all(line.startswith("{") for line in lines)


def test_links_are_printed_and_work(hubs):
    hub = hubs("plain", start=False, arguments=["--print-tokens"])
    hub.start()
    eventually("links", lambda: "#token=" in hub.log() or "#" in hub.log())
    links = re.findall(r"http://127\.0\.0\.1:\d+/\S*", hub.log())
    console = [link for link in links if "/console" in link]
    assert any("#" in link for link in console)
    assert not [link for link in links if "?" in link and "token" in link.split("#")[0]]
    token = re.search(r"token=([\w.-]+)", console[0])[1]
    client = Client(hub.url)
    assert client.ask("hello", role="agent", site="plain", token=token)["type"] == "ok"
    client.close()


def test_a_log_gets_no_token_and_the_way_to_one(hubs):
    hub = hubs("plain", start=False, arguments=["--links"])
    hub.start()
    eventually("links", lambda: "chathub token" in hub.log())
    assert "token=TOKEN" in hub.log() and not re.search(r"token=ey|\bey[\w-]{20,}", hub.log())
    command = re.search(r"chathub (token .*--role agent .*)", hub.log())[1].split()
    token = chathub(*command).stdout.strip()
    client = Client(hub.url)
    assert client.ask("hello", role="agent", site="plain", token=token)["type"] == "ok"
    client.close()


def test_data_that_lie_otherwise_are_left_alone(hubs, redis):
    hub = hubs("plain", redis=redis.url)
    hub.stop()
    key = "{plain}:site"
    assert redis.ask("HGET", key, "ly") == "1"
    before = [redis.ask("HGET", key, field) for field in ("ni", "ev", "gs")]
    for found in ("99", None):
        if found:
            redis.ask("HSET", key, "ly", found)
        else:
            redis.ask("HDEL", key, "ly")
        other = hubs("plain", start=False, redis=redis.url, folder=hub.folder)
        other.launch()
        assert other.process.wait(timeout=20) == 1, other.log_end()
        assert f"number {found or 0}" in other.log() and "another --data" in other.log()
        refused = chathub("versions", "--site", "plain", "--redis", redis.url)
        assert refused.returncode == 1 and f"number {found or 0}" in refused.stderr
    redis.ask("HSET", key, "ly", "1")
    assert [redis.ask("HGET", key, field) for field in ("ni", "ev", "gs")] == before


# -- stopping ------------------------------------------------------------------------------------

@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGINT"])
def test_stop_with_nobody_connected_takes_under_a_second(hubs, signal_name):
    hub = hubs("plain", workers=2)
    children = [(pid, started_at(pid)) for pid in hub.descendants()]
    assert children
    start = time.monotonic()
    hub.interrupt(getattr(signal, signal_name))
    assert hub.wait() == 0
    seconds = time.monotonic() - start
    left = [pid for pid, started in children if started_at(pid) == started]
    assert not left, f"left behind: {left}"
    assert seconds < 2.0, f"{seconds:.2f} s"  # under one by itself; the machine is shared


def test_stop_during_the_start_is_quick_too(hubs):
    """As soon as the port is open, which is before the workers say they are ready."""
    hub = hubs("plain", start=False, workers=2).launch()

    def is_open():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(("127.0.0.1", hub.port)) == 0

    eventually("the port is open", is_open, within=20, every=0.001)
    start = time.monotonic()
    hub.interrupt()
    assert hub.wait() == 0
    assert time.monotonic() - start < 5


def test_drain_tells_everybody_and_ends_within_ten_seconds(hubs):
    hub = hubs("plain", workers=2)
    site = hubs.at(hub)
    customer, agent, session = site.pair(text="one")
    waiting = site.customer()
    waiting.start(topic="refund")
    start = time.monotonic()
    hub.interrupt()
    for person in (customer, agent, waiting):
        frame = person.expect("drain")
        assert frame["reconnect_after_ms"] >= 0
        person.expect_closed(4000)
    assert hub.wait() == 0
    assert time.monotonic() - start < 11
    assert customer.all("session.state", state="closed") == []


def test_frames_sent_during_a_drain_are_kept_or_refused_never_lost(hubs):
    hub = hubs("plain")
    site = hubs.at(hub)
    customer, agent, session = site.pair()
    numbers = []
    hub.interrupt()
    for n in range(200):
        try:
            numbers.append((n, customer.post("message.send", session=session, key=f"k{n}",
                                             text=f"m{n}")))
        except Exception:  # noqa: BLE001 - closed by the drain
            break
    customer.expect_closed()
    hub.wait()
    answers = {f["id"]: f for f in customer.seen if f["type"] in ("ok", "error") and "id" in f}
    acked = [f"m{n}" for n, number in numbers if answers.get(number, {}).get("type") == "ok"]
    again = hubs("plain", data=hub.data)
    back = hubs.at(again).back(customer)
    kept = back.texts(session)
    assert set(acked) <= set(kept) and len(kept) == len(set(kept))


def test_metrics_of_a_fresh_hub_parse():
    assert Metrics.parse('# HELP a b\na{b="c"} 1\nd 2.5\n') == {'a{b="c"}': 1.0, "d": 2.5}
