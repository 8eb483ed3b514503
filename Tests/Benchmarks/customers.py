"""How fast customers are imported, and what they weigh.

    swift build -c release --product chathub
    python3 Tests/Benchmarks/customers.py [--rows 1000000] [--binary .build/release/chathub] [--json]

Starts a hub with a private Redis of its own on loopback, imports a table of made-up customers twice
(all new, then all known), and prints rows a second, the importer's greatest resident memory, and
bytes of Redis a customer. Ends what it started.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SITE = """site: shop
agents:
  anna: { name: Anna }
groups:
  all: { name: All, agents: [anna] }
strategy:
  - name: everybody
    reception: human-only
    plan: [{ to: group, group: all }]
"""


def table(path: pathlib.Path, rows: int) -> None:
    regions = ["上海", "江苏/南京", "浙江/杭州", "北京"]
    with path.open("w", encoding="utf-8") as file:
        file.write("id,dedicated_agent,vip,member,region,orders,last_order\n")
        for n in range(rows):
            file.write(f"u-{n:08},{'anna' if n % 50 == 0 else ''},{n % 11},"
                       f"{'gold' if n % 7 == 0 else 'plain'},{regions[n % 4]},{n % 97},2026-0{1 + n % 9}-15\n")


def wait_for(hub: subprocess.Popen, binary: str, data: str) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit and hub.poll() is None:
        asked = subprocess.run([binary, "versions", "--site", "shop", "--data", data],
                               capture_output=True, check=False)
        if asked.returncode == 0:
            return
        time.sleep(0.1)
    sys.exit("the hub did not come up")


def redis_bytes(data: pathlib.Path) -> int:
    socket = next(data.rglob("*.sock"))
    told = subprocess.run(["redis-cli", "-s", str(socket), "INFO", "memory"],
                          capture_output=True, text=True, check=False).stdout
    for line in told.splitlines():
        if line.startswith("used_memory:"):
            return int(line.split(":")[1])
    return 0


def load(binary: str, path: pathlib.Path, data: pathlib.Path) -> tuple[dict, int]:
    """The report, and the importer's greatest resident memory in KiB."""
    process = subprocess.Popen(
        [binary, "customers", "import", str(path), "--site", "shop", "--json", "--data", str(data)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("the import failed")
    return json.loads(told), usage.ru_maxrss


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--binary", default=str(REPOSITORY / ".build/release/chathub"))
    arguments.add_argument("--json", action="store_true")
    asked, figures = arguments.parse_args(), {}
    with tempfile.TemporaryDirectory(prefix="chathub-customers-") as folder:
        place = pathlib.Path(folder)
        data, site, rows = place / "data", place / "shop.yaml", place / "customers.csv"
        site.write_text(SITE, "utf-8")
        table(rows, asked.rows)
        hub = subprocess.Popen(
            [asked.binary, "serve", "--site", str(site), "--data", str(data),
             "--listen", "127.0.0.1:0", "--workers", "1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(hub, asked.binary, str(data))
            before = redis_bytes(data)
            for what in ("new", "known"):
                report, kilobytes = load(asked.binary, rows, data)
                seconds = report["milliseconds"] / 1000
                figures[f"{what}_rows_per_s"] = round(report["rows"] / seconds)
                figures[f"{what}_importer_mib"] = round(kilobytes / 1024)
                if not asked.json:
                    print(f"{report['loaded']:,} {what} customers in {seconds:.1f} s: "
                          f"{report['rows'] / seconds:,.0f} rows/s, "
                          f"importer at most {kilobytes / 1024:.0f} MiB")
            figures["bytes"] = round((redis_bytes(data) - before) / asked.rows)
            print(json.dumps(figures) if asked.json else f"{figures['bytes']} bytes of Redis a customer")
        finally:
            hub.send_signal(signal.SIGTERM)
            hub.wait(timeout=30)


if __name__ == "__main__":
    main()
