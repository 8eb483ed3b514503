"""Customers are imported from a table or from JSON lines."""

import csv
import io
import json

import pytest

from customers import is_known, known, load, run


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
    assert not is_known(site, "u-2")


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
    kept = rejects.read_text("utf-8").splitlines()
    assert kept[0] == "reject_line,reject_reason,id,dedicated_agent,name"
    assert [line.split(",")[0] for line in kept[1:]] == ["3", "4", "5", "6"]
    for line, row in zip(kept[1:], rows[2:6]):
        assert line.endswith('",' + row)
    assert known(site, "u-6")["attributes"] == {"name": "F"}
    assert not is_known(site, "u-3")


def test_rejected_rows_are_mended_and_imported_again(site, tmp_path):
    def rejected(text, form):
        path = tmp_path / f"bad-{form}"
        report = load(site, tmp_path, text, form, "--rejects", str(path))
        return report["bad"], path.read_bytes().decode("utf-8")

    table = '\ufeffid,dedicated_agent,note\r\nu 1,,"a ""b"",\r\nc"\r\nu-2,nobody,d\r\nu-3,,e\r\n'
    bad, first = rejected(table, "c.csv")
    assert bad == 2
    # Half mended: the file does not grow columns by being rejected again.
    bad, second = rejected(first.replace("u 1", "u-1"), "c.csv")
    assert bad == 1 and second.count("reject_line") == 1 and second.splitlines()[1].startswith("4,")
    # As a table program writes it: quotes around every name, the two columns moved to the end.
    given = list(csv.reader(second.splitlines()))
    moved = io.StringIO()
    csv.writer(moved, quoting=csv.QUOTE_ALL).writerows(row[2:] + row[:2] for row in given)
    bad, third = rejected(moved.getvalue(), "c.csv")
    assert bad == 1 and third.splitlines()[0] == 'reject_line,reject_reason,"id",' \
        '"dedicated_agent","note"'
    bad, fourth = rejected(third.replace("nobody", "anna"), "c.csv")
    assert (bad, fourth) == (0, "")
    assert known(site, "u-1")["attributes"] == {"note": 'a "b",\r\nc'}
    assert known(site, "u-2")["attributes"] == {"note": "d"}

    lines = '{"id":"j 1","vip":8}\n{}\nnonsense\n {"id":"j-2","dedicated_agent":"nobody"}\n'
    bad, first = rejected(lines, "c.jsonl")
    objects = [json.loads(line) for line in first.splitlines()]
    assert bad == 4 and [one["reject_line"] for one in objects] == [1, 2, 3, 4]
    assert objects[2]["reject_row"] == "nonsense"
    bad, second = rejected(first.replace("j 1", "j-1"), "c.jsonl")
    assert bad == 3 and second.splitlines()[2].count("reject_line") == 1
    # Written again by a program, with blanks: the members still stand once.
    again = [json.dumps(json.loads(line)) for line in second.splitlines()]
    bad, second = rejected("\n".join(again), "c.jsonl")
    assert bad == 3 and second.splitlines()[2].count("reject_line") == 1
    bad, third = rejected(second.splitlines()[2].replace("nobody", "anna"), "c.jsonl")
    assert (bad, third) == (0, "")
    assert known(site, "j-1")["attributes"] == {"vip": 8}
    assert known(site, "j-2")["attributes"] == {}
    again = tmp_path / "again.jsonl"
    again.symlink_to(tmp_path / "c.jsonl")
    same = run(site, "import", str(tmp_path / "c.jsonl"), "--rejects", str(again))
    assert same.returncode == 64 and "name another" in same.stderr
    assert (tmp_path / "c.jsonl").read_text("utf-8") != ""
    wrong = run(site, "import", str(tmp_path / "c.jsonl"), "--rejects", str(tmp_path / "bad.csv"))
    assert wrong.returncode == 64 and "must end in .jsonl" in wrong.stderr


@pytest.mark.parametrize("form", ["c.csv", "c.jsonl"])
def test_a_level_that_is_none_is_warned_of_and_loaded(site, tmp_path, form):
    values = [12, 7, "yes", "gold", 0]
    rows = "id,vip\n" + "".join(f"u-{k},{value}\n" for k, value in enumerate(values))
    if form == "c.jsonl":
        rows = "".join(json.dumps({"id": f"u-{k}", "vip": v}) + "\n" for k, v in enumerate(values))
    first = 2 if form == "c.csv" else 1
    report = load(site, tmp_path, rows, form)
    assert (report["loaded"], report["bad"], report["warnings"]) == (5, 0, 2)
    assert [row["line"] for row in report["warned_rows"]] == [first, first + 3]
    assert "vip" in report["warned_rows"][0]["reason"]
    assert known(site, "u-0")["attributes"] == {"vip": 12}


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
    assert not is_known(site, "u-1")


@pytest.mark.parametrize("text, word", [
    ("name,vip\nA,8\n", "no column `id`"), ("id,vip,vip\nu,1,2\n", "two columns"), ("", "empty"),
])
def test_file_that_cannot_be_meant_is_refused_whole(site, tmp_path, text, word):
    path = tmp_path / "c.csv"
    path.write_text(text, "utf-8")
    result = run(site, "import", str(path))
    assert result.returncode == 1 and word in result.stderr
