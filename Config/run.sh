#!/usr/bin/env bash
# Installs what is missing, builds chathub and serves the demo shop until Ctrl-C.
set -euo pipefail
caller="$PWD"
cd "$(dirname "$0")/.."
source Config/packages.sh

usage() {
    cat <<'TEXT'
Usage: bash Config/run.sh [OPTION]...

Installs the Debian packages chathub needs, builds it in release mode and starts it with the demo
site on http://127.0.0.1:8080. It prints the customer page, on a terminal a signed link for each agent and
for the supervisor of the first site, and how to stop. The first run builds for some minutes; later ones
take seconds. The programs are then .build/release/chathub and .build/release/chathub-load.

  --port N          the port on 127.0.0.1 (default 8080)
  --listen H:P      or the whole address to listen on
  --workers N       worker processes, one per core you want to use (default 1)
  --data DIR        where keys, the private Redis and its data lie (default .data in the checkout)
  --site FILE       your site instead of the demo shop; may be repeated
  --config FILE     your node settings instead of Config/chathub.yaml
  --redis URL       a Redis of yours instead of a private one
  --web DIR         serve the pages from this folder
  --print-tokens    print the signed links also when the output is not a terminal
  --help            this text

A relative path is meant from where you are. More: `.build/release/chathub serve --help`.
TEXT
}

# A path as the caller means it, for a program that runs in the checkout.
from_caller() { case "$1" in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$caller" "$1" ;; esac; }

refuse() { echo "$1; see --help" >&2; exit 64; }

listen=127.0.0.1:8080
workers=1
data=.data
config=Config/chathub.yaml
sites=()
rest=()
while [ $# -gt 0 ]; do
    name="$1"
    case "$name" in
        --help | -h) usage; exit 0 ;;
        --links) shift; continue ;;
        --print-tokens) rest+=(--print-tokens); shift; continue ;;
        --*=*) name="${1%%=*}"; set -- "$name" "${1#*=}" "${@:2}" ;;
    esac
    case "$name" in
        --port | --listen | --workers | --data | --site | --config | --redis | --web) ;;
        *) refuse "unknown option $name" ;;
    esac
    [ $# -ge 2 ] || refuse "$name needs a value"
    case "$name" in
        --port) listen="127.0.0.1:$2" ;;
        --listen) listen="$2" ;;
        --workers) workers="$2" ;;
        --data) data="$(from_caller "$2")" ;;
        --site) sites+=(--site "$(from_caller "$2")") ;;
        --config) config="$(from_caller "$2")" ;;
        --redis) rest+=(--redis "$2") ;;
        --web) rest+=(--web "$(from_caller "$2")") ;;
    esac
    shift 2
done
for file in "$config" ${sites[@]+"${sites[@]}"}; do
    [ "$file" = --site ] || [ -f "$file" ] || refuse "there is no file $file"
done
[ ${#sites[@]} -gt 0 ] || sites=(--site Config/sites/demo.yaml)

install_packages "${HUB_PACKAGES[@]}"
require_swift
build_with_progress "chathub (release)" -c release --product chathub
build_with_progress "chathub-load (release)" -c release --product chathub-load
echo "They are in $PWD/.build/release"
exec .build/release/chathub serve --config "$config" "${sites[@]}" \
    --listen "$listen" --workers "$workers" --data "$data" --links ${rest[@]+"${rest[@]}"}
