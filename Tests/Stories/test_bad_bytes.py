"""Frames and bytes that break a limit or the RFC: each is refused or closes its own connection.

`bystander` chats through all of it.
"""

import json
import socket

import pytest

import raw
from client import new_key


@pytest.mark.site("plain", limits={"bytes_per_second": "1KiB"})
def test_too_many_bytes_are_refused_retryably(site, bystander):
    customer = site.customer()
    session = customer.ask("session.start", text="a")["session"]
    answers = [customer.ask("message.send", session=session, key=f"k{n}", text="x" * 3000)
               for n in range(4)]
    assert [a["type"] for a in answers[:2]] == ["ok", "ok"], answers
    limited = answers[-1]
    assert limited["code"] == "rate_limited" and limited["retryable"] is True, limited
    assert 0 < limited["retry_after_ms"] <= 10_000


def test_more_than_64_lines_are_too_many(site):
    customer = site.customer()
    customer.say_raw("\n".join('{"type":"pong","id":%d}' % (1000 + n) for n in range(70)))
    customer.expect_error("too_many_lines")
    answered = {f["id"] for f in customer.seen if f["type"] == "ok" and f["id"] >= 1000}
    assert answered == set(range(1000, 1064))
    customer.barrier()


def greeted(site, peer):
    peer.shake()
    hello = {"type": "hello", "id": 1, "role": "customer", "site": site.name}
    peer.send(raw.frame(raw.TEXT, json.dumps(hello).encode()))
    opcode, payload = peer.next()
    assert opcode == raw.TEXT and json.loads(payload.split(b"\n")[0])["type"] == "ok"
    return peer


PONG = b'{"type":"pong","id":7}'


def closes(peer, code):
    assert peer.close_code() == code
    peer.close()


def test_binary_frame_closes(site, bystander):
    peer = greeted(site, site.raw())
    peer.send(raw.frame(raw.BINARY, PONG))
    closes(peer, 4500)


@pytest.mark.parametrize("bad", [
    b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe4\xbd", b"\x80",
], ids=lambda value: value.hex())
def test_invalid_utf8_closes(site, bystander, bad):
    peer = greeted(site, site.raw())
    peer.send(raw.frame(raw.TEXT, b'{"type":"pong","x":"' + bad + b'"}'))
    closes(peer, 4500)


def test_utf8_cut_between_fragments_is_fine(site):
    peer = greeted(site, site.raw())
    text = '{"type":"pong","id":7,"x":"你好"}'.encode()
    cut = text.index("你".encode()) + 1
    peer.send(raw.frame(raw.TEXT, text[:cut], fin=False))
    peer.send(raw.frame(raw.CONTINUATION, text[cut:]))
    assert json.loads(peer.next()[1]) == {"type": "ok", "id": 7}


def test_message_in_many_pieces_is_one_message(site):
    peer = greeted(site, site.raw())
    pieces = [PONG[n:n + 2] for n in range(0, len(PONG), 2)]
    peer.send(raw.frame(raw.TEXT, pieces[0], fin=False))
    for piece in pieces[1:-1]:
        peer.send(raw.frame(raw.CONTINUATION, piece, fin=False))
    # A ping between fragments is allowed (RFC 6455 5.4).
    peer.send(raw.frame(raw.PING, b"between"))
    peer.send(raw.frame(raw.CONTINUATION, pieces[-1]))
    got = {peer.next(), peer.next()}
    assert (raw.PONG, b"between") in got
    assert any(opcode == raw.TEXT and json.loads(payload)["id"] == 7 for opcode, payload in got)


def test_frame_of_64_kilobytes_passes_and_a_bigger_one_closes(site, bystander):
    peer = greeted(site, site.raw())
    most = 65_536
    line = b'{"type":"pong","id":7,"x":"' + b"y" * (most - 29) + b'"}'
    assert len(line) == most
    peer.send(raw.frame(raw.TEXT, line))
    assert json.loads(peer.next()[1]) == {"type": "ok", "id": 7}
    peer.send(raw.frame(raw.TEXT, line + b" "))
    closes(peer, 4501)


