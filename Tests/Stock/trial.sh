#!/usr/bin/env bash
# What depends on the machine, tried in the guest of machine.sh as whoever runs it; a line for each promise.
#
#     trial.sh [PART...]     parts: look deploy memory processes disk commands network database kills many down
#     trial.sh without SETTING                       in the user's namespaces
#     trial.sh --before-cut [SECONDS] | --after-cut
# shellcheck disable=SC2016,SC2317  # parts are called by their names; what is quoted is for another shell
set -uo pipefail
shopt -s nullglob
who=$(id -un)
home=${PAAS_HOME:-$HOME/.local/share/paas}
work=$HOME/trial
failed=0

# A line of the table: the promise, whether it was kept, and if not, what was there.
says() { # PROMISE PATTERN TEXT
    if grep -qE -- "$2" <<<"$3"; then
        printf 'kept    %-5s %s\n' "$who" "$1"
    else
        printf 'BROKEN  %-5s %s\n' "$who" "$1"
        tail -n 15 <<<"$3" | sed 's/^/            | /'
        failed=1
    fi
}

# Until the command prints the pattern, at most so many seconds.
until_says() { # SECONDS PATTERN COMMAND...
    local end=$((SECONDS + $1)) pattern=$2
    shift 2
    while ! text=$("$@" 2>&1) || ! grep -qE -- "$pattern" <<<"$text"; do
        [ $SECONDS -lt "$end" ] || break
        sleep 1
    done
    printf '%s\n' "$text"
}

app_files() {
    mkdir -p "$work/$1"
    cd "$work/$1" || exit
    : >requirements.txt
    echo 'web: python3 server.py' >Procfile
    cat >server.py <<'END'
import http.server, mmap, os, sys
kept = []
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        words = self.path.split("/")
        if words[1] == "hold":
            kept.append(b"x" * (int(words[2]) << 20))
        if words[1] == "shm":
            with open("/dev/shm/it", "wb") as file:
                for _ in range(int(words[2])): file.write(b"x" * (1 << 20))
        if words[1] == "fill":
            with open("/tmp/fill", "wb") as file:
                for _ in range(int(words[2])): file.write(b"x" * (1 << 20))
        body = os.environ.get("GREETING", "here").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *rest): pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
END
    cat >bomb.py <<'END'
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("lit", flush=True)
made = 0
while True:
    try:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        made += 1
    except OSError:
        if made: print("made", made, flush=True)
        made = 0
        time.sleep(0.2)
END
    git init --quiet --initial-branch=main
    git config user.name trial
    git config user.email trial@localhost
    git add --all
    git commit --quiet --message first
}

push() { # APP
    cd "$work/$1" && timeout 300 git push paas main 2>&1
}

get() { # APP PATH [SECONDS]
    [ -n "${port-}" ] || port=$(status port)
    curl --silent --show-error --max-time "${3:-120}" "http://$1.localhost:$port$2" 2>&1
}

status() { paas status --json | python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }

look() {
    # Writing a gigabyte takes its time here.
    PAAS_SCRATCH_LIMIT_MB=64 paas up
    paas status
    paas doctor
    says "the platform starts" "runs in" "$(paas doctor 2>&1)"
}

deploy() {
    if [ -d "$work/first" ]; then paas apps:destroy --app first --confirm first && rm -rf "$work/first"; fi
    app_files first
    says "paas create" 'first' "$(paas create first 2>&1)"
    says "git push deploys" 'Verifying deploy|main -> main' "$(push first)"
    says "the app answers at NAME.localhost" '^here$' "$(get first /)"
    paas ps --extended --app first
}

memory() {
    get first /hold/560 >/dev/null
    says "R14 at the quota" 'Error R14' "$(until_says 60 'Error R14' paas logs --app first --num 50)"
    get first /hold/600 >/dev/null
    says "R15 and SIGKILL at twice the quota" 'Error R15' "$(until_says 60 'Error R15' paas logs --app first --num 50)"
    says "the app comes back" '^here$' "$(until_says 60 '^here$' get first /)"
    get first /shm/560 >/dev/null
    says "what is in /dev/shm counts as memory" 'Error R14' \
        "$(until_says 60 'Error R14' sh -c 'paas logs --app first --num 12')"
    paas ps:restart --app first >/dev/null 2>&1
    until_says 60 '^here$' get first / >/dev/null
}

processes() {
    paas run:detached --app first python3 bomb.py
    says "a fork bomb is held at its limit" 'made [0-9]+' \
        "$(until_says 120 'app.run.*made [0-9]+' paas logs --app first --num 30)"
    says "beside a fork bomb the platform stays usable" '^here$' "$(get first / 20)"
    says "beside a fork bomb a command runs" 'I run' "$(timeout 60 paas run --app first 'echo I run' 2>&1)"
    local name
    name=$(paas ps --app first | grep -oE 'run\.[0-9]+' | head -n 1)
    says "a fork bomb is stopped" 'done|Stopping' "$(timeout 120 paas ps:stop --app first --dyno-name "$name" 2>&1)"
    says "and is gone" '^$' "$(until_says 60 '^0$' sh -c "pgrep -fc '[b]omb.py'" | grep -v '^0$')"
}

disk() {
    paas run --app first 'head -c 100000000 /dev/zero >big; ls -s --block-size=M big' >"$work/disk" 2>&1
    says "a dyno that fills its disk is stopped, or told" 'No space left|quota exceeded|Disk' \
        "$(cat "$work/disk"; paas logs --app first --num 20)"
}

