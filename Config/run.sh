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
for the supervisor of the first site, and how to stop. The first run builds for 4 to 7 minutes on two
cores and tells every ten seconds how far it is; later ones take seconds. The programs are then .build/release/chathub and .build/release/chathub-load.

  --port N          the port on 127.0.0.1, 1 to 65535, or 0 for a free one (default 8080)
  --listen H:P      or the whole address to listen on, such as 0.0.0.0:8080 or [::1]:8080
  --workers N       worker processes, 1 to 64, one per core you want to use (default 1)
  --data DIR        where keys, the private Redis and its data lie (default .data in the checkout)
  --site FILE       your site instead of the demo shop; may be repeated
  --config FILE     your node settings instead of Config/chathub.yaml
  --redis URL       a Redis of yours instead of a private one: redis://[user:password@]host:port/db
                    or unix:///path
  --web DIR         serve the pages from this folder
  --print-tokens    print the signed links also when the output is not a terminal
  --help            this text

A relative path is meant from where you are. More: `.build/release/chathub serve --help`.
TEXT
}

# A path as the caller means it, for a program that runs in the checkout.
from_caller() { case "$1" in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$caller" "$1" ;; esac; }

refuse() { echo "$1; --help tells more" >&2; exit 64; }

OPTIONS="--port --listen --workers --data --site --config --redis --web --print-tokens --help"

# Whether the value is a whole number from $2 to $3, without more digits than the largest has.
is_number() { [[ $1 =~ ^[0-9]+$ ]] && [ ${#1} -le ${#3} ] && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }

# Looks at what an option was given, as the hub will, before minutes go into a build.
check_value() {
    local name="$1" value="$2" allowed=""
    case "$name" in
        --port) is_number "$value" 0 65535 || allowed="a port from 1 to 65535, or 0 for a free one" ;;
        --listen)
            [[ $value =~ ^([^][:/@[:space:]]+|\[[^][/@[:space:]]+\]):([0-9]+)$ ]] \
                && is_number "${BASH_REMATCH[2]}" 0 65535 \
                || allowed="HOST:PORT, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080" ;;
        --workers) is_number "$value" 1 64 || allowed="a number of processes from 1 to 64" ;;
        --data)
            local folder; folder="$(from_caller "$value")"
            [ -n "$value" ] && { [ -d "$folder" ] || [ ! -e "$folder" ]; } \
                || allowed="a folder, which is made if it is not there" ;;
        --web) [ -d "$(from_caller "$value")" ] || allowed="a folder that is there" ;;
        --redis)
            # It may hold a password, so it is not said again.
            [[ $value =~ ^(redis|unix):// ]] || refuse \
                "--redis is not allowed to be this; allowed: redis://[user:password@]host:port/db or unix:///path" ;;
        --site | --config)
            local file; file="$(from_caller "$value")"
            [ -e "$file" ] || refuse "$name: there is no file $file"
            [ -f "$file" ] || allowed="a file in YAML" ;;
    esac
    [ -z "$allowed" ] || refuse "$name is given '$value'; allowed: $allowed"
}

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
        -*) refuse "unknown option $name; there are: $OPTIONS" ;;
        *) refuse "'$name' is no option; there are: $OPTIONS" ;;
    esac
    [ $# -ge 2 ] || refuse "$name needs a value"
    check_value "$name" "$2"
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
[ ${#sites[@]} -gt 0 ] || sites=(--site Config/sites/demo.yaml)

install_packages "${HUB_PACKAGES[@]}"
require_swift
build_with_progress "chathub (release)" -c release --product chathub
build_with_progress "chathub-load (release)" -c release --product chathub-load
echo "They are in $PWD/.build/release"
exec .build/release/chathub serve --config "$config" "${sites[@]}" \
    --listen "$listen" --workers "$workers" --data "$data" --links ${rest[@]+"${rest[@]}"}
