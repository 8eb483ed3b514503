#!/usr/bin/env python3
"""What the store's steps cost Redis: CPU per message and per start, bytes per waiting session.

    python3 Tests/Benchmarks/redisstore/bench.py [append] [match] [memory] [steps]

CPU is the server's own accounting (INFO cpu, user + system), so the generator's does not count.
"""

import sys
import time

from scripts import Redis, Server, message, session

SITE, REPLICATION = "bench", "0123456789ab"
BODY = b'"from":{"role":"customer","id":"v_0123456789"},"kind":"text","text":"' + b"x" * 80 + b'"'
PROFILE = '{"id":"v_0123456789","name":"Somebody","attributes":{"member":"gold"}}'
EXPLANATION = '{"rule":"default","level":0,"source":"none"}'


def lease(redis):
    return redis.step(SITE, "open_lease", 3_600_000, 60_000, 30_000, 2_000)[1]


def customer(number):
    return "v_%020d" % number


def starts(redis, node, first, count, level=lambda n: 0, batch=500):
    """Pipelined attach + start of so many customers."""
    replies = []
    for at in range(first, first + count, batch):
        numbers = range(at, min(at + batch, first + count))
        data = [redis.command(SITE, "attach", "c:" + customer(n), "", lease=node) for n in numbers]
        redis.pipeline(b"".join(data), len(data))
        data = [start(redis, node, n, level(n)) for n in numbers]
        replies += redis.pipeline(b"".join(data), len(data))
    return replies


def start(redis, node, number, level):
    who = customer(number)
    given = {
        "session": session(number), "customer": who, "version": 1, "topic": "refund",
        "channel": "web", "profile": PROFILE, "explanation": EXPLANATION,
        "replication": REPLICATION, "origin": "1 7",
        "message": message("c", who, "k%015d" % number, b'"kind":"text","text":"hello"'),
        "home": "sales", "level": level, "source": "attribute", "head_start": level * 600_000,
        "offer": 20_000, "openings": "sales 90000 s\nfloaters - s", "ways": "queue", "handover": "0",
    }
    pairs = [part for pair in given.items() for part in pair]
    return redis.command(SITE, "start", *pairs, lease=node)


def agents(redis, node, count, capacity=1):
    for number in range(count):
        redis.step(SITE, "attach", "a:agent%05d" % number, 1, capacity, "sales", "",
                   lease=node)
        redis.step(SITE, "set_status", "agent%05d" % number, "online", lease=node)


def measured(redis, work):
    """CPU microseconds of the server and seconds on the clock while `work` runs."""
    cpu, began = redis.cpu(), time.monotonic()
    work()
    return redis.cpu() - cpu, time.monotonic() - began


