#!/usr/bin/env bash
# Lets one program make user namespaces where Ubuntu's AppArmor allows that to named programs only.
#
#     scripts/apparmor.sh PATH            PATH may hold AppArmor's wildcards
#     scripts/apparmor.sh --remove PATH
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/say.sh

removes=false
if [ "$1" = --remove ]; then
    removes=true
    shift
fi
program=$1
# As AppArmor names its own, and as `paas doctor` prints it: the path with dots.
name=${program#/}
name=${name//\//.}
name=${name//[^A-Za-z0-9._-]/_}
file=/etc/apparmor.d/$name
profile="abi <abi/4.0>,
include <tunables/global>

profile $name \"$program\" flags=(unconfined) {
  userns,
}"

if $removes; then
    [ -e "$file" ] || exit 0
    as_root apparmor_parser --remove "$file" || true
    as_root rm -f "$file"
    exit 0
fi
[ "$(cat "$file" 2>/dev/null)" = "$profile" ] && exit 0
if ! can_be_root; then
    note "dynos will run with the weakest sandbox: AppArmor forbids user namespaces, and only root may change that." \
        "Run \"make setup\" where sudo works."
    exit 0
fi
note "installing the AppArmor profile $file, which lets paas-dyno make user namespaces"
as_root tee "$file" >/dev/null <<<"$profile"
as_root apparmor_parser --replace "$file" || note "apparmor_parser refused $file: dynos will run with the weakest sandbox"
