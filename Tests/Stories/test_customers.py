"""What a site knows of its customers: import, commands, HTTP, what agents say, ratings."""

import http.client
import json
import socket

import pytest

import tokens
from hub import chathub, eventually

ATTRIBUTE = {"source": "attribute", "attribute": "vip", "default_level": 5}
COMBINED = {"source": "combined", "attribute": "vip", "default_level": 5,
            "parameter": {"name": "level", "trust": "unsigned", "max": 9}}


def run(site, *arguments):
    hub = site.hub
    where = ["--redis", hub.redis_url] if hub.redis_url else ["--data", str(hub.data)]
    return chathub("customers", *arguments, "--site", site.name, *where)


def done(result):
    assert result.returncode == 0, (result.returncode, result.stdout, result.stderr)
    return result.stdout


def load(site, folder, text, name="customers.csv", *more):
    path = folder / name
    path.write_text(text, "utf-8")
    return json.loads(done(run(site, "import", str(path), "--json", *more)))


def known(site, who):
    return json.loads(done(run(site, "get", who, "--json")))


def level_of(site, **hello):
    start = hello.pop("start", {})
    customer = site.customer(**hello)
    session = customer.start(**start)
    agent = site.agent("anna").online()
    level = agent.offered(session)["level"]
    agent.accept(session)
    agent.request("session.close", session=session)
    # Gone, so that the next one is offered the session again.
    agent.close()
    return level


# -- Levels --------------------------------------------------------------------------------------

@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_imported_row_makes_a_first_time_visitor_important(site, tmp_path):
    assert load(site, tmp_path, "id,vip\nu-1,8\n")["new"] == 1
    assert level_of(site, who="u-1") == 8
    # Another row for the same customer counts from his next session on.
    assert load(site, tmp_path, "id,vip\nu-1,2\n")["known"] == 1
    assert level_of(site, who="u-1") == 2
    # A token is newer than an import.
    assert level_of(site, who="u-1", trusted={"vip": 6}) == 6


@pytest.mark.site("levels", vip=COMBINED)
def test_attribute_of_the_page_makes_nobody_important(site, tmp_path):
    load(site, tmp_path, "id,vip\nu-1,3\n")
    page = {"vip": 9}
    assert level_of(site, attributes=page, start={"attributes": page}) == 0
    assert level_of(site, who="u-2", attributes=page, start={"attributes": page}) == 0
    # Nor does it replace what is known.
    assert level_of(site, who="u-1", attributes=page, start={"attributes": page}) == 3


@pytest.mark.site("levels", vip=ATTRIBUTE)
def test_explain_reads_what_is_known(site, tmp_path):
    load(site, tmp_path, "id,vip\nu-1,8\n")
    where = (["--redis", site.hub.redis_url] if site.hub.redis_url
             else ["--data", str(site.hub.data)])

    def explained(*more):
        out = chathub("explain", "--site", site.name, "--json", *more, *where)
        return json.loads(done(out))

    told = explained("--customer", "u-1")
    assert (told["level"], told["level_source"]) == (8, "attribute")
    assert explained("--customer", "u-1", "--page-attr", "vip=2")["level"] == 8
    assert explained("--customer", "nobody", "--page-attr", "vip=9")["level"] == 0


# -- Import --------------------------------------------------------------------------------------

def test_table_is_read_as_people_write_it(site, tmp_path):
    table = (b"\xef\xbb\xbfid,dedicated_agent,vip,phone,ratio,gold,tags[],note\r\n"
             b'u-1,anna,8,007,1.5,true,red|2,"says ""hi"",\r\ntwice"\r\n'
             b"\r\n"
             b"u-2,,,,,,,\r\n")
    report = load(site, tmp_path, table.decode("utf-8"))
    assert (report["rows"], report["loaded"], report["bad"]) == (2, 2, 0)
    first = known(site, "u-1")
    assert first["dedicated_agent"] == "anna"
    assert first["attributes"] == {
        "vip": 8, "phone": "007", "ratio": 1.5, "gold": True, "tags": ["red", 2],
        "note": 'says "hi",\r\ntwice'}
    assert known(site, "u-2")["attributes"] == {}


def test_bad_rows_are_told_and_the_others_loaded(site, tmp_path):
    rows = ["id,dedicated_agent,name", "u-1,anna,A", "u 2,,B", "u-3,nobody,C", "u-4,D",
            'u-5,,"E"x', "u-6,,F"]
    rejects = tmp_path / "rejects.csv"
    report = load(site, tmp_path, "\n".join(rows) + "\n", "c.csv", "--rejects", str(rejects))
    assert (report["rows"], report["loaded"], report["bad"]) == (6, 2, 4)
    assert [row["line"] for row in report["bad_rows"]] == [3, 4, 5, 6]
    reasons = " ".join(row["reason"] for row in report["bad_rows"])
    for word in ("`u 2`", "nobody", "2 cells", "quote"):
        assert word in reasons
    assert len(rejects.read_text("utf-8").splitlines()) == 5
    assert known(site, "u-6")["attributes"] == {"name": "F"}
    assert known(site, "u-3")["attributes"] == {}


def test_json_lines_set_and_take_away(site, tmp_path):
    load(site, tmp_path, '{"id":"u-1","vip":8,"tags":["a",1],"dedicated_agent":"bo"}\n'
         'nonsense\n{"vip":1}\n{"id":"u-2","x":{}}', "c.jsonl")
    assert known(site, "u-1")["attributes"] == {"vip": 8, "tags": ["a", 1]}
    assert known(site, "u-1")["dedicated_agent"] == "bo"
    load(site, tmp_path, '{"id":"u-1","vip":null,"dedicated_agent":null}', "c.jsonl")
    assert known(site, "u-1")["attributes"] == {"tags": ["a", 1]}
    assert "dedicated_agent" not in known(site, "u-1")


