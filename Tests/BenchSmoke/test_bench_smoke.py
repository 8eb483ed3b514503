"""A short run of the load client on a hub of its own: that it works and loses nothing.

Figures are printed, never judged; `Tests/Benchmarks` measures.
"""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Stories"))

from doubling import DoublingLine  # noqa: E402
from hub import Hub, binary, eventually  # noqa: E402


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    site = folder / "load.yaml"
    made = load("site", "--agents", "20")
    site.write_text(made.stdout, "utf-8")
    with Hub(folder, [site], workers=2) as hub:
        yield hub


def load(*arguments: str):
    return subprocess.run([str(binary("chathub-load")), *arguments], capture_output=True, text=True,
                          timeout=90, stdin=subprocess.DEVNULL)


def figures_of(result) -> dict:
    assert result.returncode == 0, result.stdout + result.stderr
    figures = json.loads(result.stdout)
    print(json.dumps(figures, indent=1))
    return figures


def test_relay_loses_doubles_and_reorders_nothing(loaded):
    figures = figures_of(load(
        "relay", "--url", loaded.url, "--site", "load", "--pairs", "20", "--rate", "400",
        "--duration", "5", "--warmup", "1", "--json", "--secret-file",
        str(loaded.data / "signing-key"), "--pid", f"hub={loaded.workers()[0]}",
        "--pid", f"redis={loaded.redis_pid()}"))
    assert figures["sent"] == figures["acknowledged"] == figures["received"] > 1000
    assert figures["lost"] == figures["duplicated"] == figures["reordered"] == 0


def test_times_are_taken_with_a_unit_and_the_warm_up_is_owned_up_to(loaded):
    result = load(
        "relay", "--url", loaded.url, "--site", "load", "--pairs", "4", "--rate", "100",
        "--duration", "1s", "--warmup", "500ms", "--secret-file", str(loaded.data / "signing-key"))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "150 / 150 / 150" in result.stdout and "count the warm-up too" in result.stdout


def agents_of(hub) -> list[str]:
    """The arguments of every scenario with agents."""
    return ["--url", hub.url, "--site", "load", "--json", "--secret-file",
            str(hub.data / "signing-key")]


def clean(figures: dict) -> None:
    assert figures["violations"] == [] and figures["violation_count"] == 0
    assert figures["lost"] == figures["duplicated"] == figures["reordered"] == 0


def test_the_last_message_that_comes_twice_is_seen(loaded):
    with DoublingLine(loaded.port) as line:
        result = load(
            "relay", "--url", line.url, "--site", "load", "--pairs", "4", "--rate", "80", "--json",
            "--duration", "1", "--warmup", "0.2", "--secret-file", str(loaded.data / "signing-key"))
    assert result.returncode == 1, result.stdout + result.stderr
    figures = json.loads(result.stdout)
    # Both ends of four pairs hear their last message again.
    assert figures["duplicated"] == 8 and figures["lost"] == 0


def test_a_ramp_tells_every_rate_and_the_best(loaded, tmp_path):
    page = tmp_path / "ramp.html"
    figures = figures_of(load(
        "relay", *agents_of(loaded), "--pairs", "10", "--ramp", "50..150/50", "--duration", "1",
        "--warmup", "0.2", "--p99", "2s", "--html", str(page)))
    clean(figures)
    assert [stage["rate_asked"] for stage in figures["stages"]] == [50, 100, 150]
    assert figures["best_rate"] == 150
    text = page.read_text("utf-8")
    assert text.count("<svg") == 4 and "<script" not in text and "http://" not in text


def test_customers_of_a_queue_are_served_in_order(loaded):
    figures = figures_of(load(
        "queue", *agents_of(loaded), "--customers", "60", "--agents", "4", "--service", "0.1",
        "--rate", "30"))
    clean(figures)
    assert figures["assignments"] == figures["sent"] == 60
    assert figures["positions_checked"] >= 30 and figures["orders_checked"] > 10
    assert sum(level["served"] for level in figures["levels"].values()) == 60


