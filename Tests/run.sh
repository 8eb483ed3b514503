#!/usr/bin/env bash
# Installs what the tests need, builds, and runs every suite. See --help.
set -uo pipefail
cd "$(dirname "$0")/.."
source Config/packages.sh

ALL_SUITES=(swift store protocol node stories faults autobahn browser bench)
FAST_SUITES=(swift store protocol node stories)

usage() {
    cat <<TEXT
Usage: bash Tests/run.sh [--fast] [SUITE]...

Suites, in order: ${ALL_SUITES[*]}.
  swift      unit tests of the rooms and the house rules
  store      one suite on the in-memory and the Redis store
  protocol   every vector against its JSON Schema
  node       the pages' modules under Node.js
  stories    black-box stories on the real hub over real sockets
  faults     the stories that kill, freeze and starve processes
  autobahn   the WebSocket conformance cases
  browser    the pages in real Chromium
  bench      a short run of the load client
Without a name all of them run; --fast runs ${FAST_SUITES[*]} without their long parts.
Logs are in .output/tests/. Ends with a line per suite and the sum; exit code 0 when nothing failed.
TEXT
}

fast=0
suites=()
while [ $# -gt 0 ]; do
    case "$1" in
        --help | -h) usage; exit 0 ;;
        --fast) fast=1 ;;
        -*) echo "unknown option $1; see --help" >&2; exit 64 ;;
        *)
            case " ${ALL_SUITES[*]} " in
                *" $1 "*) suites+=("$1") ;;
                *) echo "no suite $1; there are: ${ALL_SUITES[*]}" >&2; exit 64 ;;
            esac ;;
    esac
    shift
done
if [ ${#suites[@]} -eq 0 ]; then
    if [ $fast -eq 1 ]; then suites=("${FAST_SUITES[@]}"); else suites=("${ALL_SUITES[@]}"); fi
fi

output=.output/tests
mkdir -p "$output"
export SWIFT_BACKTRACE=enable=no
export CHATHUB="$PWD/.build/debug/chathub" LOAD_CLIENT="$PWD/.build/debug/chathub-load"
export PYTHONDONTWRITEBYTECODE=1
python="$PWD/.venv/bin/python"

wants() { case " ${suites[*]} " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# The pages' modules and the vectors need nothing of Swift, and the modules not even Python's packages.
needs_swift() { for suite in "${suites[@]}"; do [[ $suite = node || $suite = protocol ]] || return 0; done; return 1; }
needs_python() { for suite in "${suites[@]}"; do [ "$suite" = node ] || return 0; done; return 1; }

prepare() {
    local packages=()
    needs_swift && packages+=("${HUB_PACKAGES[@]}" iproute2)
    needs_python && packages+=(python3-venv)
    wants node && ! command -v node >/dev/null && packages+=(nodejs)
    wants browser && packages+=(chromium)
    install_packages ${packages[@]+"${packages[@]}"} || return 1
    needs_python || return 0
    [ -x "$python" ] || python3 -m venv .venv || return 1
    if ! cmp -s Tests/requirements.txt .venv/installed.txt; then
        "$python" -m pip install -q --disable-pip-version-check -r Tests/requirements.txt \
            && cp Tests/requirements.txt .venv/installed.txt || return 1
    fi
    needs_swift || return 0
    require_swift || return 1
    : >"$output/build.log"
    BUILD_LOG="$output/build.log" build_with_progress "chathub and its tests (debug)" --build-tests \
        && swift build >>"$output/build.log" 2>&1
}

# Runs a command into a suite's log, with a time limit, in seconds.
logged() {
    local suite="$1" limit="$2"
    shift 2
    timeout -k 20 "$limit" "$@" >>"$output/$suite.log" 2>&1
}

swift_tests() {
    local suite="$1"
    shift
    rm -f "$output/$suite"*.xml
    logged "$suite" 600 swift test --skip-build --xunit-output "$output/$suite.xml" "$@"
}

python_tests() {
    local suite="$1" limit="$2" folder="$3"
    shift 3
    rm -f "$output/$suite.xml"
    logged "$suite" "$limit" "$python" -m pytest "$folder" -q -p no:cacheprovider \
        --junitxml "$output/$suite.xml" "$@"
}

run_swift() { swift_tests swift --skip RedisStoreTests --skip RedisTests; }
run_store() { swift_tests store --filter RedisStoreTests --filter RedisTests; }
run_protocol() { python_tests protocol 120 Tests/ProtocolFolder; }
run_stories() {
    local marks="not fault"
    [ $fast -eq 1 ] && marks="not fault and not slow"
    python_tests stories 900 Tests/Stories -m "$marks" -n 3 --dist loadfile
}
run_faults() { python_tests faults 600 Tests/Stories -m fault -n 2; }
run_autobahn() {
    mkdir -p "$output/autobahn"
    CHATHUB_TOOLS="$PWD/.venv/tools" logged autobahn 400 bash Tests/autobahn.sh "$output/autobahn"
    local status=$?
    # One line a write mode: `autobahn queued: 301 cases, 0 unexpected`.
    python3 - "$output" <<'PYTHON'
import pathlib, re, sys
folder = pathlib.Path(sys.argv[1])
cases = ""
for mode, total, bad in re.findall(r"autobahn (\w+): (\d+) cases, (\d+) unexpected",
                                   (folder / "autobahn.log").read_text()):
    cases += f'<testcase name="{mode}"/>' * (int(total) - int(bad))
    cases += f'<testcase name="{mode}"><failure/></testcase>' * int(bad)
(folder / "autobahn.xml").write_text(f"<testsuite>{cases}</testsuite>")
PYTHON
    return $status
}
run_browser() { python_tests browser 1200 Tests/Browser -n 2 --dist loadfile; }
run_bench() { python_tests bench 400 Tests/BenchSmoke; }
run_node() {
    logged node 120 node --test --test-reporter=junit --test-reporter-destination="$output/node.xml" \
        --test-reporter=spec --test-reporter-destination=stdout $(node_tests)
}
node_tests() { grep -rls --include='*.mjs' --include='*.js' 'node:test' Tests/WebTests; }

# A suite whose folder is not in the tree is named as absent, and counts as nothing.
is_there() {
    case "$1" in
        protocol) [ -d Tests/ProtocolFolder ] ;;
        node) [ -n "$(node_tests)" ] ;;
        autobahn) [ -f Tests/autobahn.sh ] ;;
        browser) [ -d Tests/Browser ] ;;
        bench) [ -d Tests/BenchSmoke ] ;;
        store) [ -d Tests/RedisStoreTests ] || [ -d Tests/RedisTests ] ;;
        *) return 0 ;;
    esac
}

