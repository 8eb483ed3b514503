"""Customers over HTTP: read, changed, imported and found."""

import http.client
import json
import socket

import tokens
from customers import is_known, known
from hub import eventually


def call(site, method, path="", body=None, role="admin", token=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", site.hub.port, timeout=20)
    if role or token:
        headers["Authorization"] = f"Bearer {token or site.token(role, 'root')}"
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    try:
        connection.request(method, f"/v1/sites/{site.name}/customers{path}", data, fields)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def test_customers_over_http(site):
    table = b"id,vip\n" + b"".join(b"u-%d,%d\n" % (n, n % 10) for n in range(20_000)) + b"u !,1\n"
    status, report = call(site, "POST", "?dry_run=1", table, Content_Type="text/csv")
    assert status == 200, report
    assert (report["loaded"], report["bad"]) == (20_000, 1)
    assert call(site, "GET", "/u-8")[1]["attributes"] == {}
    status, report = call(site, "POST", "", table, Content_Type="text/csv; charset=utf-8")
    assert (status, report["rows"], report["new"], report["bad"]) == (200, 20_001, 20_000, 1)
    assert report["bad_rows"][0]["line"] == 20_002
    assert call(site, "GET", "/u-8") == (200, {"id": "u-8", "attributes": {"vip": 8}, "ratings": []})
    status, changed = call(site, "PATCH", "/u-8",
                           {"attributes": {"vip": None, "a": [1]}, "dedicated_agent": "anna"})
    assert status == 200 and changed["attributes"] == {"a": [1]}
    assert changed["dedicated_agent"] == "anna"
    status, told = call(site, "POST", "/assign", {"where": {"vip": 7}, "agents": ["anna", "bo"]})
    assert (status, told["assigned"]) == (200, 2_000)
    assert [agent["customers"] for agent in told["agents"]] == [1_000, 1_000]
    status, report = call(site, "POST", "", b'{"id":"j-1","x":1}\n', Content_Type="application/x-ndjson")
    assert (status, report["loaded"]) == (200, 1)


def test_an_import_ends_at_once_when_the_store_goes_away(hubs, redis):
    site = hubs.at(hubs("plain", workers=1, redis=redis.url))
    # Imports have a connection to Redis of their own, which may be a moment behind the hub's health.
    eventually("imports are taken", lambda: call(
        site, "POST", "", b"id\nw-0\n", Content_Type="text/csv")[0] == 200)
    with socket.create_connection(("127.0.0.1", site.hub.port), timeout=20) as link:
        # Gigabytes are announced; what is read of them is what the answer is not waited for.
        link.sendall((f"POST /v1/sites/{site.name}/customers HTTP/1.1\r\nHost: x\r\n"
                      f"Authorization: Bearer {site.token('admin', 'root')}\r\n"
                      "Content-Type: text/csv\r\nContent-Length: 1000000000\r\n\r\n").encode())
        link.sendall(b"id,vip\n" + b"".join(b"u-%d,1\n" % n for n in range(1_000)))
        eventually("rows are loaded", lambda: is_known(site, "u-700"))
        redis.kill()
        link.sendall(b"".join(b"w-%d,1\n" % n for n in range(1_000)))
        answer = b""
        while piece := link.recv(65_536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ") and b"Connection: close" in head
    assert "send it again" in json.loads(body)["error"]


def test_http_refuses_what_is_not_right(site):
    table = b"id\nu-1\n"
    assert call(site, "GET", "/u-1", role=None)[0] == 401
    assert call(site, "GET", "/u-1", token="nonsense")[0] == 401
    for role in ("agent", "customer", "bot"):
        assert call(site, "GET", "/u-1", role=role)[0] == 403
        assert call(site, "POST", "", table, role=role, Content_Type="text/csv")[0] == 403
    elsewhere = tokens.sign(tokens.key_of(site.hub.data),
                            tokens.claims("elsewhere", "admin", "root", 60))
    assert call(site, "GET", "/u-1", token=elsewhere)[0] == 401
    assert call(site, "GET", "/u-1", role="supervisor")[0] == 200
    assert call(site, "POST", "", table, Content_Type="text/plain")[0] == 415
    assert call(site, "POST", "", b"name\nA\n", Content_Type="text/csv")[0] == 400
    assert call(site, "PATCH", "/u-1", {"vip": 8})[0] == 400
    assert call(site, "PATCH", "/u-1", {"dedicated_agent": "nobody"})[0] == 400
    assert call(site, "PATCH", "/u%201", {})[0] == 404
    assert call(site, "POST", "/assign", {"where": {}, "agents": ["anna"]})[0] == 400


def find(site, **body):
    status, answer = call(site, "POST", "/find", body)
    assert status == 200, answer
    return answer


def test_customers_are_found_by_what_is_known_of_them(site):
    rows = ["id,dedicated_agent,region,vip,tags[]"]
    rows += [f"u-{n:03},{'anna' if n % 4 == 0 else ''},{['上海', '江苏', '北京'][n % 3]},{n % 10},"
             f"{'red|x' if n % 5 == 0 else ''}" for n in range(300)]
    call(site, "POST", "", "\n".join(rows).encode(), Content_Type="text/csv")
    everybody = find(site, count=True, limit=3)
    assert everybody["count"] == everybody["looked"] == 300
    assert [one["id"] for one in everybody["customers"]] == ["u-000", "u-001", "u-002"]
    assert find(site, after=everybody["next"], limit=1)["customers"][0]["id"] == "u-003"
    assert find(site, where={"region": ["上海", "江苏"]}, count=True)["count"] == 200
    assert find(site, where={"region": "上海", "vip": ">= 5"}, count=True)["count"] == 50
    assert find(site, where={"tags": "red", "vip": "< 5"}, count=True)["count"] == 30
    assert find(site, where={"dedicated_agent": "anna"}, count=True)["count"] == 75
    assert find(site, where={"dedicated_agent": None, "vip": 1}, count=True)["count"] == 30
    alone = find(site, where={"region": "北京", "vip": 8, "tags": None}, limit=200)
    assert "next" not in alone and "count" not in alone
    assert {one["attributes"]["vip"] for one in alone["customers"]} == {8}
    # Pages one after the other are all of them, each once.
    seen, after = [], {}
    while True:
        page = find(site, where={"vip": [1, 2]}, limit=7, **after)
        seen += [one["id"] for one in page["customers"]]
        if "next" not in page:
            break
        after = {"after": page["next"]}
    assert seen == sorted(set(seen)) and len(seen) == 60
    told = call(site, "POST", "/assign",
                {"where": {"dedicated_agent": None, "vip": "> 7"}, "agents": ["anna", "bo", "chen"],
                 "preview": True})[1]
    assert [one["customers"] for one in told["agents"]] == [15, 15, 15]
    assert find(site, where={"dedicated_agent": "bo"}, count=True)["count"] == 0


def test_what_cannot_be_looked_for_is_refused(site):
    for body in ([], {"where": []}, {"where": {"a": 1.5}}, {"where": {"a": {}}}, {"limit": 0},
                 {"limit": 201}, {"after": "u 1"}, {"count": 1}, {"what": 1}, {"where": {"a": []}}):
        assert call(site, "POST", "/find", body)[0] == 400, body
    assert call(site, "POST", "/find", {}, role="agent")[0] == 403


def test_all_bad_rows_are_told_to_who_asks(site):
    table = b"id\n" + b"".join(b"u %d\n" % n for n in range(50))
    for query, told in (("?dry_run=1", 20), ("?dry_run=1&bad_rows=45", 45), ("?bad_rows=99", 50)):
        report = call(site, "POST", query, table, Content_Type="text/csv")[1]
        assert (report["bad"], len(report["bad_rows"])) == (50, told)


def test_agents_of_the_site_are_told_with_their_names(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.hub.port, timeout=20)
    connection.request("GET", f"/v1/sites/{site.name}/agents",
                       headers={"Authorization": f"Bearer {site.token('supervisor', 'zoe')}"})
    agents = json.loads(connection.getresponse().read())["agents"]
    assert {"id": "anna", "name": "Anna"} in agents
    connection.request("GET", f"/v1/sites/{site.name}/agents")
    assert connection.getresponse().status == 401
    connection.close()
