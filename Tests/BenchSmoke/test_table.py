"""The benchmarks' table: what is compared, and what counts as better."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Benchmarks/suite"))

import budgets  # noqa: E402
import main  # noqa: E402
import parts  # noqa: E402


def test_a_cost_is_compared_by_its_ratio_and_a_rate_upside_down():
    stored = {"store.10000.match_us": {"value": 100, "ratio": 1.0},
              "customers.new_rows_per_s": {"value": 1_000, "ratio": 100}}
    # Twice the microseconds in an hour in which everything takes twice as long: nothing changed.
    assert main.change("store.10000.match_us", {"value": 200, "ratio": 1.0}, stored) == "+0 %"
    assert main.change("customers.new_rows_per_s", {"value": 900, "ratio": 50}, stored) == "+50 %"
    assert main.change("unknown", {"value": 1}, stored) == ""


def test_verdicts_know_which_way_is_better():
    assert budgets.verdict("idle.connects_per_s", 12_000) == "goal"
    assert budgets.verdict("idle.connects_per_s", 5_000) == "landing"
    assert budgets.verdict("idle.connects_per_s", 3_000) == "missed"
    assert budgets.verdict("idle.cpu_us_per_s", 0.5) == "goal"
    assert budgets.verdict("idle.cpu_us_per_s", 6) == "missed"
    assert budgets.verdict("storm.hub_us", 1) == ""


def test_enqueue_and_match_are_judged_together():
    seen = main.with_sums({"store.10000.enqueue_us": 60.0, "store.10000.match_us": 80.0})
    assert seen["store.10000.enqueue_match_us"] == 140.0
    assert budgets.verdict("store.10000.enqueue_match_us", 140.0) == "landing"


def test_every_budget_names_a_figure_of_a_part():
    known = {"tick": "hub"}
    for figure in budgets.BUDGETS:
        part = figure.split(".")[0]
        assert known.get(part, part) in parts.ALL, figure


def test_a_table_shows_what_is_stored_beside_what_is_seen():
    figures = {"idle.bytes": {"value": 3_300.0}}
    text = main.table(figures, {"idle.bytes": {"value": 3_000.0}})
    assert text.splitlines()[1].split() == ["idle.bytes", "3,300", "3,000", "+10", "%", "8,192",
                                            "3,072", "landing"]
