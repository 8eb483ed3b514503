# What the machine must have; sourced by Config/run.sh and Tests/run.sh.

# Installs the Debian packages named that are not there yet; needs root or sudo for that.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok' \
            || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing: ${missing[*]}" >&2
            echo "Install them as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]} ..."
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Ends with a word on where Swift comes from when it is not there.
require_swift() {
    if ! command -v swift >/dev/null; then
        echo "Swift 6.3 is missing. Get it from https://www.swift.org/install/linux/" >&2
        echo "(Debian 12 build; unpack it and put its usr/bin first in PATH), then run this again." >&2
        return 1
    fi
}

# Builds with `swift build` and the arguments behind the title. The compiler says nothing for minutes
# where no terminal is, so a line every ten seconds tells what is built, how far it is, and for how
# long; errors and warnings come as they are. A build that has nothing to do says one line.
build_with_progress() {
    local title="$1" log status began=$SECONDS told=0 builder step products=.build/debug
    shift
    log="$(mktemp)"
    case " $* " in *" -c release "*) products=.build/release ;; esac
    if [ -e "$products/chathub" ]; then
        echo "Building $title ..."
    else
        echo "Building $title for the first time: 4 to 7 minutes on two cores ..."
    fi
    swift build "$@" >"$log" 2>&1 &
    builder=$!
    # Whoever stops this script stops the build.
    trap 'kill "$builder" 2>/dev/null' INT TERM
    while kill -0 "$builder" 2>/dev/null; do
        sleep 1
        [ $((SECONDS - began - told)) -ge 10 ] || continue
        told=$((SECONDS - began))
        # `[12/345] Compiling Routing Strategy.swift`, with carriage returns between on a terminal.
        step="$(tr '\r' '\n' <"$log" | grep -E '^\[[0-9]+/[0-9]+\]' | tail -n 1 | cut -c 1-70 || true)"
        echo "  $title, $told s: ${step:-reading the packages}"
    done
    wait "$builder" && status=0 || status=$?
    trap - INT TERM
    if [ "$status" -ne 0 ]; then cat "$log" >&2; else grep -E 'warning: ' "$log" >&2 || true; fi
    if [ -n "${BUILD_LOG:-}" ]; then cat "$log" >>"$BUILD_LOG"; fi
    rm -f "$log"
    [ "$status" -ne 0 ] || echo "  $title: built in $((SECONDS - began)) s"
    return "$status"
}

# What chathub itself is built from and runs with. A Redis server installed here must not occupy
# the usual port of a machine that runs its own: the package's service is not started by us.
HUB_PACKAGES=(
    libwebsockets-dev libwebsockets-evlib-uv libhiredis-dev libuv1-dev redis-server pkg-config
)
