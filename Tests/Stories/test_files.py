"""Files in a chat: the whole way over two workers, and everything that must not work."""

import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest

import files
import tokens
from client import new_key
from hub import eventually, render_site
from processes import resident_bytes


def test_a_picture_travels_from_a_customer_to_an_agent_on_another_node(site):
    customer, agent, session = site.pair()
    content = files.png(64)
    file = files.send(site.hub, customer, session, content, "截图 1.png", text="这是账单")
    message = agent.expect("message", session=session, kind="image")
    assert message["text"] == "这是账单"
    assert message["file"] == {
        "id": file, "name": "截图 1.png", "type": "image/png", "bytes": len(content)}
    for person in (agent, customer):
        got = files.fetch(site.hub, person, session, file)
        assert got.status == 200 and got.body == content
        assert got.headers["content-type"] == "image/png"
        assert got.headers["content-disposition"].startswith("inline;")
        assert "filename*=UTF-8''%E6%88%AA%E5%9B%BE%201.png" in got.headers["content-disposition"]
    answered = files.send(site.hub, agent, session, files.PDF, "合同.pdf")
    message = customer.expect("message", session=session, kind="file")
    assert message["file"]["type"] == "application/pdf" and "text" not in message
    got = files.fetch(site.hub, customer, session, answered)
    assert got.body == files.PDF and got.headers["content-disposition"].startswith("attachment;")
    page = customer.request("history", session=session, after=0, limit=50)["messages"]
    assert [m["file"]["id"] for m in page if "file" in m] == [file, answered]
    assert [f["type"] for f in site_files(customer)] and site_files(agent)


def site_files(person):
    terms = person.welcome["site"]["files"]
    assert terms["max_bytes"] == 10 * 1024 * 1024
    return [{"type": name} for name in terms["types"]]


@pytest.mark.parametrize("content, kind, type_", [
    (files.png(), "image", "image/png"), (files.GIF, "image", "image/gif"),
    (b"\xff\xd8\xff\xe0" + bytes(30), "image", "image/jpeg"),
    (b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(20), "image", "image/webp"),
    (files.PDF, "file", "application/pdf"), (files.ZIP, "file", "application/zip"),
    ("多行\n文字 ok\t\r\n".encode(), "file", "text/plain"),
    (files.HTML, "file", "text/plain"), (files.SVG, "file", "text/plain"),
    (b"GIF89a/*" + files.HTML, "image", "image/gif"),
], ids=["png", "gif", "jpeg", "webp", "pdf", "zip", "text", "html", "svg", "polyglot"])
def test_the_content_decides_what_it_is_and_nothing_in_it_may_act(site, content, kind, type_):
    customer, agent, session = site.pair()
    file = files.send(site.hub, customer, session, content, "innocent.html")
    message = agent.expect("message", session=session)
    while "file" not in message:
        message = agent.expect("message", session=session)
    assert message["kind"] == kind and message["file"]["type"] == type_
    got = files.fetch(site.hub, agent, session, file)
    assert got.body == content
    assert got.headers["content-type"].split(";")[0] == type_
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["x-content-type-options"] == "nosniff"
    place = "inline" if kind == "image" else "attachment"
    assert got.headers["content-disposition"].split(";")[0] == place


@pytest.mark.parametrize("content", [
    b"\x7fELF" + bytes(200), b"MZ\x90\x00" + bytes(64), b"plain\x00text", b"\xff\xfeh\x00i\x00",
    "geschnitten ü".encode()[:-1], b"\xed\xa0\x80", b"\xc0\xaf",
], ids=["elf", "exe", "nul", "utf-16", "cut", "surrogate", "overlong"])
def test_what_is_none_of_the_kinds_is_refused_whatever_it_is_called(site, content):
    customer, _, session = site.pair()
    offered = files.offer(customer, session, content, "picture.png", media_type="image/png")
    answer = files.http_request(site.hub, "PUT", offered["upload"], content)
    assert (answer.status, answer.json["code"]) == (415, "file_type")
    assert customer.refused(
        "message.send", session=session, key=new_key(), file=offered["file"]) == "no_file"
    assert stored(site) == []


