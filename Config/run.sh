#!/usr/bin/env bash
# Installs what is missing, builds chathub and serves the demo shop until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
source Config/packages.sh

usage() {
    cat <<'TEXT'
Usage: bash Config/run.sh [--port N] [--workers N] [--data DIR] [OPTION OF chathub serve]...

Installs the Debian packages chathub needs, builds it in release mode and starts it with the demo
site on http://127.0.0.1:8080. It prints the customer page, a signed link for each demo agent and
for the supervisor, and how to stop. The first run builds for some minutes; later ones take seconds.

  --port N      the port on 127.0.0.1 (default 8080)
  --workers N   worker processes, one per core you want to use (default 1)
  --data DIR    where keys, the private Redis and its data lie (default .data in the checkout)
  --help        this text

Everything else goes to `chathub serve`: see `.build/release/chathub serve --help`.
TEXT
}

port=8080
workers=1
data=.data
rest=()
while [ $# -gt 0 ]; do
    case "$1" in
        --help | -h) usage; exit 0 ;;
        --port | --workers | --data)
            [ $# -ge 2 ] || { echo "$1 needs a value; see --help" >&2; exit 64; }
            case "$1" in
                --port) port="$2" ;;
                --workers) workers="$2" ;;
                --data) data="$2" ;;
            esac
            shift 2 ;;
        *) rest+=("$1"); shift ;;
    esac
done

install_packages "${HUB_PACKAGES[@]}"
require_swift
echo "Building chathub (release) ..."
swift build -c release --product chathub
exec .build/release/chathub serve --config Config/chathub.yaml --site Config/sites/demo.yaml \
    --listen "127.0.0.1:$port" --workers "$workers" --data "$data" --links ${rest[@]+"${rest[@]}"}
