"""A hub of the release build with a private Redis, for one measurement."""

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
    """One worker has core 0 for itself, several have all cores but the last; Redis and the load
    client share that (of two cores: core 1)."""

    def __init__(self, agents: int, workers: int = 1):
        self.agents, self.count = agents, workers
        cores = os.cpu_count() or 1
        self.last = cores - 1 if workers > 1 else min(1, cores - 1)
        self.first = set(range(max(1, cores - 1))) if workers > 1 else {0}

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="chathub-bench-")
        place = pathlib.Path(self.folder.name)
        self.secret = place / "data/signing-key"
        site, log = place / "load.yaml", place / "hub.log"
        site.write_text(output([BUILD / "chathub-load", "site", "--agents", self.agents]))
        with log.open("w") as file:
            self.parent = subprocess.Popen(
                [str(BUILD / "chathub"), "serve", "--site", str(site), "--data", str(place / "data"),
                 "--listen", "127.0.0.1:0", "--links", "--workers", str(self.count)],
                stdout=file, stderr=file, env={**os.environ, "CHATHUB_LOG_LEVEL": "warning"})
        try:
            self.url = f"ws://{self._address(log)}/v1/ws"
            self.workers = self._children(" worker ")
            self.redis = self._children("redis-server")[0]
            for worker in self.workers:
                os.sched_setaffinity(worker, self.first)
            os.sched_setaffinity(self.redis, {self.last})
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

    def _children(self, word: str) -> list[int]:
        told = output(["ps", "-o", "pid=,args=", "--ppid", self.parent.pid])
        found = [int(line.split()[0]) for line in told.splitlines() if word in line + " "]
        if not found:
            raise Broken(f"no process {word} of the hub")
        return found

    def load(self, scenario: str, *arguments) -> dict:
        """The load client's report; it fails when a promise was broken."""
        told = output(
            ["taskset", "-c", self.last, BUILD / "chathub-load", scenario, "--url", self.url,
             *(word for pid in self.workers for word in ("--pid", f"hub={pid}")),
             "--pid", f"redis={self.redis}", "--json", *arguments])
        return json.loads(told)
