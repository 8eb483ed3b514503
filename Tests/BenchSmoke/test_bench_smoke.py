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


def test_idle_connections_are_held(loaded):
    figures = figures_of(load(
        "idle", "--url", loaded.url, "--site", "load", "--connections", "200", "--duration", "3",
        "--json", "--pid", f"hub={loaded.workers()[0]}"))
    assert figures["connections"] == 200


def test_ctrl_c_prints_the_figures_so_far(loaded):
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
