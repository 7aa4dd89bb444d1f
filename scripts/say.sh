# shellcheck shell=bash
# How every script here speaks. Read with `source`, never run.

# Prints one message: what failed, why, and below it the commands that mend it; then ends the script.
fail() { # WHAT WHY MEND...
    printf 'paas: %s\n      %s\n' "$1" "$2" >&2
    shift 2
    [ $# -eq 0 ] || printf 'To mend it:\n' >&2
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 1
}

note() { printf 'paas: %s\n' "$*" >&2; }

# Whether this script may act as root: it is root, or sudo lets it. At a terminal sudo may ask for the password, once.
can_be_root() {
    [ "$(id -u)" -eq 0 ] && return 0
    command -v sudo >/dev/null || return 1
    if [ -t 0 ]; then sudo -v; else sudo -n true 2>/dev/null; fi
}

# Runs a command as root; only after can_be_root said yes.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
