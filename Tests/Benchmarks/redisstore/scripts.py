"""A private redis-server and RedisStore's scripts, for the benchmarks beside this file.

Speaks just enough of Redis's protocol and of MessagePack; needs nothing but Python 3.
"""

import hashlib
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import time

LUA = pathlib.Path(__file__).resolve().parents[3] / "Sources/RedisStore/Lua"


#: Library files that all steps see, as in `StepScript`.
COMMON = "base session others line flow bot queue match targets left end".split()


def library():
    """All steps as a node gives them to Redis: functions of one library."""
    def files(names):
        return "\n".join((LUA / f"lib_{name}.lua").read_text() for name in names)

    parts = ["#!lua name=chathub", files(COMMON)]
    for path in sorted(LUA.glob("*.lua")):
        if path.stem.startswith("lib_"):
            continue
        text = path.read_text()
        first = text.splitlines()[0]
        uses = first.removeprefix("-- uses:").split() if first.startswith("-- uses:") else []
        parts += ["do", files(name for name in uses if name not in (*COMMON, "common")),
                  f"redis.register_function('chathub_{path.stem}', function(KEYS, ARGV)",
                  "begin(KEYS, ARGV)" if uses else "",
                  "line_replication = ARGV[#ARGV]" if "line" in uses else "", text, "end)", "end"]
    return "\n".join(parts)


def unpack(data, at=0):
    """One MessagePack value: (value, end)."""
    kind = data[at]
    at += 1
    if kind <= 0x7F:
        return kind, at
    if kind >= 0xE0:
        return kind - 256, at
    if kind in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[kind], at
    numbers = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
               0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
    if kind in numbers:
        size = struct.calcsize(numbers[kind])
        return struct.unpack_from(numbers[kind], data, at)[0], at + size
    sizes = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"}
    if kind in sizes:
        count = struct.unpack_from(sizes[kind], data, at)[0]
        at += struct.calcsize(sizes[kind])
    else:
        count = kind & (0x1F if 0xA0 <= kind <= 0xBF else 0x0F)
    if kind in (0xD9, 0xDA, 0xDB) or 0xA0 <= kind <= 0xBF:
        return data[at:at + count].decode("utf-8", "surrogateescape"), at + count
    if kind in (0xDC, 0xDD) or 0x90 <= kind <= 0x9F:
        values = []
        for _ in range(count):
            value, at = unpack(data, at)
            values.append(value)
        return values, at
    values = {}
    for _ in range(count):
        name, at = unpack(data, at)
        values[name], at = unpack(data, at)
    return values, at


class RedisError(Exception):
    pass


class Redis:
    """A connection; `call` for one command, `pipeline` for many at once."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb", buffering=1 << 20)
        self.loaded = False

    @staticmethod
    def encode(parts):
        out = [b"*%d\r\n" % len(parts)]
        for part in parts:
            part = part if isinstance(part, bytes) else str(part).encode()
            out.append(b"$%d\r\n%s\r\n" % (len(part), part))
        return b"".join(out)

    def read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        if rest == b"-1":
            return None
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2]
        return [self.read() for _ in range(int(rest))]

    def call(self, *parts):
        self.socket.sendall(self.encode(parts))
        return self.read()

    def pipeline(self, data, count):
        self.socket.sendall(data)
        return [self.read() for _ in range(count)]

    def command(self, site, name, *arguments, now="", lease=""):
        if not self.loaded:
            self.call("FUNCTION", "LOAD", library())
            self.loaded = True
        return self.encode(
            ("FCALL", f"chathub_{name}", 1, "{%s}:site" % site, now, lease, *arguments))

    def step(self, site, name, *arguments, now="", lease=""):
        """One step; its answer unpacked."""
        data = self.command(site, name, *arguments, now=now, lease=lease)
        return unpack(self.pipeline(data, 1)[0])[0]

    def cpu(self):
        """Microseconds of CPU the server has used."""
        text = self.call("INFO", "cpu").decode()
        values = dict(line.split(":") for line in text.split("\r\n") if ":" in line)
        return 1e6 * (float(values["used_cpu_sys"]) + float(values["used_cpu_user"]))

    def used_memory(self):
        text = self.call("INFO", "memory").decode()
        return int(text.split("used_memory:")[1].split("\r\n")[0])


class Server:
    """A redis-server of our own in a temporary folder, gone at the end of the `with`."""

    def __init__(self, *settings, under=()):
        """`under`: a program that runs the server, such as valgrind with its options."""
        self.folder = tempfile.mkdtemp(prefix="chathub-redisstore-")
        self.path = os.path.join(self.folder, "redis.sock")
        self.process = subprocess.Popen(
            [*under, "redis-server", "--port", "0", "--unixsocket", self.path, "--dir", self.folder,
             "--save", "", "--stream-node-max-bytes", "512", *settings],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(1_000):
            try:
                return Redis(self.path)
            except OSError:
                time.sleep(0.02)
        raise RedisError("redis-server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def message(role, sender, key, body):
    """A message's bytes as append.lua takes them."""
    sender, key = sender.encode(), key.encode()
    return role.encode() + bytes([len(sender)]) + sender + bytes([len(key)]) + key + body


ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def session(number):
    """A session identifier, different for each number."""
    value = int.from_bytes(hashlib.md5(str(number).encode()).digest(), "big")
    digits = [ALPHABET[value >> 5 * k & 31] for k in range(25, 0, -1)]
    return "s_" + ALPHABET[value >> 125 & 7] + "".join(digits)