@pytest.mark.parametrize("announced", [65_537, 2 ** 31, 2 ** 40, 2 ** 63 - 1], ids=str)
def test_announced_length_over_the_limit_closes_at_once(site, bystander, announced):
    """Nothing but the head and a few bytes is sent: the announcement is enough."""
    peer = greeted(site, site.raw())
    peer.send(raw.frame(raw.TEXT, b"abcd", announced=announced))
    closes(peer, 4501)


def test_fragments_that_add_up_over_the_limit_close(site, bystander):
    peer = greeted(site, site.raw())
    peer.send(raw.frame(raw.TEXT, b"x" * 40_000, fin=False))
    peer.send(raw.frame(raw.CONTINUATION, b"x" * 40_000, fin=False))
    closes(peer, 4501)


@pytest.mark.parametrize("payload", [b"", b"x"], ids=["empty", "one byte"])
def test_endless_fragments_close(site, bystander, payload):
    peer = greeted(site, site.raw())
    flood = raw.frame(raw.TEXT, b"{", fin=False)
    flood += b"".join(raw.frame(raw.CONTINUATION, payload, fin=False) for _ in range(200))
    try:
        peer.send(flood)
    except OSError:
        pass  # closed while it was being sent
    assert peer.close_code() in (4502, 1006)
    peer.close()


@pytest.mark.slow
def test_message_that_is_never_finished_closes(site, bystander):
    peer = greeted(site, site.raw())
    peer.socket.settimeout(25)
    peer.send(raw.frame(raw.TEXT, b'{"type":', fin=False))
    closes(peer, 4502)


@pytest.mark.parametrize("name, data", [
    ("reserved bit", raw.frame(raw.TEXT, PONG, reserved=4)),
    ("reserved opcode", raw.frame(3, PONG)),
    ("reserved control", raw.frame(11, b"")),
    ("continuation of nothing", raw.frame(raw.CONTINUATION, PONG)),
    ("text inside a message", raw.frame(raw.TEXT, b"{", fin=False) + raw.frame(raw.TEXT, PONG)),
    ("fragmented ping", raw.frame(raw.PING, b"x", fin=False)),
    ("long ping", raw.frame(raw.PING, b"x" * 126)),
    ("close with one byte", raw.frame(raw.CLOSE, b"\x03")),
], ids=lambda value: value if isinstance(value, str) else "")
def test_frames_that_break_the_rfc_end_the_connection(site, bystander, name, data):
    peer = greeted(site, site.raw())
    peer.send(data)
    code = peer.close_code()
    assert code in (1002, 1005, 1006, 4500), code
    peer.close()


@pytest.mark.slow
@pytest.mark.site("plain", limits={"bytes_per_second": "64MiB"})
def test_slow_reader_is_closed_and_resumes(site):
    customer, agent, session = site.pair()
    slow = site.raw()
    # Fixed, or the kernel would hold megabytes for it.
    slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    slow.shake()
    hello = {"type": "hello", "id": 1, "role": "customer", "site": site.name,
             "secret": customer.secret}
    slow.send(raw.frame(raw.TEXT, json.dumps(hello).encode()))
    slow.next()
    for _ in range(6):
        posts = [agent.post("message.send", session=session, key=new_key(), text="x" * 8000)
                 for _ in range(150)]
        for number in posts:
            assert agent.answer(number, within=30)["type"] == "ok"
    # It reads again only now: what the sockets held, then the close.
    assert slow.close_code() in (4008, 1006)
    slow.close()
    last = customer.find(lambda f: f.get("seq") == 900, "the last", within=30)
    assert last["seq"] == 900
    assert len(customer.all("message", session=session)) == 900
