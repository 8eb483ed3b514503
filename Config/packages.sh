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

# What chathub itself is built from and runs with. A Redis server installed here must not occupy
# the usual port of a machine that runs its own: the package's service is not started by us.
HUB_PACKAGES=(
    libwebsockets-dev libwebsockets-evlib-uv libhiredis-dev libuv1-dev redis-server pkg-config
)
