"""How many instructions of the processor each step takes in Redis, counted by valgrind's callgrind.

    python3 Tests/Benchmarks/redisstore/instructions.py [--json] [append]

Time on a shared machine moves by half; these figures move by a thousandth. So they show what a
change of a script is worth, and nothing of caches, sockets or the kernel. Needs valgrind and Python 3.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

from bench import BODY, LABEL, REPLICATION, SITE, customer, lease, start, starts
from scripts import Server, message, session

#: Agents with ten places each; sessions that wait; steps that are counted.
AGENTS, WAITING, COUNTED = 40, 3_000, 400
#: Messages that a session has already, messages a call, and sessions that talk at once.
LENGTHS, CALLS, TALKS = (10, 100, 5_000), (1, 8, 32), 32


class Counter:
    """Counts the instructions of a process that runs under callgrind."""

    def __init__(self, folder: str, pid: int):
        self.folder, self.pid = pathlib.Path(folder), pid

    def count(self, work) -> int:
        self._control("-i", "on")
        work()
        self._control("-i", "off")
        self._control("-d")
        written = max(self.folder.glob("out.*"), key=lambda path: int(path.suffix[1:]))
        return int(re.search(r"^totals: (\d+)", written.read_text(), re.M).group(1))

    def _control(self, *words: str):
        subprocess.run(["callgrind_control", *words, str(self.pid)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(counter: Counter, redis) -> dict:
    node, figures = lease(redis), {}

    def count(name, commands):
        data = b"".join(commands)
        total = counter.count(lambda: redis.pipeline(data, len(commands)))
        figures[name] = round(total / len(commands) / 1000, 1)

    def step(name, *arguments):
        return redis.command(SITE, name, *arguments, lease=node)

    agents = ["agent%05d" % number for number in range(AGENTS)]
    for agent in agents:
        redis.step(SITE, "attach", "a:" + agent, 1, 10, "sales", "", LABEL, lease=node)
    starts(redis, node, 0, WAITING, level=lambda n: n % 11)
    late = range(WAITING, WAITING + COUNTED)
    redis.pipeline(b"".join(step("attach", "c:" + customer(n), "") for n in late), COUNTED)
    count("enqueue", [start(redis, node, n, n % 11) for n in late])
    for agent in agents:
        redis.step(SITE, "set_status", agent, "online", "", "", "", "", lease=node)
    def held():
        return [(record, agent) for agent in agents
                for record in redis.step(SITE, "sessions", "a:" + agent, lease=node)[1]]

    def ends():
        return [step("close", record[0], "c:" + record[1], "customer") for record, _ in held()]

    count("accept", [step("accept", record[0], agent) for record, agent in held()])
    count("end+match", ends())
    for record, agent in held():
        redis.step(SITE, "accept", record[0], agent, lease=node)
    for agent in agents:
        redis.step(SITE, "set_status", agent, "busy", "", "", "", "", lease=node)
    count("end", ends())
    count("sweep", [step("sweep", 200)] * 50)
    # Far behind in the queue: nobody has them yet.
    talks = range(WAITING - COUNTED, WAITING)
    count("append", [step("append", REPLICATION, session(n), "1 7",
                          message("c", customer(n), f"m{n}", BODY)) for n in talks])
    return figures


def measure_appends(counter: Counter, redis) -> dict:
    """Of a message, by what its session holds already and by how many go in a call."""
    node, figures = lease(redis), {}
    for number, length in enumerate(LENGTHS):
        first = 1_000_000 + number * TALKS
        starts(redis, node, first, TALKS)
        talks = [(customer(n), session(n)) for n in range(first, first + TALKS)]
        serial = 0

        def calls(messages: int, size: int) -> list[bytes]:
            nonlocal serial
            made = []
            for _ in range(messages // size):
                parts = [REPLICATION]
                for _ in range(size):
                    who, talk = talks[serial % TALKS]
                    serial += 1
                    parts += [talk, "1 7", message("c", who, "k%015d" % serial, BODY)]
                made.append(redis.command(SITE, "append", *parts, lease=node))
            return made

        for _ in range(length):
            redis.pipeline(b"".join(calls(TALKS, TALKS)), 1)
        for size in CALLS:
            data = calls(TALKS * 4, size)
            total = counter.count(lambda: redis.pipeline(b"".join(data), len(data)))
            figures[f"append, {length} before, {size} a call"] = round(total / TALKS / 4000, 1)
    return figures


def main():
    with tempfile.TemporaryDirectory(prefix="chathub-instructions-") as folder:
        under = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
                 f"--callgrind-out-file={folder}/out"]
        server = Server(under=under)
        with server as redis:
            counter = Counter(folder, server.process.pid)
            figures = {} if "append" in sys.argv[1:] else measure(counter, redis)
            figures |= measure_appends(counter, redis)
    if "--json" in sys.argv[1:]:
        print(json.dumps(figures))
        return
    print("thousands of instructions a step, or a message of an append:")
    for name, value in figures.items():
        print(f"  {name:32} {value:8.1f}")


if __name__ == "__main__":
    main()
