#!/usr/bin/env bash
# Measures a hub of its own with chathub-load: durable relay at several rates, idle connections, and
# everybody coming back at once.
# Prints a table; the reports as JSON lie in .output/benchmarks. See --help.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
    cat <<'TEXT'
Usage: bash Tests/Benchmarks/relay.sh [--quick] [--pairs N] [--connections N] [RATE]...

Starts a release build of chathub with one worker and a private Redis, the worker pinned to core 0,
Redis and the load client to core 1, and runs `chathub-load relay` at each rate (default 2000 10000
30000 45000 messages a second, 500 pairs, 100-byte texts), then `idle` and `storm`. Every message is
checked for exactly once and in order; a run that breaks a promise fails the benchmark.

  --quick           shorter runs and two rates
  --pairs N         customers, and as many agents (default 500)
  --connections N   of idle and storm (default 5000)

Figures are CPU time from the kernel's accounting. Other work on the machine spoils latencies and
the highest rate, and moves CPU per message by about a third.
TEXT
}

pairs=500 connections=5000 duration=8 warmup=2 rates=()
while [ $# -gt 0 ]; do
    case "$1" in
        --help | -h) usage; exit 0 ;;
        --quick) duration=3 warmup=1 rates=(2000 20000) ;;
        --pairs) pairs="$2"; shift ;;
        --connections) connections="$2"; shift ;;
        [0-9]*) rates+=("$1") ;;
        *) echo "unknown option $1; see --help" >&2; exit 64 ;;
    esac
    shift
done
[ ${#rates[@]} -gt 0 ] || rates=(2000 10000 30000 45000)

swift build -c release --product chathub >/dev/null
swift build -c release --product chathub-load >/dev/null
hub=.build/release/chathub load=.build/release/chathub-load
folder=$(mktemp -d) results=.output/benchmarks
mkdir -p "$results"
parent=""
finish() {
    [ -z "$parent" ] || { kill "$parent" 2>/dev/null; wait "$parent" 2>/dev/null || true; }
    rm -rf "$folder"
}
trap finish EXIT

start_hub() {
    "$load" site --agents "$pairs" >"$folder/load.yaml"
    : >"$folder/hub.log"
    # Nobody of an earlier run may still hold an agent.
    rm -rf "$folder/data"
    CHATHUB_LOG_LEVEL=warning "$hub" serve --site "$folder/load.yaml" --data "$folder/data" \
        --listen 127.0.0.1:0 --links >"$folder/hub.log" 2>&1 &
    parent=$!
    for _ in $(seq 300); do
        address=$(sed -n 's#.*Customer *http://\([0-9.:]*\)/.*#\1#p' "$folder/hub.log")
        [ -n "$address" ] && break
        sleep 0.1
    done
    [ -n "$address" ] || { cat "$folder/hub.log" >&2; exit 1; }
    worker=$(pgrep -P "$parent" -f ' worker ')
    redis=$(pgrep -P "$parent" -f redis-server)
    taskset -pc 0 "$worker" >/dev/null
    taskset -pc 1 "$redis" >/dev/null
}

stop_hub() {
    kill "$parent"
    wait "$parent" || true
    parent=""
}

run() {
    local name="$1"
    shift
    taskset -c 1 "$load" "$@" --url "ws://$address/v1/ws" --pid "hub=$worker" --pid "redis=$redis" \
        --json >"$results/$name.json" || { cat "$results/$name.json" >&2; failed=1; }
}

failed=0
for rate in "${rates[@]}"; do
    start_hub
    run "relay-$rate" relay --secret-file "$folder/data/signing-key" --pairs "$pairs" \
        --rate "$rate" --duration "$duration" --warmup "$warmup"
    stop_hub
done
start_hub
run idle idle --connections "$connections" --duration 10 --connect-rate 20000
stop_hub
start_hub
run storm storm --connections "$connections" --connect-rate 20000
stop_hub

python3 - "$results" "${rates[@]}" <<'PYTHON'
import json, pathlib, sys
folder, rates = pathlib.Path(sys.argv[1]), sys.argv[2:]
print(f"{'relay, messages/s':>18} {'reached':>9} {'p50 ms':>8} {'p99 ms':>8} {'hub us':>7} {'redis us':>8} {'lost':>5}")
for rate in rates:
    r = json.loads((folder / f"relay-{rate}.json").read_text())
    l, c = r["latency_ms"], r["cpu_us_per_message"]
    print(f"{rate:>18} {r['rate']:>9.0f} {l['p50']:>8.2f} {l['p99']:>8.2f} {c['hub']:>7.1f} {c['redis']:>8.1f} {r['lost']:>5}")
r = json.loads((folder / "idle.json").read_text())
print(f"idle: {r['connections']} connections, {r['connects_per_second']:.0f} connects/s, "
      f"{r['bytes_per_connection']['hub']:.0f} bytes and "
      f"{r['cpu_us_per_connection_second']['hub']:.2f} us/s each")
r = json.loads((folder / "storm.json").read_text())
print(f"storm: {r['connections']} dropped, all back after {r['recovery_s']:.2f} s, {r['lost']} missed "
      f"something, {r['cpu_us_per_return']['hub']:.0f} us hub and {r['cpu_us_per_return']['redis']:.0f} us Redis each")
PYTHON
exit $failed
