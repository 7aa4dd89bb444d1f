#!/usr/bin/env bash
# The main job, typed as a person would type it: deploy Examples/webchecker with git push, and ask it for /hello.
#
#     scripts/demo.sh BUILT      BUILT holds the four programs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/say.sh

built=$1
app=webchecker
PATH=$built:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Shows a command as a person types it, then runs it.
typed() {
    printf '\n$ %s\n' "$*"
    "$@"
}

cp -R "Examples/$app" "$scratch/$app"
cd "$scratch/$app"
# Whoever has never told git a name can run this too.
export GIT_AUTHOR_NAME="paas demo" GIT_AUTHOR_EMAIL=demo@localhost
export GIT_COMMITTER_NAME="paas demo" GIT_COMMITTER_EMAIL=demo@localhost
git init --quiet --initial-branch=main

if paas apps:info --app "$app" --shell >/dev/null 2>&1; then
    note "$app is there already; this deploys it again"
    typed paas git:remote --app "$app"
    # A new commit upon what was pushed before, so that there is something to push.
    if git fetch --quiet paas main 2>/dev/null; then git reset --quiet --soft FETCH_HEAD; fi
else
    typed paas create "$app"
fi
git add --all
git commit --quiet --allow-empty --message "Deploy the web checker"
typed git push paas main

url=$(paas apps:info --app "$app" --shell | sed -n "s/^web_url=//p" | tr -d "'\"")
url=${url%/}
host=${url#*://}
port=80
case "$host" in *:*) port=${host##*:} host=${host%:*} ;; esac
# Not every curl knows that NAME.localhost is this machine.
printf '\n$ curl %s/hello\n' "$url"
curl --fail --silent --show-error --max-time 30 --resolve "$host:$port:127.0.0.1" "$url/hello"

cat <<END


$app is live: open $url/hello in a browser. What to type next:

    export PATH="$built:\$PATH"
    paas logs --tail --app $app
    paas ps:scale web=2 --app $app
    paas config:set GREETING=Moin --app $app
    paas addons:create heroku-postgresql:hobby-dev --app $app     # docs/tutorials.md goes on from there
    paas --help

To stop everything:       paas down
To remove the app:        paas apps:destroy --app $app --confirm $app
END