commands() {
    says "ps:exec runs in the dyno" '^/app$' "$(timeout 60 paas ps:exec --app first 'pwd' 2>&1 | tr -d '\r')"
    says "run runs in a dyno of its own" 'run\.[0-9]+' "$(timeout 60 paas run --app first 'echo $DYNO' 2>&1)"
}

network() {
    says "private-network can be had" 'done|nabl' "$(timeout 120 paas features:enable private-network --app first 2>&1)"
    paas ps:restart --app first >/dev/null 2>&1
    says "an app with a network of its own answers" '^here$' "$(until_says 90 '^here$' get first /)"
    paas features:disable private-network --app first >/dev/null 2>&1
}

database() {
    says "heroku-postgresql can be had" 'DATABASE_URL' "$(timeout 300 paas addons:create heroku-postgresql --app first --wait 2>&1)"
    says "its database answers" 'row one' "$(timeout 60 paas pg:psql --app first -c "
        CREATE TABLE t (x text); INSERT INTO t VALUES ('row one'); SELECT x FROM t;" 2>&1)"
}

many() {
    timeout 300 paas ps:scale web=20 --app first
    says "20 dynos are up" '^20$' "$(until_says 240 '^20$' sh -c 'paas ps --app first | grep -c "^web\..* up "')"
    paas ps:scale web=1 --app first >/dev/null 2>&1
}

kills() {
    get first / >/dev/null
    kill -9 "$(status pid)"
    says "requests go on without the daemon" '^here$' "$(get first / 20)"
    says "the next command brings a daemon" 'web\.1: up' "$(paas ps --app first 2>&1)"
    kill -9 "$(status router_pid)"
    says "the router is started again" '^here$' "$(until_says 30 '^here$' get first / 20)"
    kill -9 "$(pgrep -u "$who" -x paas-dyno | head -n 1)"
    says "a dyno whose shim was killed comes back" '^here$' "$(until_says 60 '^here$' get first / 20)"
    # All of them at once.
    # shellcheck disable=SC2046
    kill -9 "$(status pid)" "$(status router_pid)" $(pgrep -u "$who" -x paas-dyno)
}

# What paas may never leave.
left() {
    pgrep -u "$who" -a '^paas|pasta' | sed 's/^/process /'
    grep -E 'paas' /proc/self/mountinfo | sed 's/^/mount /'
    if [ "$who" = root ]; then losetup -a 2>/dev/null | sed 's/^/loop /'; fi
    find /sys/fs/cgroup -type d -user "$who" -name 'paas*' ! -name '*.service' ! -name '*.scope' | sed 's/^/group /'
    find "$home/run" -mindepth 1 \( -type s -o -path '*/dynos/*' \) 2>/dev/null | sed 's/^/file /'
    find "$home" -type s 2>/dev/null | sed 's/^/socket /'
}

down() {
    timeout 120 paas down
    sleep 2
    says "after paas down nothing is left" '^nothing$' "$(left | grep . || echo nothing)"
}

# Where namespaces are forbidden: apps run all the same, and it is said what would mend it.
without() { # SETTING
    paas down
    deploy
    says "the level is L3" 'level L3' "$(paas doctor)"
    says "doctor names the setting" "sudo sysctl $1=" "$(paas doctor)"
    down
}

before_cut() {
    paas up
    [ -d "$work/first" ] || deploy
    paas config:set GREETING=before --app first
    cd "$work/first" && git commit --quiet --allow-empty --message second
    push first | tail -n 3
    git rev-parse HEAD >"$work/head"
    paas releases --app first | head -n 3
    (
        n=0
        while n=$((n + 1)); do
            paas config:set COUNT=$n --app first >/dev/null 2>&1 && echo $n >"$work/count" && sync "$work/count"
            timeout 20 paas pg:psql --app first -c "INSERT INTO t VALUES ('n$n')" >/dev/null 2>&1 \
                && echo $n >"$work/row" && sync "$work/row"
        done
    ) >/dev/null 2>&1 &
    sleep "${1:-25}"
    cat "$work/count" "$work/row"
    sync "$work/head"
}

after_cut() {
    says "after a power cut paas up starts" 'Apps answer' "$(paas up 2>&1)"
    says "the app answers with its config" '^before$' "$(until_says 120 '^before$' get first /)"
    local count row
    count=$(paas config:get COUNT --app first)
    row=$(paas pg:psql --app first -c "SELECT max(substr(x, 2)::int) FROM t WHERE x LIKE 'n%'" 2>&1 | grep -E '^ *[0-9]+ *$' | tr -d ' ')
    says "config that was acknowledged is there ($(cat "$work/count"), is $count)" yes \
        "$([ "${count:-0}" -ge "$(cat "$work/count")" ] && echo yes)"
    says "rows that were acknowledged are there ($(cat "$work/row"), is $row)" yes \
        "$([ "${row:-0}" -ge "$(cat "$work/row")" ] && echo yes)"
    cd "$work/first" || exit
    says "the branch that was pushed is there" "$(cat "$work/head")" "$(git ls-remote paas main 2>&1)"
}

mkdir -p "$work"
case "${1-}" in
without) without "$2" ;;
--before-cut) before_cut "${@:2}" ;;
--after-cut) after_cut ;;
*)
    parts=("$@")
    [ ${#parts[@]} -gt 0 ] || parts=(look deploy memory processes disk commands network database many kills down)
    for part in "${parts[@]}"; do "$part"; done
    ;;
esac
exit $failed