def stored(site) -> list[str]:
    """Contents on disk, whole or not."""
    root = site.hub.data / "files" / site.name
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.site("plain", files={"max": "1KiB", "types": ["image/png"], "per_session": 2})
def test_limits_of_the_site(site):
    customer, agent, session = site.pair()
    ask = {"session": session, "name": "a"}
    assert customer.refused("file.offer", key="big", bytes=1025, **ask) == "file_too_big"
    assert customer.refused(
        "file.offer", key="v", bytes=9, media_type="video/mp4", **ask) == "file_type"
    offered = files.offer(customer, session, files.PDF)
    answer = files.http_request(site.hub, "PUT", offered["upload"], files.PDF)
    assert (answer.status, answer.json["code"]) == (415, "file_type")
    assert customer.request("file.offer", key="k", bytes=1024, **ask)["file"]
    assert customer.refused("file.offer", key="k", bytes=1000, **ask) == "key_conflict"
    assert customer.refused("file.offer", key="third", bytes=1, **ask) == "too_many_files"
    assert agent.refused("file.offer", key="third", bytes=1, **ask) == "too_many_files"


@pytest.mark.site("plain", files={"max": "1KiB", "total": "2KiB"})
def test_only_what_was_uploaded_takes_space(site):
    customer, agent, session = site.pair()
    offered = [files.offer(customer, session, b"x" * 1000) for _ in range(8)]
    answers = [files.http_request(site.hub, "PUT", one["upload"], b"x" * 1000) for one in offered]
    assert [answer.status for answer in answers] == [201] * 2 + [507] * 6
    assert answers[-1].json["code"] == "too_many_files"
    eventually("what was refused is gone", lambda: len(stored(site)) == 2)
    ask = {"session": session, "key": "late", "name": "a"}
    assert agent.refused("file.offer", bytes=1000, **ask) == "too_many_files"
    assert agent.request("file.offer", bytes=40, **ask)["file"]


@pytest.mark.site("plain", files={"max": "0B"})
def test_a_site_may_take_no_files(site):
    customer, _, session = site.pair()
    assert "files" not in customer.welcome["site"]
    assert customer.refused("file.offer", session=session, key="k", name="a", bytes=1) == "forbidden"


def test_more_than_was_offered_is_refused_and_less_too(site):
    customer, _, session = site.pair()
    offered = files.offer(customer, session, b"", bytes=10)
    more = files.http_request(site.hub, "PUT", offered["upload"], b"x" * 11)
    assert (more.status, more.json["code"]) == (413, "file_too_big")
    less = files.http_request(site.hub, "PUT", offered["upload"], b"x" * 9)
    assert (less.status, less.json["code"]) == (400, "bad_length")
    assert stored(site) == []
    whole = files.http_request(site.hub, "PUT", offered["upload"], b"x" * 10)
    assert whole.status == 201
    again = files.http_request(site.hub, "PUT", offered["upload"], b"y" * 10)
    assert again.status == 201
    customer.request("message.send", session=session, key="k", file=offered["file"])
    assert files.fetch(site.hub, customer, session, offered["file"]).body == b"x" * 10


def test_a_cut_upload_leaves_nothing_and_may_be_repeated(site):
    customer, _, session = site.pair()
    content = b"line\n" * 400_000
    offered = files.offer(customer, session, content)
    line = socket.create_connection(("127.0.0.1", site.hub.port))
    head = f"PUT {offered['upload']} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(content)}\r\n\r\n"
    line.sendall(head.encode() + content[:1_500_000])
    eventually("something is coming", lambda: any("coming/" in name for name in stored(site)))
    line.close()
    eventually("nothing is left of it", lambda: stored(site) == [])
    assert files.http_request(site.hub, "PUT", offered["upload"], content).status == 201
    assert len(stored(site)) == 1


def test_addresses_are_for_what_they_were_made_for(site):
    customer, agent, session = site.pair()
    offered = files.offer(customer, session, files.PDF)
    file = files.send(site.hub, customer, session, files.PDF)
    link = agent.request("file.link", session=session, file=file)["url"]
    upload = offered["upload"]
    token = upload.split("?t=")[1]
    text, mark = token.split(".")
    for method, path in [
        ("GET", upload), ("PUT", link),
        ("GET", link.split("?")[0]), ("GET", link[:-4] + "AAAA"),
        ("PUT", upload.replace(offered["file"], file)),
        ("PUT", f"/v1/files/{offered['file']}?t={text[:-4]}AAAA.{mark}"),
        ("PUT", f"/v1/files/{offered['file']}?t={text}."),
        ("PUT", f"/v1/files/{offered['file']}?t=" + site.token("customer", "eve")),
        ("GET", "/v1/files/../../signing-key"), ("GET", "/v1/files/%2e%2e/%2e%2e/signing-key"),
    ]:
        answer = files.http_request(
            site.hub, method, path, files.PDF if method == "PUT" else None)
        assert answer.status in (403, 404), (method, path, answer)
    assert files.http_request(site.hub, "POST", upload, b"x").status == 405


