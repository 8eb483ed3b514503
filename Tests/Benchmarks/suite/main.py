"""All benchmarks in one command: bash Tests/Benchmarks/run.sh

Each part starts servers of its own on loopback and ends them. Every figure is shown as it is and as
a ratio to a calibration loop run before and after its part; the ratio is what is compared with the
stored figures, because machines are shared and noisy. Progress goes to standard error.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import budgets
import calibration
import parts
from measured_hub import ROOT, Broken

STORED = pathlib.Path(__file__).resolve().parents[1] / "figures.json"


def measure(names, quick: bool) -> tuple[dict, bool]:
    """figure -> {"value", "ratio"}, without a ratio for what is no cost; and whether every part
    came to its end. What a part had measured before it broke is shown."""
    figures, began, is_whole = {}, time.monotonic(), True
    for name in names:
        print(f"[{time.monotonic() - began:4.0f} s] {name}: {parts.ALL[name].__doc__}",
              file=sys.stderr, flush=True)
        before, seen = calibration.milliseconds(), {}
        try:
            for figure, value in parts.ALL[name](quick):
                seen[figure] = value
        except Broken as error:
            is_whole = False
            print(f"{name} failed: {error}", file=sys.stderr)
        unit = (before + calibration.milliseconds()) / 2
        for figure, value in with_sums(seen).items():
            figures[figure] = {"value": value}
            if budgets.is_cost(figure):
                ratio = value * unit if budgets.is_rate(figure) else value / unit
                figures[figure]["ratio"] = float(f"{ratio:.4g}")
    return figures, is_whole


def with_sums(seen: dict) -> dict:
    """Adds what the budgets count together: an enqueue and the match that ends its wait."""
    sums = {}
    for figure, value in seen.items():
        sums[figure] = value
        other = figure.removesuffix("match_us") + "enqueue_us"
        if figure.endswith(".match_us"):
            sums[figure.removesuffix("match_us") + "enqueue_match_us"] = value + seen[other]
    return sums


def change(figure: str, now: dict, stored: dict) -> str:
    """How much worse (+) or better (-) than stored, by ratio where there is one."""
    then = stored.get(figure)
    if not then:
        return ""
    key = "ratio" if "ratio" in now and "ratio" in then else "value"
    if not then[key]:
        return ""
    percent = 100 * (now[key] / then[key] - 1)
    return f"{-percent if budgets.is_rate(figure) else percent:+.0f} %"


def table(figures: dict, stored: dict) -> str:
    rows = [("figure", "seen", "ratio", "stored", "worse by", "landing", "goal", "met")]
    for figure, now in figures.items():
        landing, goal = budgets.BUDGETS.get(figure, (None, None))
        rows.append((
            figure, shown(now["value"]), shown(now.get("ratio")),
            shown(stored.get(figure, {}).get("value")), change(figure, now, stored),
            shown(landing), shown(goal), budgets.verdict(figure, now["value"])))
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join("  ".join(
        text.ljust(width) if k == 0 else text.rjust(width)
        for k, (text, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def shown(value) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def commit() -> str:
    return subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
                          capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    asked = argparse.ArgumentParser(
        prog="run.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("part", nargs="*", help=f"any of: {' '.join(parts.ALL)} (default: all)")
    asked.add_argument("--quick", action="store_true",
                       help="smaller and shorter, under three minutes; compared with nothing stored")
    asked.add_argument("--json", action="store_true", help="figures as one JSON object")
    asked.add_argument("--store", action="store_true",
                       help="keep these figures in Tests/Benchmarks/figures.json")
    options = asked.parse_args()
    unknown = [name for name in options.part if name not in parts.ALL]
    if unknown:
        asked.error(f"no part {' '.join(unknown)}; there are {' '.join(parts.ALL)}")
    if options.quick and options.store:
        asked.error("--quick measures smaller things: store what a whole run shows")

    kept = json.loads(STORED.read_text()) if STORED.exists() else {"figures": {}}
    figures, is_whole = measure(options.part or parts.ALL, options.quick)
    if options.json:
        print(json.dumps({"commit": commit(), "figures": figures}, indent=1))
    else:
        print(table(figures, {} if options.quick else kept["figures"]))
    if options.store:
        merged = {"commit": commit(), "figures": {**kept["figures"], **figures}}
        STORED.write_text(json.dumps(merged, indent=1) + "\n")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
