#!/usr/bin/env bash
# Runs the Autobahn conformance cases (PyPI kosoku, pinned) against Tests/EchoServer, which is this
# project's own server with RFC close codes: once with queued writes, once with direct ones.
#
#     bash Tests/autobahn.sh [folder for the reports]
#
# Fails on any case that fails or turns non-strict and is not in the lists below. Groups 12 and 13
# (compression) are left out: the hub declines permessage-deflate. The handshake and masking are
# not covered by these cases; Tests/WebSocketsTests does the handshake.
set -euo pipefail
cd "$(dirname "$0")/.."

reports=${1:-$(mktemp -d)}
tools=${CHATHUB_TOOLS:-.build/tools}
python=$tools/autobahn/bin/python

if [ ! -x "$python" ]; then
    python3 -m venv "$tools/autobahn"
    "$python" -m pip install --quiet kosoku==0.1.0
fi
swift build --product EchoServer
binary=$(swift build --show-bin-path)/EchoServer

server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi' EXIT

# Usage: run_cases MODE "cases that may fail" "cases that may be non-strict"
run_cases() {
    local mode=$1 ready
    coproc ECHO { exec "$binary" 0 "$mode"; }
    server=$ECHO_PID
    read -r -t 10 _ ready <&"${ECHO[0]}"
    "$tools/autobahn/bin/kosoku" -x '12.*' -x '13.*' -p 2 -o "$reports/$mode" "127.0.0.1:$ready" \
        >"$reports/$mode.log" || true
    kill "$server"
    wait "$server" || true
    server=
    "$python" - "$reports/$mode/index.json" "$mode" "$2" "$3" <<'PYTHON'
import json, sys
path, mode, may_fail, may_be_loose = sys.argv[1], sys.argv[2], sys.argv[3].split(), sys.argv[4].split()
[cases] = json.load(open(path)).values()
bad = []
for name, case in cases.items():
    verdicts = {case["behavior"], case["behaviorClose"]} - {"OK", "INFORMATIONAL"}
    if verdicts == {"NON-STRICT"} and name in may_be_loose: continue
    if verdicts and name not in may_fail: bad.append(f"{name} {sorted(verdicts)}")
print(f"autobahn {mode}: {len(cases)} cases, {len(bad)} unexpected" + "".join("\n  " + b for b in bad))
sys.exit(1 if bad or len(cases) < 300 else 0)
PYTHON
}

# 2.10 and 2.11 send ten pings at once, or nearly, and want ten pongs; RFC 6455 5.5.3 lets one be
# answered alone. The non-strict ones send good and bad frames in one packet and want the echo of
# the good one before the connection fails. Whether 2.11, 3.4 and 4.1.5 (bytes sent one by one) are
# among them is a matter of timing.
loose="3.2 3.3 3.4 4.1.3 4.1.4 4.1.5 4.2.3 4.2.4 4.2.5 5.15"
run_cases queued "2.10 2.11" "$loose"
# With direct writes a pong may leave after the message that followed its ping (RFC 6455 5.5.2
# asks for it "as soon as is practical"); these cases want it before.
run_cases direct "2.10 2.11 5.6 5.7 5.8 5.19 5.20" "$loose"
