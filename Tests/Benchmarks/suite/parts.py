"""What is measured. Each part is a function that yields (figure, value)."""

import json
import subprocess
import sys

from measured_hub import BUILD, ROOT, Broken, Hub, output


def relay(quick: bool):
    """Durable relay of 500 pairs, 100-byte texts, at several rates."""
    for rate in (2_000, 20_000) if quick else (2_000, 10_000, 30_000, 45_000):
        with Hub(500) as hub:
            told = hub.load("relay", "--secret-file", hub.secret, "--pairs", 500, "--rate", rate,
                            "--duration", 3 if quick else 8, "--warmup", 1 if quick else 2)
        name = f"relay.{rate}"
        yield name + ".p50_ms", told["latency_ms"]["p50"]
        yield name + ".p99_ms", told["latency_ms"]["p99"]
        yield name + ".hub_us", told["cpu_us_per_message"]["hub"]
        yield name + ".redis_us", told["cpu_us_per_message"]["redis"]


def idle(quick: bool):
    """Customers who only said hello."""
    with Hub(1) as hub:
        told = hub.load("idle", "--connections", 2_000 if quick else 5_000, "--duration",
                        5 if quick else 30, "--connect-rate", 20_000)
    yield "idle.bytes", told["bytes_per_connection"]["hub"]
    yield "idle.cpu_us_per_s", told["cpu_us_per_connection_second"]["hub"]
    yield "idle.connects_per_s", told["connects_per_second"]
    if quick:
        return
    with Hub(1) as hub:
        told = hub.load("idle", "--connections", 15_000, "--duration", 5,
                        "--connect-rate", 20_000)
    yield "idle.15000.bytes", told["bytes_per_connection"]["hub"]
    yield "idle.15000.connects_per_s", told["connects_per_second"]


def storm(quick: bool):
    """Everybody loses the line at once and is back, with hello and resume."""
    yield from _storm("storm", 2_000 if quick else 5_000)
    if not quick:
        yield from _storm("storm.15000", 15_000)


def _storm(name: str, connections: int):
    with Hub(1) as hub:
        told = hub.load("storm", "--connections", connections, "--connect-rate", 20_000)
    yield name + ".recovery_s", told["recovery_s"]
    yield name + ".hub_us", told["cpu_us_per_return"]["hub"]
    yield name + ".redis_us", told["cpu_us_per_return"]["redis"]


def broadcast(quick: bool):
    """Agents who watch one queue."""
    subscribers = 500 if quick else 1_000
    with Hub(subscribers) as hub:
        told = hub.load("broadcast", "--secret-file", hub.secret, "--subscribers", subscribers,
                        "--duration", 5 if quick else 12)
    yield "broadcast.hub_us", told["cpu_us_per_message"]["hub"]


def queue(quick: bool):
    """Customers wait for few agents: from a free place to the next one's assignment."""
    with Hub(20) as hub:
        told = hub.load("queue", "--secret-file", hub.secret, "--customers", 300 if quick else 1_000,
                        "--agents", 20, "--rate", 50)
    yield "queue.p50_ms", told["latency_ms"]["p50"]
    yield "queue.p99_ms", told["latency_ms"]["p99"]


def store(quick: bool):
    """Redis's CPU of the queue's steps; plain, and with 50 signatures and 10 exclusions each."""
    yield from _scale("store", "--sizes", "10000" if quick else "10000,100000,1000000")
    hard = "10000" if quick else "10000,100000"
    yield from _scale("store", "--sizes", hard, "--signatures", "50", "--exclusions", "10")


def transcript(_: bool):
    """A conversation of 100,000 messages."""
    yield from _scale("transcript")


def agents(_: bool):
    """Ten thousand agents in a hundred groups."""
    yield from _scale("agents")


def growth(quick: bool):
    """A message's cost by how many are connected, and by how many workers share the work."""
    pairs = (50, 500) if quick else (50, 500, 5_000)
    yield from (_relayed(f"growth.{2 * count}_connections", 1, count, quick) for count in pairs)
    for workers in (2,) if quick else (2, 4):
        yield _relayed(f"growth.{workers}_workers", workers, 500, quick)


def _relayed(name: str, workers: int, pairs: int, quick: bool):
    with Hub(pairs, workers) as hub:
        told = hub.load("relay", "--secret-file", hub.secret, "--pairs", pairs, "--rate", 5_000,
                        "--duration", 3 if quick else 8, "--warmup", 2)
    return name + ".hub_us", told["cpu_us_per_message"]["hub"]


def hub(_: bool):
    """The hub's CPU for places shown to many waiters of one class."""
    yield from _scale("tick")


def rules(_: bool):
    """One walk over many rules."""
    yield from _scale("rules")


def customers(quick: bool):
    """Import of customers, all new and all known."""
    told = json.loads(output(
        [sys.executable, "-B", ROOT / "Tests/Benchmarks/customers.py", "--json",
         "--rows", 100_000 if quick else 1_000_000]))
    yield from (("customers." + name, value) for name, value in told.items())


def _scale(*arguments):
    with subprocess.Popen([str(BUILD / "scale-benchmark"), *arguments, "--json"],
                          stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.read()
    if process.returncode != 0:
        raise Broken(f"scale-benchmark ended with {process.returncode}")
    yield from json.loads(told).items()


ALL = {part.__name__: part for part in (
    relay, idle, storm, broadcast, queue, store, transcript, agents, growth, hub, rules, customers)}
