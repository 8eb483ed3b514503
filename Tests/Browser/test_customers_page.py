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
    expect(dialog.get_by_label("note", exact=True)).to_have_value(BAD)
    dialog.get_by_label("专属客服").select_option("bo")
    zoe.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="保存").press("Enter")
    expect(zoe.row("u-001").locator("td").first).to_have_text("Bo", timeout=SOON)
    assert zoe.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert zoe.page.evaluate("window.owned") is None


def test_attributes_of_one_customer_are_changed_taken_away_and_added(people):
    zoe = people.supervisor("/customers")
    loaded(zoe, table(3))
    page, dialog = zoe.page, zoe.page.locator("dialog")
    zoe.row("u-001").get_by_role("button").click()
    dialog.get_by_label("vip", exact=True).fill("9")
    dialog.get_by_role("button", name="Remove note").click()
    expect(dialog.get_by_label("region", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Add an attribute").click()
    name = dialog.get_by_label("Attribute", exact=True)
    expect(name).to_be_focused()
    name.fill("region")
    dialog.get_by_label("Value", exact=True).fill(BAD)
    page.keyboard.press("Enter")
    assert name.evaluate("(field) => field.validationMessage") == "There is one of this name already."
    name.fill("said")
    page.keyboard.press("Enter")
    expect(zoe.row("u-001")).to_contain_text(BAD, timeout=SOON)
    expect(zoe.row("u-001").get_by_role("button")).to_be_focused()
    row = zoe.row("u-001").get_by_role("button")
    row.press("Enter")
    expect(dialog.get_by_label("said", exact=True)).to_have_value(BAD)
    expect(dialog.get_by_label("note", exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    # A number is still one: the hub compares it as such.
    condition(zoe, 0, "vip", "is at least", "9")
    expect(page.locator(".count")).to_have_text("1 customer", timeout=SOON)
    assert page.locator("img").count() == 0 and page.evaluate("window.owned") is None


def test_what_the_hub_refuses_is_still_there_to_be_mended(people):
    zoe = people.supervisor("/customers")
    loaded(zoe, table(3))
    dialog = zoe.page.locator("dialog")
    zoe.row("u-001").get_by_role("button").click()
    dialog.get_by_role("button", name="Add an attribute").click()
    dialog.get_by_label("Attribute", exact=True).fill("said")
    dialog.get_by_label("Value", exact=True).fill("字" * 400)
    dialog.get_by_role("button", name="Save").click()
    expect(zoe.page.locator(".toast")).to_contain_text("Not done (400)", timeout=SOON)
    # The browser tells of each refusal itself.
    assert "400" in zoe.complaints.pop()
    dialog.get_by_label("Value", exact=True).fill("short")
    dialog.get_by_role("button", name="Save").click()
    expect(zoe.row("u-001")).to_contain_text("short", timeout=SOON)


def test_a_search_that_fails_says_so_and_can_be_tried_again(people):
    zoe = people.supervisor("/customers")
    loaded(zoe, table(60))
    page = zoe.page
    page.route("**/customers/find", lambda route: route.abort())
    condition(zoe, 0, "region", "is", "上海")
    expect(page.locator(".count")).to_have_text("The search did not work.", timeout=SOON)
    expect(page.locator("tbody tr")).to_have_count(0)
    expect(page.locator(".customers .none")).to_be_hidden()
    page.unroute("**/customers/find")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".count")).to_have_text("30 customers", timeout=SOON)
    # Who is there is shown, also when they cannot be counted.
    counts = lambda route: (route.abort() if '"count":true' in (route.request.post_data or "")
                            else route.continue_())
    page.route("**/customers/find", counts)
    page.get_by_role("button", name="Remove this condition").click()
    expect(page.locator(".count")).to_contain_text("At least 50 customers", timeout=SOON)
    expect(page.locator("tbody tr")).to_have_count(50)
