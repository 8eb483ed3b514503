#!/usr/bin/env python3
"""What an append costs Redis, by how many share a call.

    python3 Tests/Benchmarks/redisstore/bench.py

CPU is the server's own accounting (INFO cpu, user + system), so the generator's does not count.
"""

import time

from scripts import Redis, Server, message, session

SITE, REPLICATION = "bench", "0123456789ab"
BODY = b'"from":{"role":"customer","id":"v_0123456789"},"kind":"text","text":"' + b"x" * 80 + b'"'
PROFILE = '{"id":"v_0123456789","name":"Somebody","attributes":{"member":"gold"}}'
LABEL = '{"id":"agent00001","name":"Agent"}'
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


if __name__ == "__main__":
    bench_append()