def bench_append():
    """Durable messages over 500 sessions with one watcher each, as one node sends them."""
    print("append: messages a call, Redis us a message, messages a second")
    for size in (1, 2, 4, 8, 16, 32, 64):
        with Server("--appendonly", "yes") as redis:
            node = lease(redis)
            starts(redis, node, 0, 500)
            watcher = Redis(redis.socket.getpeername())
            watcher.socket.sendall(Redis.encode(
                ["SUBSCRIBE"] + ["{%s}:m:%s" % (SITE, session(n)) for n in range(500)]))
            for _ in range(500):
                watcher.read()
            total, serial, rounds = 64_000, 0, []
            while serial < total:
                data, calls = [], max(1, 256 // size)
                for _ in range(calls):
                    parts = [REPLICATION]
                    for _ in range(size):
                        who = serial % 500
                        text = message("c", customer(who), "m%015d" % serial, BODY)
                        parts += [session_texts[who], "1 7", text]
                        serial += 1
                    data.append(redis.command(SITE, "append", *parts, lease=node))
                rounds.append((b"".join(data), calls))

            def run():
                for data, calls in rounds:
                    for reply in redis.pipeline(data, calls):
                        assert len(reply.split(b"\n")) == size
                    watcher.socket.setblocking(False)
                    try:
                        while watcher.socket.recv(1 << 20):
                            pass
                    except BlockingIOError:
                        pass
                    watcher.socket.setblocking(True)
            cpu, seconds = measured(redis, run)
            print(f"  {size:3}  {cpu / serial:6.2f} us  {serial / seconds:9.0f}/s")


session_texts = [session(n) for n in range(500)]


def bench_match():
    """A start that waits, and a start with close that frees a slot for the next in true order."""
    print("enqueue + match: waiting, us for a start, us for a close that hands on, slowest of 200 ms")
    for waiting in (1_000, 10_000, 100_000):
        with Server() as redis:
            node = lease(redis)
            agents(redis, node, 100)
            starts(redis, node, 0, 100)
            starts(redis, node, 100, waiting, level=lambda n: n % 11)
            count = 2_000
            cpu, _ = measured(redis, lambda: starts(
                redis, node, 10_000_000, count, level=lambda n: n % 11))
            attach, _ = measured(redis, lambda: [redis.pipeline(b"".join(
                redis.command(SITE, "attach", "c:" + customer(20_000_000 + n), "", lease=node)
                for n in range(at, at + 500)), 500) for at in range(0, count, 500)])
            held = [redis.step(SITE, "sessions", "a:agent%05d" % n, lease=node)[1][0]
                    for n in range(100)]
            data = b"".join(redis.command(
                SITE, "close", record[0], "c:" + record[1], "customer", lease=node)
                for record in held)
            closed, _ = measured(redis, lambda: redis.pipeline(data, 100))
            slowest = 0
            for n in range(200):
                one = start(redis, node, 30_000_000 + n, 5)
                began = time.monotonic()
                redis.pipeline(one, 1)
                slowest = max(slowest, time.monotonic() - began)
            print(f"  {waiting:7}  {(cpu - attach) / count:6.1f} us  {closed / 100:6.1f} us"
                  f"  {slowest * 1000:6.2f} ms")


def bench_memory():
    """Bytes of Redis for a customer who is attached and waits, with his first message."""
    print("memory: waiting, bytes each")
    for waiting in (10_000, 100_000):
        with Server() as redis:
            node = lease(redis)
            starts(redis, node, 0, 1)
            redis.call("MEMORY", "PURGE")
            before = redis.used_memory()
            starts(redis, node, 1, waiting, level=lambda n: n % 3)
            print(f"  {waiting:7}  {(redis.used_memory() - before) / waiting:6.0f}")
            for key in ("s:", "t:"):
                name = "{%s}:%s%s" % (SITE, key, session(7))
                print(f"           {key} {redis.call('MEMORY', 'USAGE', name)}")
            for key in ("c", "p", "in:1", "dl", "q:sales:0:0", "k:sales:0", "journal"):
                name = "{%s}:%s" % (SITE, key)
                usage = redis.call("MEMORY", "USAGE", name, "SAMPLES", "1000") or 0
                print(f"           {key} {usage / waiting:.0f} a waiting session")


def bench_steps():
    """Every step once more at 100,000 waiting, by Redis's own slow log: the slowest of each."""
    print("steps at 100,000 waiting: us, the mean and the slowest of 100, by Redis's slow log")
    with Server("--slowlog-log-slower-than", "0", "--slowlog-max-len", "100000") as redis:
        node = lease(redis)
        agents(redis, node, 200, capacity=3)
        for n in range(200):
            redis.step(SITE, "set_status", "agent%05d" % n, "away", lease=node)
        starts(redis, node, 0, 100_000, level=lambda n: n % 11)
        redis.call("SLOWLOG", "RESET")
        names = {}
        agent = lambda n: "agent%05d" % n

        def many(name, arguments, count=100):
            names[redis.load(name)] = name
            for n in range(count):
                redis.step(SITE, name, *arguments(n), lease=node)

        many("set_status", lambda n: (agent(n), "online"))
        offers = [redis.step(SITE, "sessions", "a:" + agent(n), lease=node)[1] for n in range(100)]
        many("accept", lambda n: (offers[n][0][0], agent(n)))
        many("decline", lambda n: (offers[n][1][0], agent(n), 5_000))
        many("release", lambda n: (offers[n][0][0], agent(n)))
        many("close", lambda n: (session(50_000 + n), "c:" + customer(50_000 + n), "left"))
        many("detach", lambda n: ("c:" + customer(60_000 + n), 60_000))
        many("attach", lambda n: ("c:" + customer(60_000 + n), ""))
        many("sessions", lambda n: ("a:" + agent(n),))
        many("session", lambda n: (session(n),))
        many("queue_snapshot", lambda n: ("sales",))
        many("tickets", lambda n: ("sales", 3))
        many("history", lambda n: (session(n), "after", 0, 200, REPLICATION))
        many("sweep", lambda n: (64,))
        many("renew_lease", lambda n: (3_600_000,))
        many("publish", lambda n: (session(n), "v"))
        many("append", lambda n: [REPLICATION] + sum(
            ([session(n * 64 + k), "1 7", message("c", customer(n * 64 + k), "m", BODY)]
             for k in range(64)), []))
        times = {}
        for entry in redis.call("SLOWLOG", "GET", "-1"):
            command = entry[3]
            if command[0] == b"EVALSHA":
                times.setdefault(command[1].decode(), []).append(entry[2])
        for digest, name in names.items():
            one = times[digest]
            print(f"  {name:15} {sum(one) / len(one):8.0f} {max(one):8}")


BENCHES = {"append": bench_append, "match": bench_match, "memory": bench_memory,
           "steps": bench_steps}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