# Prints "passed failed" from the JUnit files of a suite, or from its log when a crash left none. A
# run that ended badly, or without any test, is one failure at least.
count() {
    python3 - "$output" "$1" "$2" <<'PYTHON'
import glob, re, sys
import xml.etree.ElementTree as tree
folder, suite, status = sys.argv[1:]
passed = failed = 0
for path in glob.glob(f"{folder}/{suite}*.xml"):
    try:
        cases = list(tree.parse(path).iter("testcase"))
    except tree.ParseError:
        cases = []
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" not in kinds:
            passed += 1
if passed + failed == 0:
    log = open(f"{folder}/{suite}.log", encoding="utf-8", errors="replace").read()
    passed = len(re.findall(r"^✔ Test (?!run )", log, re.M))
    failed = len(re.findall(r"^✘ Test (?!run ).* failed after", log, re.M))
    begun = re.findall(r"^◇ Test (?!run |case )(.*?) started", log, re.M)
    ended = set(re.findall(r"^[✔✘] Test (.*?)(?: with \d+ test cases?)? (?:passed|failed) after", log, re.M))
    for name in begun:
        if name not in ended:
            print(f"never ended: {name}", file=sys.stderr)
if status != "0" and failed == 0 or passed + failed == 0:
    failed += 1
print(passed, failed)
PYTHON
}

began=$SECONDS
prepare || {
    echo "Could not prepare; see above and $output/build.log"
    echo "0 passed, 1 failed"
    exit 1
}

lines=()
all_passed=0
all_failed=0
for suite in "${ALL_SUITES[@]}"; do
    wants "$suite" || continue
    if ! is_there "$suite"; then
        lines+=("$(printf '%-9s  not in the tree' "$suite")")
        continue
    fi
    echo "== $suite"
    : >"$output/$suite.log"
    start=$SECONDS
    "run_$suite"
    status=$?
    read -r passed failed <<<"$(count "$suite" "$status")"
    line=$(printf '%-9s %5d passed %4d failed %5d s' "$suite" "$passed" "$failed" $((SECONDS - start)))
    if [ "$failed" -gt 0 ]; then
        line+="   read $output/$suite.log; again: bash Tests/run.sh $suite"
        grep -vE '^(◇|✔)' "$output/$suite.log" | tail -n "${TAIL:-60}"
    fi
    lines+=("$line")
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
done

echo
printf '%s\n' "${lines[@]}"
echo "took $((SECONDS - began)) s"
echo "$all_passed passed, $all_failed failed"
[ "$all_failed" -eq 0 ]
