"""What an operator sees: health, metrics, the pages and their guards."""

import re

import pytest

from hub import Metrics, eventually


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


@pytest.mark.parametrize("path", ["/agent", "/consol.html", "/board/"])
def test_an_address_without_a_page_tells_which_pages_there_are(shared_hub, path):
    answer = shared_hub.get(path)
    told = answer.text
    assert answer.status == 404 and "text/plain" in answer.headers["content-type"]
    for page in re.findall(r"^ +(/\w*) ", told, re.M):
        assert shared_hub.get(page).status == 200, page
    assert {"/", "/console", "/board", "/customers"} <= set(re.findall(r"^ +(/\w*) ", told, re.M))
    assert "There is no page" in told and "没有页面" in told
    assert shared_hub.get("/nothing.js").text == "no such file\n"


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


def test_metrics_of_a_fresh_hub_parse():
    assert Metrics.parse('# HELP a b\na{b="c"} 1\nd 2.5\n') == {'a{b="c"}': 1.0, "d": 2.5}
