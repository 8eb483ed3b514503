#!/usr/bin/env bash
# All benchmarks of this folder in one command; see --help.
set -euo pipefail
cd "$(dirname "$0")/../.."

case " $* " in
    *" --help "* | *" -h "*) exec python3 -B Tests/Benchmarks/suite/main.py --help ;;
esac
for product in chathub chathub-load scale-benchmark; do
    swift build -c release --product "$product" >&2
done
exec python3 -B Tests/Benchmarks/suite/main.py "$@"
