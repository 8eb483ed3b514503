"""The customers page: filter, look, assign in bulk, load a file with its bad rows."""

from __future__ import annotations

import csv
import io
import re

from playwright.sync_api import expect

SOON = 8_000
BAD = "<img src=x onerror=window.owned=1>"


def table(count: int, *more: str) -> bytes:
    rows = ["id,region,vip,note"]
    rows += [f"u-{n:03},{['上海', '江苏'][n % 2]},{n % 10},{BAD if n == 1 else ''}"
             for n in range(count)]
    return "\n".join([*rows, *more]).encode("utf-8")


def load(zoe, name: str, content: bytes):
    zoe.page.get_by_role("button", name="Load a file").click()
    zoe.page.locator("dialog input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content})
    zoe.page.get_by_role("button", name="Check it first").click()


def loaded(zoe, content: bytes):
    load(zoe, "c.csv", content)
    zoe.page.get_by_role("button", name=re.compile(r"Load \d+ rows")).click()
    expect(zoe.page.locator("dialog")).to_contain_text("New customers", timeout=SOON)
    zoe.page.get_by_role("button", name="Close").click()


def condition(zoe, number: int, name: str, how: str, value: str | None):
    row = zoe.page.locator(".condition").nth(number)
    row.get_by_label("Attribute").fill(name)
    row.get_by_label("Comparison").select_option(label=how)
    if value is not None:
        row.get_by_label("Value").fill(value)


def test_a_file_is_checked_then_loaded_and_its_bad_rows_kept(people):
    zoe = people.supervisor("/customers")
    expect(zoe.page.locator(".none")).to_have_text("Nobody fits.")
    load(zoe, "people.csv", table(60, "u 1,x,1,", "=cmd,x,1,"))
    dialog = zoe.page.locator("dialog")
    expect(dialog).to_contain_text("Would be loaded", timeout=SOON)
    expect(dialog.locator(".bad-rows li")).to_have_count(2)
    expect(dialog.locator(".bad-rows li").first).to_contain_text("Line 62")
    with zoe.page.expect_download() as download:
        dialog.get_by_role("button", name="Download the 2 rejected rows").click()
    assert download.value.suggested_filename == "rejected-people.csv"
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["line", "reason", "row"] and rows[1][0] == "62" and rows[1][2] == "u 1,x,1,"
    # No program takes a cell for a formula.
    assert rows[2][2] == "'=cmd,x,1,"
    expect(zoe.page.locator(".count")).to_have_text("0 customers")
    dialog.get_by_role("button", name="Load 60 rows").click()
    expect(dialog).to_contain_text("New customers", timeout=SOON)
    dialog.get_by_role("button", name="Close").click()
    expect(zoe.page.locator(".count")).to_have_text("60 customers", timeout=SOON)
    expect(zoe.page.locator("tbody tr")).to_have_count(50)
    zoe.page.get_by_role("button", name="Show more").click()
    expect(zoe.page.locator("tbody tr")).to_have_count(60)
    expect(zoe.row("u-001")).to_contain_text(BAD)
    assert zoe.page.locator("img").count() == 0 and zoe.page.evaluate("window.owned") is None


def test_conditions_and_many_get_agents_of_their_own(people):
    zoe = people.supervisor("/customers")
    loaded(zoe, table(40))
    assign = zoe.page.get_by_role("button", name="Give them agents")
    expect(assign).to_be_disabled()
    condition(zoe, 0, "region", "is", "上海")
    expect(zoe.page.locator(".count")).to_have_text("20 customers", timeout=SOON)
    zoe.page.get_by_role("button", name="Add a condition").click()
    condition(zoe, 1, "vip", "is at least", "5")
    expect(zoe.page.locator(".count")).to_have_text("8 customers", timeout=SOON)
    assign.click()
    dialog = zoe.page.locator("dialog")
    for name in ("Anna", "Bo"):
        dialog.get_by_label(name, exact=True).check()
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.locator("tbody td")).to_have_text(["4", "4"])
    expect(zoe.row("u-006").locator("td").first).to_have_text("–")
    dialog.get_by_role("button", name="Assign").click()
    expect(zoe.row("u-006").locator("td").first).to_have_text("Anna", timeout=SOON)
    # Those who have none are found too.
    condition(zoe, 1, "dedicated_agent", "is not known", None)
    expect(zoe.page.locator(".count")).to_have_text("12 customers", timeout=SOON)
    zoe.page.get_by_role("button", name="Remove this condition").last.click()
    expect(zoe.page.locator(".count")).to_have_text("20 customers", timeout=SOON)


def test_one_customer_by_keyboard_in_chinese(people):
    zoe = people.supervisor("/customers", viewport={"width": 390, "height": 800})
    loaded(zoe, table(3))
    zoe.page.get_by_role("button", name="切换到中文").click()
    expect(zoe.page.locator("h1")).to_have_text("客户")
    zoe.row("u-001").get_by_role("button").focus()
    zoe.page.keyboard.press("Enter")
    dialog = zoe.page.locator("dialog")
    expect(dialog.locator("h2")).to_have_text("u-001")
    expect(dialog).to_contain_text(BAD)
    dialog.get_by_label("专属客服").select_option("bo")
    zoe.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="保存").press("Enter")
    expect(zoe.row("u-001").locator("td").first).to_have_text("Bo", timeout=SOON)
    assert zoe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert zoe.page.evaluate("window.owned") is None
