#!/usr/bin/env bash
# Puts the programs, the manual page and the completions in place, or takes them away.
#
#     scripts/install.sh BUILT DESTDIR PREFIX
#     scripts/install.sh --remove DESTDIR PREFIX
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/say.sh

built=$1 destdir=$2 prefix=$3
programs=(paas paasd paas-router paas-dyno paas-search)
manual=$prefix/share/man/man1/paas.1
bash_completion=$prefix/share/bash-completion/completions/paas
zsh_completion=$prefix/share/zsh/site-functions/_paas
fish_completion=$prefix/share/fish/vendor_completions.d/paas.fish
profile=$prefix/bin/paas-dyno

if [ "$built" = --remove ]; then
    for program in "${programs[@]}"; do rm -f -- "$destdir$prefix/bin/$program"; done
    rm -f -- "$destdir$manual" "$destdir$bash_completion" "$destdir$zsh_completion" "$destdir$fish_completion"
    [ -n "$destdir" ] || scripts/apparmor.sh --remove "$profile"
    note "removed from $destdir$prefix; apps and their data stay until their home folder is removed"
    exit 0
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$built/paas" manual >"$scratch/paas.1"
for shell in bash zsh fish; do "$built/paas" autocomplete:script "$shell" >"$scratch/$shell"; done

# Before anything is changed, so that a refusal leaves nothing half done.
folder=$destdir$prefix
while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
[ -w "$folder" ] || fail "Couldn't install into $destdir$prefix." "$(id -un) may not write in $folder." \
    "sudo make install PREFIX=$prefix" "make install PREFIX=\"\$HOME/.local\""

install -d "$destdir$prefix/bin"
for program in "${programs[@]}"; do
    # A new file and a rename, so that a program that runs now keeps its own.
    install -m 755 "$built/$program" "$destdir$prefix/bin/.$program.new"
    mv -f "$destdir$prefix/bin/.$program.new" "$destdir$prefix/bin/$program"
done
install -D -m 644 "$scratch/paas.1" "$destdir$manual"
install -D -m 644 "$scratch/bash" "$destdir$bash_completion"
install -D -m 644 "$scratch/zsh" "$destdir$zsh_completion"
install -D -m 644 "$scratch/fish" "$destdir$fish_completion"
if [ -z "$destdir" ] && [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
    scripts/apparmor.sh "$profile"
fi
note "installed into $destdir$prefix"