def test_an_address_is_good_for_its_time_only(site):
    """Five minutes to read, ten to upload: told by signing the same with other times."""
    customer, agent, session = site.pair()
    file = files.send(site.hub, customer, session, files.PDF)
    link = agent.request("file.link", session=session, file=file)
    offered = files.offer(customer, session, b"x")
    key, now = tokens.key_of(site.hub.data), time.time() * 1000
    for address, lifetime in ((link["url"], 300_000), (offered["upload"], 600_000)):
        assert 0 < files.expiry(address) - now - lifetime + 60_000 < 120_000
    assert (link["expires_ms"], offered["expires_ms"]) == (300_000, 600_000)
    for seconds, status in ((60, 200), (1, 200), (-1, 403), (-86_400, 403)):
        address = files.signed(key, link["url"], now + seconds * 1000 + 5000 * (seconds > 0))
        answer = files.http_request(site.hub, "GET", address)
        assert answer.status == status, (seconds, answer)
    assert answer.json["code"] == "bad_link"
    late = files.signed(key, offered["upload"], now - 1000)
    answer = files.http_request(site.hub, "PUT", late, b"x")
    assert (answer.status, answer.json["code"]) == (403, "bad_link")
    assert files.http_request(site.hub, "PUT", offered["upload"], b"x").status == 201


def test_a_data_folder_named_from_here_takes_files_too(hubs, tmp_path):
    hub = hubs("plain", data=Path(os.path.relpath(tmp_path / "data")))
    site = hubs.at(hub)
    customer, agent, session = site.pair()
    file = files.send(hub, customer, session, files.PDF)
    assert files.fetch(hub, agent, session, file).body == files.PDF
    assert len(list((tmp_path / "data" / "files" / "plain").rglob(f"{file}.*"))) == 1


def test_who_is_not_in_the_session_gets_no_file(site):
    customer, agent, session = site.pair()
    file = files.send(site.hub, customer, session, files.PDF)
    other, third = site.customer(), site.agent("bo")
    elsewhere = other.start(text="hello")
    for person in (other, third):
        assert person.refused("file.link", session=session, file=file) == "not_found"
        assert person.refused(
            "file.offer", session=session, key="k", name="a", bytes=1) == "not_found"
    assert other.refused("file.link", session=elsewhere, file=file) == "no_file"
    assert other.refused("message.send", session=elsewhere, key="k", file=file) == "no_file"
    # Nor may the agent pass it off as his own, or see what was not sent.
    assert agent.refused("message.send", session=session, key="k", file=file) == "no_file"
    unsent = files.upload(site.hub, customer, session, files.PDF)
    assert agent.refused("file.link", session=session, file=unsent) == "no_file"
    assert customer.request("file.link", session=session, file=unsent)["url"]


def test_the_end_of_the_session_ends_uploads_and_not_reading(site):
    customer, agent, session = site.pair()
    file = files.send(site.hub, customer, session, files.PDF)
    offered = files.offer(customer, session, b"x")
    ready = files.upload(site.hub, customer, session, b"y")
    agent.request("session.close", session=session)
    customer.expect_state(session, "closed")
    answer = files.http_request(site.hub, "PUT", offered["upload"], b"x")
    assert (answer.status, answer.json["code"]) == (409, "session_closed")
    assert customer.refused(
        "file.offer", session=session, key="k", name="a", bytes=1) == "session_closed"
    assert customer.refused(
        "message.send", session=session, key="k2", file=ready) == "session_closed"
    assert files.fetch(site.hub, customer, session, file).body == files.PDF


