#!/usr/bin/env bash
# Measures what needs nothing but the built programs; Benchmarks/router has its own script and needs its peers.
#
#     Benchmarks/run.sh BUILT
set -euo pipefail
built=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
apps=(python flask)
if command -v node >/dev/null; then apps+=(node); fi
if command -v swift >/dev/null; then apps+=(swift); fi
python3 "$here/cli/cli.py" "$built"
python3 "$here/push/push.py" "$built" --apps "${apps[@]}"
python3 "$here/dyno/failures.py" "$built"
python3 "$here/dyno/failures.py" "$built" --web 3 --rounds 10
if command -v redis-server >/dev/null && [ -d /usr/lib/postgresql ]; then python3 "$here/addons/addons.py" "$built"; fi
python3 "$here/addons/search.py" "$built"
python3 "$here/addons/mail.py" "$built"
# What starts dynos without a daemon is a test's program, and not among those that are installed.
if [ -x "$built/dyno-owner" ]; then
    for part in start crowd logs; do python3 "$here/dyno/$part.py" "$built"; done
fi