def test_dry_run_loads_nothing(site, tmp_path):
    report = load(site, tmp_path, "id,vip\nu-1,8\nu-2,x\n", "c.csv", "--dry-run")
    assert report["dry_run"] and report["loaded"] == 2 and "new" not in report
    assert known(site, "u-1")["attributes"] == {}


@pytest.mark.parametrize("text, word", [
    ("name,vip\nA,8\n", "no column `id`"), ("id,vip,vip\nu,1,2\n", "two columns"), ("", "empty"),
])
def test_file_that_cannot_be_meant_is_refused_whole(site, tmp_path, text, word):
    path = tmp_path / "c.csv"
    path.write_text(text, "utf-8")
    result = run(site, "import", str(path))
    assert result.returncode == 1 and word in result.stderr


# -- Commands ------------------------------------------------------------------------------------

def test_agents_are_assigned_in_turn(site, tmp_path):
    rows = ["id,region"] + [f"u-{n:03},{'上海' if n % 2 else '江苏'}" for n in range(600)]
    load(site, tmp_path, "\n".join(rows))
    where = ["--where", "region=上海", "--agent", "anna", "--agent", "bo"]
    told = json.loads(done(run(site, "assign-agent", *where, "--preview", "--json")))
    assert told["looked"] == 600 and told["assigned"] == 300
    assert "dedicated_agent" not in known(site, "u-001")
    told = json.loads(done(run(site, "assign-agent", *where, "--json")))
    assert told["agents"] == [{"agent": "anna", "customers": 150}, {"agent": "bo", "customers": 150}]
    assert known(site, "u-001")["dedicated_agent"] == "anna"
    assert known(site, "u-003")["dedicated_agent"] == "bo"
    assert "dedicated_agent" not in known(site, "u-002")
    assert run(site, "assign-agent", "--where", "a=b", "--agent", "nobody").returncode == 1


def test_one_customer_is_changed_by_hand(site):
    done(run(site, "set", "u-1", "vip=8", "member=gold", "--dedicated", "anna"))
    done(run(site, "set", "u-1", "--remove", "vip", "--no-dedicated"))
    assert known(site, "u-1")["attributes"] == {"member": "gold"}
    assert "dedicated_agent" not in known(site, "u-1")
    assert run(site, "set", "u-1", "--dedicated", "nobody").returncode == 1


# -- HTTP ----------------------------------------------------------------------------------------

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
    assert (status, report["loaded"], report["bad"]) == (200, 20_000, 1)
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
        eventually("rows are loaded", lambda: known(site, "u-700")["attributes"])
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


# -- Agents --------------------------------------------------------------------------------------

def test_agent_knows_and_says_things_of_his_own_customers(site):
    customer, anna, session = site.pair()
    who = customer.welcome["you"]["id"]
    assert anna.request("customer.get", customer=who)["customer"]["last_agent"] == "anna"
    told = anna.request("customer.set", customer=who, attributes={"vip": 8, "old": 1})["customer"]
    assert told["attributes"] == {"vip": 8, "old": 1}
    told = anna.request("customer.set", customer=who, remove=["old"])["customer"]
    assert told["attributes"] == {"vip": 8}
    assert anna.refused("customer.set", customer=who, dedicated_agent="anna") == "forbidden"
    bo = site.agent("bo").online()
    assert bo.refused("customer.get", customer=who) == "not_found"
    assert bo.refused("customer.set", customer=who, attributes={"vip": 9}) == "not_found"
    zoe = site.supervisor("zoe")
    told = zoe.request("customer.set", customer=who, dedicated_agent="bo")["customer"]
    assert told["dedicated_agent"] == "bo"
    assert zoe.refused("customer.set", customer=who, dedicated_agent="nobody") == "not_found"
    anna.request("session.close", session=session)
    assert anna.refused("customer.get", customer=who) == "not_found"


def test_an_agent_who_comes_back_still_knows_his_customers(site):
    customer, anna, session = site.pair()
    anna.drop()
    anna = site.agent("anna")
    assert [one["session"] for one in anna.welcome["sessions"]] == [session]
    who = customer.welcome["you"]["id"]
    assert anna.request("customer.get", customer=who)["customer"]["id"] == who


# -- Ratings -------------------------------------------------------------------------------------

def test_customer_rates_and_the_agent_hears_of_it(site):
    customer, anna, session = site.pair()
    who = customer.welcome["you"]["id"]
    anna.request("session.close", session=session)
    customer.expect_state(session, "closed")
    customer.request("session.rate", session=session, key="r-1", score=2, reasons=["slow"],
                     comment="谢谢")
    anna.expect("session.rated", session=session, customer=who, score=2, reasons=["slow"],
                comment="谢谢")
    # The same again is the same rating; other words under its key are not.
    customer.request("session.rate", session=session, key="r-1", score=2, reasons=["slow"],
                     comment="谢谢")
    assert customer.refused("session.rate", session=session, key="r-1", score=5) == "key_conflict"
    customer.request("session.rate", session=session, key="r-2", score=4)
    anna.expect("session.rated", session=session, score=4)
    assert len(anna.all("session.rated")) == 2
    ratings = known(site, who)["ratings"]
    assert [(rating["agent"], rating["score"]) for rating in ratings] == [("anna", 4)]


def test_only_his_own_session_is_a_customers_to_rate(site):
    customer, anna, session = site.pair()
    stranger = site.customer()
    assert stranger.refused("session.rate", session=session, key="r", score=1) == "not_found"
    assert anna.refused("session.rate", session=session, key="r", score=5) == "forbidden"
    assert not anna.all("session.rated")
