"""A hub of the release build with one worker and a private Redis, for one measurement."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / ".build/release"


class Broken(Exception):
    """A benchmark could not run, or a promise was broken under it."""


def output(arguments, **options) -> str:
    """Standard output of a program that must succeed."""
    done = subprocess.run([str(part) for part in arguments], stdout=subprocess.PIPE, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise Broken(f"{arguments[0]} ended with {done.returncode}: {done.stdout[-2000:]}")
    return done.stdout


class Hub:
    """The worker has core 0 for itself; Redis and the load client share core 1."""

    def __init__(self, agents: int):
        self.agents = agents

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="chathub-bench-")
        place = pathlib.Path(self.folder.name)
        self.secret = place / "data/signing-key"
        site, log = place / "load.yaml", place / "hub.log"
        site.write_text(output([BUILD / "chathub-load", "site", "--agents", self.agents]))
        with log.open("w") as file:
            self.parent = subprocess.Popen(
                [str(BUILD / "chathub"), "serve", "--site", str(site), "--data", str(place / "data"),
                 "--listen", "127.0.0.1:0", "--links"],
                stdout=file, stderr=file, env={**os.environ, "CHATHUB_LOG_LEVEL": "warning"})
        try:
            self.url = f"ws://{self._address(log)}/v1/ws"
            self.worker = self._child(" worker ")
            self.redis = self._child("redis-server")
            os.sched_setaffinity(self.worker, {0})
            os.sched_setaffinity(self.redis, {min(1, (os.cpu_count() or 1) - 1)})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.parent.send_signal(signal.SIGTERM)
        self.parent.wait(timeout=30)
        self.folder.cleanup()

    def _address(self, log: pathlib.Path) -> str:
        limit = time.monotonic() + 30
        while time.monotonic() < limit and self.parent.poll() is None:
            found = re.search(r"Customer *http://([0-9.:]+)/", log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.1)
        raise Broken("the hub did not come up:\n" + log.read_text())

    def _child(self, word: str) -> int:
        told = output(["ps", "-o", "pid=,args=", "--ppid", self.parent.pid])
        for line in told.splitlines():
            if word in line + " ":
                return int(line.split()[0])
        raise Broken(f"no process {word} of the hub")

    def load(self, scenario: str, *arguments) -> dict:
        """The load client's report; it fails when a promise was broken."""
        told = output(
            ["taskset", "-c", min(1, (os.cpu_count() or 1) - 1), BUILD / "chathub-load", scenario,
             "--url", self.url, "--pid", f"hub={self.worker}", "--pid", f"redis={self.redis}",
             "--json", *arguments])
        return json.loads(told)
