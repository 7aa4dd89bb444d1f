#!/usr/bin/env bash
# Measures paas-router: a platform of its own, and backend.c as an app with two web dynos on the load core, which the
# other proxies pass their requests to as well.
#
#     Benchmarks/router/run.sh BUILT [options of bench.sh]
set -euo pipefail
built=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(mktemp -d)
export PAAS_HOME=$root/home PATH=$built:$PATH
export GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@localhost GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@localhost
trap 'paas down >/dev/null 2>&1 || true; rm -rf "$root"' EXIT

mkdir "$root/bench" && cd "$root/bench"
cc -O2 -static -o backend "$here/backend.c"
# shellcheck disable=SC2016  # The dyno's shell expands it.
echo 'web: exec taskset -c 1 ./backend $PORT' >Procfile
touch requirements.txt
git init --quiet --initial-branch=main
git add --all
git commit --quiet --message "The origin"
paas up --port 18080
paas create bench
git push --quiet paas main
paas ps:scale web=2

router=$(paas status --json | sed -nE 's/.*"router_pid": *([0-9]+).*/\1/p')
# Every proxy gets the same two dynos: what it costs to run in one is the same for all.
ports=$(paas ps --extended --json | grep -oE '"port": *[0-9]+' | grep -oE '[0-9]+')
origins=$(for port in $ports; do ss -ltnpH "sport = :$port" | grep -oE 'pid=[0-9]+' | head -1 | cut -d= -f2; done)
"$here/bench.sh" --proxy 127.0.0.1:18080 --host bench.localhost --name paas --pid "$router" \
    --backends "${ports//$'\n'/ }" --origins "${origins//$'\n'/ }" "$@"