def test_a_day_ends_with_everybody_served_or_gone(loaded):
    figures = figures_of(load(
        "day", *agents_of(loaded), "--customers", "120", "--agents", "3", "--factor", "14400",
        "--service", "1800", "--patience", "3600"))
    clean(figures)
    assert figures["sent"] == 120
    assert figures["assignments"] + figures["abandoned"] == 120
    assert 0 < figures["utilisation"] <= 1
    assert any("not" in note and "site's own durations" in note for note in figures["notes"])


def test_every_subscriber_sees_every_event(loaded):
    figures = figures_of(load(
        "broadcast", *agents_of(loaded), "--subscribers", "20", "--duration", "6s",
        "--every", "1500ms"))
    clean(figures)
    assert figures["events"] == 4 and figures["received"] == 80
    assert figures["deliveries"] >= 100


def test_who_does_not_read_harms_nobody_and_misses_nothing(loaded):
    figures = figures_of(load(
        "slow-readers", *agents_of(loaded), "--pairs", "5", "--slow", "1", "--rate", "50",
        "--duration", "3", "--warmup", "0.5"))
    clean(figures)
    assert figures["closed_as_slow"] == figures["resumed_whole"] == figures["slow_readers"] == 1
    assert figures["slow_messages"] > 500


def test_everybody_comes_back_from_a_storm_in_two_processes(loaded):
    figures = figures_of(load(
        "storm", "--url", loaded.url, "--site", "load", "--connections", "100", "--json",
        "--processes", "2", "--source-addresses", "127.0.0.2-127.0.0.3"))
    clean(figures)
    assert figures["processes"] == 2 and figures["connections"] == figures["received"] == 100


def test_wrong_options_and_addresses_are_told_with_a_way_out(loaded):
    for arguments, code, hint in [
        (["relay", "--secret-file", "/no/such/file"], 64, "signing-key"),
        (["idle", "--p99", "fast"], 64, "100ms"),
        (["idle", "--duration", "0s"], 64, "more than 0, not 0s"),
        (["idle", "--duration", "10x"], 64, "10s or 500ms"),
        (["relay", "--secret-file", str(loaded.data / "signing-key"), "--warmup=-1s"], 64,
         "0 or more"),
        (["idle", "--url", "ws://192.0.2.1/v1/ws"], 2, "loopback"),
        (["idle", "--url", "ws://127.0.0.1:1/v1/ws", "--connections", "1"], 2, "connection"),
        (["idle", "--url", loaded.url, "--site", "nobody", "--connections", "1"], 2, "--site"),
        (["idle", "--connections", "1000000"], 2, "ulimit"),
        (["queue", "--secret-file", str(loaded.data / "signing-key"), "--levels", "11:1"], 64,
         "0 to 10"),
    ]:
        result = load(*arguments)
        assert result.returncode == code, (arguments, result.stderr)
        assert hint in result.stderr, (arguments, result.stderr)
        usage = f"Usage: chathub-load {arguments[0]}"
        assert (usage in result.stderr) == (code == 64), (arguments, result.stderr)
        assert result.stdout == ""


def test_ctrl_c_prints_the_figures_so_far(loaded):
    process = subprocess.Popen(
        [str(binary("chathub-load")), "relay", *agents_of(loaded), "--pairs", "5", "--rate", "50",
         "--duration", "60", "--progress"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    try:
        # The live line tells when messages flow.
        for line in process.stderr:
            if int(line.split()[4]) > 0:
                break
        process.send_signal(signal.SIGINT)
        figures = json.loads(process.communicate(timeout=30)[0])
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert figures["interrupted"] is True and figures["sent"] > 0


def test_idle_connections_are_held(loaded):
    figures = figures_of(load(
        "idle", "--url", loaded.url, "--site", "load", "--connections", "200", "--duration", "3",
        "--json", "--pid", f"hub={loaded.workers()[0]}"))
    assert figures["connections"] == 200


def test_idle_that_is_broken_off_tells_who_was_there(loaded):
    process = subprocess.Popen(
        [str(binary("chathub-load")), "idle", "--url", loaded.url, "--site", "load",
         "--connections", "50", "--duration", "600"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    try:
        eventually("all are in",
                   lambda: loaded.metrics().total("chathub_people", role="customer") >= 50)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "broken off" in out and re.search(r"connections +50", out), out