@pytest.mark.parametrize("name, shown", [
    ("../../etc/passwd", "passwd"), ("C:\\Users\\eve\\x.png", "x.png"), ("..", "file"),
    ("a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"), ("gepj.\u202egnp.exe", "gepj.gnp.exe"),
    ('"; filename="evil.exe', '"; filename="evil.exe'), ("<img src=x onerror=alert(1)>", None),
    ("名" * 85, "名" * 85), (".htaccess", "htaccess"), ("a\u0000b", "ab"),
], ids=range(10))
def test_hostile_names_are_only_names(site, name, shown):
    customer, agent, session = site.pair()
    file = files.send(site.hub, customer, session, b"x", name)
    message = agent.expect("message", session=session, kind="file")
    assert message["file"]["name"] == (name if shown is None else shown)
    got = files.fetch(site.hub, agent, session, file)
    assert "set-cookie" not in got.headers
    plain = re.fullmatch(
        r"""attachment; filename="([^"\\%]*)"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*""",
        got.headers["content-disposition"])
    assert plain, got.headers["content-disposition"]
    assert [path.split(".")[0] for path in stored(site)] == [f"{file[2:4]}/{file}"]


@pytest.mark.site("plain", origins=["https://shop.example"])
def test_pages_of_the_sites_origins_may_upload_and_no_others(site):
    customer, _, session = site.pair()
    offered = files.offer(customer, session, b"x")
    good, bad = {"Origin": "https://shop.example"}, {"Origin": "https://evil.example"}
    asked = files.http_request(site.hub, "OPTIONS", offered["upload"], headers={
        **good, "Access-Control-Request-Method": "PUT"})
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "https://shop.example"
    assert "PUT" in asked.headers["access-control-allow-methods"]
    for method in ("OPTIONS", "PUT"):
        refused = files.http_request(
            site.hub, method, offered["upload"], b"x" if method == "PUT" else None, bad)
        assert refused.status == 403 and "access-control-allow-origin" not in refused.headers
    kept = files.http_request(site.hub, "PUT", offered["upload"], b"x", good)
    assert kept.status == 201
    assert kept.headers["access-control-allow-origin"] == "https://shop.example"
    own = {"Origin": f"http://127.0.0.1:{site.hub.port}"}
    offered = files.offer(customer, session, b"y")
    assert files.http_request(site.hub, "PUT", offered["upload"], b"y", own).status == 201


@pytest.mark.site("plain", origins=["https://shop.example"])
def test_a_page_reads_why_an_address_is_refused(site):
    customer, _, session = site.pair()
    page = {"Origin": "https://shop.example"}
    upload = files.offer(customer, session, b"x")["upload"]
    link = files.offer(customer, session, b"x")["upload"]
    for method, path, status in [
        ("PUT", upload[:-4] + "AAAA", 403), ("GET", upload[:-4] + "AAAA", 403),
        ("GET", upload, 403), ("POST", link, 405), ("OPTIONS", upload[:-4] + "AAAA", 204),
    ]:
        body = b"x" if method in ("PUT", "POST") else None
        answer = files.http_request(site.hub, method, path, body, page)
        assert answer.status == status, (method, answer)
        assert answer.headers["access-control-allow-origin"] == page["Origin"], (method, answer)
    stranger = files.http_request(site.hub, "POST", link, b"x", {"Origin": "https://evil.example"})
    assert stranger.status == 403
    assert "access-control-allow-origin" not in stranger.headers


@pytest.mark.site("plain", retention={"sessions": "1m"})
@pytest.mark.slow
def test_contents_go_with_their_session(site):
    customer, agent, session = site.pair()
    files.send(site.hub, customer, session, files.PDF)
    assert len(stored(site)) == 1
    agent.request("session.close", session=session)
    eventually("the content is gone", lambda: stored(site) == [], within=150, every=1)


@pytest.mark.slow
def test_fifty_megabytes_stream_in_and_out_with_flat_memory(hubs):
    big = render_site(hubs.folder(), "plain", files={"max": "64MiB"})
    hub = hubs(big, workers=1)
    site = hubs.at(hub)
    customer, agent, session = site.pair()
    content = (b"0123456789abcde\n" * 65_536) * 50
    worker = hub.workers()[0]
    before = resident_bytes(worker)
    most = [0]
    done = threading.Event()

    def watch():
        while not done.is_set():
            most[0] = max(most[0], resident_bytes(worker))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        file = files.send(hub, customer, session, content, "big.txt")
        got = files.fetch(hub, agent, session, file)
        assert got.body == content
    finally:
        done.set()
        watcher.join()
    assert most[0] - before < 24 << 20, f"{before} bytes before, {most[0]} at most"
