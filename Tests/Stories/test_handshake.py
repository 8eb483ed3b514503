"""Opening handshakes that RFC 6455 forbids, and the listening addresses.

The library under the hub lets most of these through; the hub must not.
"""

import base64
import os
import socket
from pathlib import Path

import pytest

import raw
from hub import eventually, free_port

GOOD_KEY = base64.b64encode(os.urandom(16)).decode()


def status_of(site, **changes) -> tuple[int, dict]:
    """Status and headers of a handshake; 0 when the hub just hung up."""
    peer = site.raw()
    status, headers, _ = peer.reply_to(raw.handshake(site.hub.port, **changes))
    peer.close()
    return status, headers


def test_good_handshake_is_accepted_with_our_protocol(commons):
    status, headers = status_of(commons)
    assert status == 101
    assert headers["sec-websocket-protocol"] == "chathub.v1"
    assert "sec-websocket-extensions" not in headers


def test_accept_key_is_the_one_of_the_rfc(commons):
    status, headers = status_of(commons, Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==")
    assert status == 101
    assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lower()


@pytest.mark.parametrize("version", ["8", "7", "0", "14", "x", "", "13, 8", "013"])
def test_other_versions_are_refused_and_told_13(commons, version):
    status, headers = status_of(commons, Sec_WebSocket_Version=version)
    assert status in (400, 426)
    if status == 426:
        assert headers["sec-websocket-version"] == "13"


def test_version_8_is_answered_with_426(commons):
    status, headers = status_of(commons, Sec_WebSocket_Version="8")
    assert (status, headers.get("sec-websocket-version")) == (426, "13")


BAD_HANDSHAKES = {
    "no version": {"Sec_WebSocket_Version": None},
    "no key": {"Sec_WebSocket_Key": None},
    "one letter of a key": {"Sec_WebSocket_Key": "x"},
    "key of 15 bytes": {"Sec_WebSocket_Key": base64.b64encode(b"a" * 15).decode()},
    "key of 17 bytes": {"Sec_WebSocket_Key": base64.b64encode(b"a" * 17).decode()},
    "key not base 64": {"Sec_WebSocket_Key": "!" * 24},
    "two keys": {"Sec_WebSocket_Key": [GOOD_KEY, GOOD_KEY]},
    "POST": {"method": "POST"},
    "PUT": {"method": "PUT"},
    "OPTIONS": {"method": "OPTIONS"},
    "h2c": {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2_Settings": "AAMAAABk"},
    "websocket and h2c": {"Upgrade": "websocket, h2c"},
    "other upgrade": {"Upgrade": "raw"},
    "two origins": {"Origin": ["http://a.example", "http://b.example"]},
    "no host": {"Host": None},
    "no protocol": {"Sec_WebSocket_Protocol": None},
    "foreign protocol": {"Sec_WebSocket_Protocol": "chat"},
    "protocol in part": {"Sec_WebSocket_Protocol": "chathub.v10"},
    "other path": {"path": "/v1/wss"},
    "path below": {"path": "/v1/ws/x"},
    "no upgrade": {"Upgrade": None, "Connection": None},
}


@pytest.mark.parametrize("name", BAD_HANDSHAKES)
def test_forbidden_handshake_is_refused(commons, name):
    status, _ = status_of(commons, **BAD_HANDSHAKES[name])
    assert status == 0 or 400 <= status < 500, f"{name} got {status}"


def test_refused_handshakes_harm_nobody(site):
    customer, agent, session = site.pair()
    for changes in BAD_HANDSHAKES.values():
        status_of(site, **changes)
    customer.say(session, "still here")
    agent.expect("message", session=session, text="still here")


def test_compression_is_declined(commons):
    status, headers = status_of(
        commons, Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
    assert status == 101 and "sec-websocket-extensions" not in headers


def test_ours_among_several_protocols_is_chosen(commons):
    status, headers = status_of(commons, Sec_WebSocket_Protocol="chat, chathub.v1")
    assert (status, headers["sec-websocket-protocol"]) == (101, "chathub.v1")


@pytest.mark.parametrize("name, request_", [
    ("long header", b"GET /v1/ws HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 60_000 + b"\r\n\r\n"),
    ("two thousand headers",
     b"GET /v1/ws HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 2000 + b"\r\n"),
    ("long path", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("empty lines", b"\r\n" * 500),
], ids=lambda value: value if isinstance(value, str) else "")
def test_hostile_requests_end_without_harm(commons, name, request_):
    peer = commons.raw()
    peer.socket.settimeout(20)
    status, _, _ = peer.reply_to(request_)
    assert status == 0 or status >= 400, (name, status)
    peer.close()
    assert commons.hub.get("/healthz").status == 200


@pytest.mark.slow
def test_half_open_handshake_is_ended(commons):
    peer = commons.raw()
    peer.socket.settimeout(25)
    status, _, _ = peer.reply_to(b"GET /v1/ws HTTP/1.1\r\nHost: x\r\n")
    assert status in (0, 408)
    peer.close()


def test_frame_before_the_handshake_ends_harms_nobody(commons):
    peer = commons.raw()
    peer.send(raw.handshake(commons.hub.port) + raw.frame(raw.TEXT, b'{"type":"pong","id":1}'))
    status, _, _ = peer.reply_to(b"")
    assert status == 101
    opcode, payload = peer.next()
    assert opcode == raw.TEXT and b"hello_expected" in payload
    peer.close()


def listening_sockets(pids: list[int]) -> set[tuple[str, int]]:
    """(address, port) of every listening TCP socket of these processes, IPv6 in hexadecimal."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(link)
            except FileNotFoundError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and columns[9] in inodes:
                address, port = columns[1].split(":")
                if table == "tcp":
                    address = socket.inet_ntoa(bytes.fromhex(address)[::-1])
                found.add((address, int(port, 16)))
    return found


def test_hub_listens_on_the_asked_address_and_nothing_else(shared_hub):
    pids = [shared_hub.process.pid, *shared_hub.descendants()]
    assert listening_sockets(pids) == {("127.0.0.1", shared_hub.port)}


@pytest.mark.slow
def test_ipv6_loopback_alone_when_asked(hubs):
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 loopback on this machine")
    port = free_port()
    hub = hubs(start=False, listen=f"[::1]:{port}").launch()

    def listens():
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            return probe.connect_ex(("::1", port)) == 0

    eventually("it listens on ::1", listens, within=30)
    pids = [hub.process.pid, *hub.descendants()]
    assert listening_sockets(pids) == {("00000000000000000000000001000000", port)}
    hub.stop()
