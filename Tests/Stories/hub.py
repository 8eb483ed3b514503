"""Starts and ends the real `chathub` binary, and Redis servers beside it.

Used by the stories here and by the browser tests: `with Hub(folder, sites=[...]) as hub:`. A hub
listens on 127.0.0.1 only, on a port picked at random, and keeps everything in `folder`. Every
process started here is ended here, by its number.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Callable, Iterable, NamedTuple, Sequence

import yaml

from processes import children_of, command_of, is_running, started_at

REPOSITORY = Path(__file__).resolve().parents[2]
SITES = Path(__file__).resolve().parent / "sites"


class HubError(AssertionError):
    """The hub did not do what a story relies on; carries the end of its log."""


def binary(name: str = "chathub") -> Path:
    """The program under test: `$CHATHUB` if set, else the newest of the debug and release builds."""
    named = os.environ.get(name.upper().replace("-", "_"))
    if named:
        return Path(named)
    built = [REPOSITORY / ".build" / kind / name for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        raise HubError(f"{name} is not built: swift build --product {name}")
    return max(built, key=lambda path: path.stat().st_mtime)


def free_port() -> int:
    """A port nobody listens on now, outside the range the kernel gives to outgoing connections."""
    for _ in range(200):
        port = random.randint(20_000, 32_000)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise HubError("no free port between 20000 and 32000")


def eventually(what: str, check: Callable[[], object], within: float = 10.0, every: float = 0.02):
    """Waits until `check()` is true and returns what it gave; fails with `what` at the deadline."""
    deadline = time.monotonic() + within
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise HubError(f"not within {within} s: {what}")
        time.sleep(every)


def render_site(folder: Path, base: str = "plain", site_name: str | None = None, /,
                **changes) -> Path:
    """Writes `sites/<base>.yaml` under another site name and with top-level members replaced.

    A member set to None is left out. Returns the new file.
    """
    site = yaml.safe_load((SITES / f"{base}.yaml").read_text("utf-8"))
    site["site"] = site_name or site["site"]
    for key, value in changes.items():
        if value is None:
            site.pop(key, None)
        else:
            site[key] = value
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{site['site']}.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


class Answer(NamedTuple):
    """What an HTTP request gave."""

    status: int
    headers: dict[str, str]
    text: str


class Metrics(dict):
    """Prometheus samples by `name{labels}`; `total` adds up a name over all its labels."""

    @classmethod
    def parse(cls, text: str) -> "Metrics":
        found = cls()
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name] = float(value)
        return found

    def total(self, name: str, **labels: str) -> float:
        def counts(sample: str) -> bool:
            base, _, inside = sample.partition("{")
            return base == name and all(f'{key}="{value}"' in inside for key, value in labels.items())

        return sum(value for sample, value in self.items() if counts(sample))


class Hub:
    """One `chathub serve`: parent, workers, and its private Redis unless `redis` is given."""

    def __init__(
        self, folder: Path, sites: Sequence[Path | str] = ("plain",), *, workers: int = 1,
        redis: str | None = None, port: int | None = None, arguments: Iterable[str] = (),
        environment: dict[str, str] | None = None, data: Path | None = None,
        listen: str | None = None,
    ):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = data or self.folder / "data"
        self.port = port or free_port()
        self.listen = listen or f"127.0.0.1:{self.port}"
        self.workers_wanted = workers
        self.redis_url = redis
        self.sites = [
            site if isinstance(site, Path) else render_site(self.folder / "sites", site)
            for site in sites
        ]
        self.arguments = list(arguments)
        self.environment = {"SWIFT_BACKTRACE": "enable=no", **os.environ, **(environment or {})}
        self.log_path = self.folder / "serve.log"
        self.process: subprocess.Popen | None = None
        self._tokens: dict[tuple, str] = {}
        self._known: set[tuple[int, str]] = set()

    # -- its life ------------------------------------------------------------------------------

    def command(self) -> list[str]:
        command = [str(binary()), "serve", "--listen", self.listen]
        command += ["--data", str(self.data), "--workers", str(self.workers_wanted)]
        for site in self.sites:
            command += ["--site", str(site)]
        if self.redis_url:
            command += ["--redis", self.redis_url]
        return command + self.arguments

    def launch(self) -> "Hub":
        """Starts it and returns at once; see `start`."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment, start_new_session=True)
        return self

    def start(self, within: float = 30.0) -> "Hub":
        """Starts it and waits until it is healthy."""
        self.launch()
        self.wait_healthy(within)
        self.remember_processes()
        return self

    def wait_healthy(self, within: float = 30.0) -> None:
        def check():
            if self.process.poll() is not None:
                raise HubError(f"serve ended with {self.process.returncode}\n{self.log_end()}")
            return self.is_healthy()

        try:
            eventually("the hub is healthy", check, within, every=0.05)
        except HubError as error:
            raise HubError(f"{error}\n{self.log_end()}") from None

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthz", within=2).status == 200
        except (OSError, HTTPException):
            return False

    def interrupt(self, number: int = signal.SIGTERM) -> None:
        """Sends the parent a signal and does not wait."""
        self.remember_processes()
        self.process.send_signal(number)

    def wait(self, within: float = 15.0) -> int:
        """Waits for the parent's end; returns its exit code."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise HubError(f"serve still runs after {within} s\n{self.log_end()}") from None

    def stop(self, within: float = 15.0) -> int | None:
        """Ends it as Ctrl-C or a service manager would; whatever is left is killed."""
        if self.process is None:
            return None
        code = self.process.poll()
        try:
            if code is None:
                self.interrupt()
                for pid in self.descendants():
                    self.signal_known(pid, signal.SIGCONT)
                code = self.wait(within)
        finally:
            self.kill_everything()
        return code

    def kill_everything(self) -> None:
        """SIGKILL for the parent and every process ever seen below it, by number and start time."""
        self.remember_processes()
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid, start in self._known:
            if started_at(pid) == start and is_running(pid):
                os.kill(pid, signal.SIGKILL)

    def signal_known(self, pid: int, number: int) -> None:
        if is_running(pid):
            os.kill(pid, number)

    def remember_processes(self) -> None:
        for pid in self.descendants():
            self._known.add((pid, started_at(pid)))

    def __enter__(self) -> "Hub":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    # -- its processes -------------------------------------------------------------------------

    def descendants(self) -> list[int]:
        if self.process is None:
            return []
        found, open_ = [], [self.process.pid]
        while open_:
            below = children_of(open_.pop())
            found += below
            open_ += below
        return found

    def workers(self) -> list[int]:
        """The processes that hold client connections."""
        return [pid for pid in self.descendants()
                if " worker " in command_of(pid) and is_running(pid)]

    def redis_pid(self) -> int | None:
        """The private Redis of this data folder, also when its parent is gone."""
        for pid in self.descendants():
            if "redis-server" in command_of(pid) and is_running(pid):
                return pid
        for pid, start in self._known:
            if started_at(pid) == start and "redis-server" in command_of(pid):
                return pid
        return None

    # -- its doors -----------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/ws"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, within: float = 5.0, headers: dict[str, str] | None = None) -> Answer:
        request = urllib.request.Request(self.http + path, headers=headers or {})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=within) as reply:
                body = reply.read().decode("utf-8", "replace")
                return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, body)
        except urllib.error.HTTPError as error:
            body = error.read().decode("utf-8", "replace")
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, body)

    def metrics(self) -> Metrics:
        return Metrics.parse(self.get("/metrics").text)

    def token(self, role: str, who: str, site: str | None = None, for_: str | None = None) -> str:
        """A signed token, as `chathub token` prints it; made once per person."""
        site = site or yaml.safe_load(self.sites[0].read_text("utf-8"))["site"]
        key = (site, role, who, for_)
        if key not in self._tokens:
            arguments = ["token", "--site", site, "--role", role, "--id", who]
            arguments += ["--data", str(self.data)]
            result = chathub(*arguments, *(["--for", for_] if for_ else []))
            if result.returncode != 0:
                raise HubError(f"chathub token failed: {result.stderr}{result.stdout}")
            self._tokens[key] = result.stdout.strip()
        return self._tokens[key]

    def log(self) -> str:
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    def log_end(self, lines: int = 40) -> str:
        return "\n".join(self.log().splitlines()[-lines:])


def chathub(*arguments: str, within: float = 30.0, environment: dict[str, str] | None = None):
    """Runs a `chathub` command to its end; gives returncode, stdout and stderr."""
    return subprocess.run(
        [str(binary()), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=within, env={"SWIFT_BACKTRACE": "enable=no", **os.environ, **(environment or {})})


class Redis:
    """A Redis server of the story's own, with the append-only file on, over TCP on loopback."""

    def __init__(self, folder: Path, port: int | None = None, arguments: Iterable[str] = ()):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.arguments = list(arguments)
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "Redis":
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port)]
        command += ["--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "everysec"]
        command += ["--maxmemory-policy", "noeviction", "--save", "", *self.arguments]
        with open(self.folder / "redis.log", "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        eventually("Redis answers", lambda: self.ask("PING") == "PONG")
        return self

    def ask(self, *words: str) -> str:
        """One command; its first reply line without the type mark. Empty when Redis is away."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
                parts = [word.encode() for word in words]
                line = b"*%d\r\n" % len(parts)
                line += b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
                link.sendall(line)
                reply = link.makefile("rb")
                first = reply.readline().decode().strip()
                if first.startswith("$") and first != "$-1":
                    return reply.read(int(first[1:])).decode("utf-8", "replace")
                return first[1:]
        except OSError:
            return ""

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """As a crash would: no chance to write anything."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> "Redis":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()
