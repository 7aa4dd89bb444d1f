#!/usr/bin/env bash
# Makes a Debian or Ubuntu machine ready: looks for the Swift toolchain and installs the packages that are missing.
#
#     scripts/setup.sh [--check] build|demo|test ...
#
# --check installs nothing and fails where something is missing. Safe to run again and again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/say.sh

needed_swift=6.3
swift=${SWIFT:-swift}

packages_for() {
    case "$1" in
    # The C libraries of Git and Store, and what the Swift toolchain links with.
    build) echo git ca-certificates pkg-config build-essential libgit2-dev libsqlite3-dev libssl-dev libnghttp2-dev ;;
    # Python apps, also those whose requirements are compiled, and psycopg2 from source; mkfs.ext4, which makes the file
    # systems of dynos where root runs the platform.
    demo) echo curl python3 python3-venv python3-dev libpq-dev e2fsprogs ;;
    # tmux holds the terminal in which vi, less and psql are tried; dynos in networks of their own, and the rule that
    # keeps the others' ports to this machine; clients of TLS and HTTP/2; a browser and its store; the servers of add-ons,
    # and a name for who runs them where root has no sandbox.
    test)
        echo nodejs yarnpkg tmux vim-tiny less postgresql redis-server curl passt nftables iproute2 openssl nghttp2-client \
            libnss3-tools chromium libnss-wrapper memcached sasl2-bin libsasl2-modules mariadb-server rabbitmq-server
        ;;
    *) fail "Couldn't set up \"$1\"." "The parts are build, demo and test." ;;
    esac
}

check_swift_is_there() {
    command -v "$swift" >/dev/null && return 0
    fail "No Swift toolchain was found." \
        "paas is written in Swift $needed_swift, and there is no \"$swift\" on the PATH." \
        "curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" \
        "tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init"
}

check_swift_version() {
    local said version
    if ! said=$("$swift" --version 2>&1 && "$swift" build --version 2>&1); then
        fail "The Swift toolchain does not run." "$(command -v "$swift") says: $(tail -n 1 <<<"$said")" \
            "sudo apt-get install -y libcurl4-openssl-dev libxml2-dev libncurses-dev"
    fi
    version=$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$said" | head -n 1)
    [ "$(printf '%s\n' "$needed_swift" "${version:-0}" | sort -V | head -n 1)" = "$needed_swift" ] && return 0
    fail "The Swift toolchain is too old." \
        "paas needs Swift $needed_swift or newer; $(command -v "$swift") is ${version:-of unknown version}." \
        "swiftly install --use $(cat .swift-version)"
}

missing_packages() { # PACKAGE...
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] && continue
        # A newer one from elsewhere, such as Node.js, serves as well as Debian's.
        [ "$package" = nodejs ] && command -v node >/dev/null && continue
        [ "$package" = vim-tiny ] && command -v vi >/dev/null && continue
        [ "$package" = redis-server ] && command -v redis-server >/dev/null && continue
        [ "$package" = mariadb-server ] && command -v mariadbd >/dev/null && continue
        # Ubuntu has it as a snap only; the browser's tests are left out there.
        [ "$package" = chromium ] && grep -qs '^ID=ubuntu' /etc/os-release && continue
        # Yarn that comes from npm serves as well as Debian's.
        [ "$package" = yarnpkg ] && command -v yarn >/dev/null && continue
        printf '%s\n' "$package"
    done
}

# Programs are what is wanted: the servers among them are not to run by themselves, on ports that somebody else may need,
# and none takes the place of another that is there (MariaDB that of MySQL).
# shellcheck disable=SC2016
install_quietly='
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap "rm -f $policy" EXIT
        printf "#!/bin/sh\nexit 101\n" >"$policy" && chmod 755 "$policy"
    fi
    apt-get install -q -y --no-remove --no-install-recommends "$@"
'

install_packages() { # PACKAGE...
    local said="" command="apt-get install -y $*"
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null; then command="sudo $command"; else command="su -c \"$command\""; fi
    fi
    $only_checks && fail "Some packages are missing." "Not installed: $*." "make setup"
    can_be_root || fail "Some packages are missing, and only root may install them." \
        "Not installed: $*; sudo is not there or wants a password." "$command"
    note "installing $*"
    if ! said=$({ as_root apt-get update -q; as_root env DEBIAN_FRONTEND=noninteractive \
        sh -c "$install_quietly" sh "$@"; } 2>&1 </dev/null); then
        case "$said" in
        *"Could not resolve"* | *"Temporary failure"* | *"Could not connect"* | *"Failed to fetch"* | *"Network is unreachable"* | *"Unable to locate"* | *"has no installation candidate"*)
            fail "Couldn't download packages: the package servers can't be reached." \
                "$(grep -m 1 -E '^E:' <<<"$said" || tail -n 1 <<<"$said")" \
                "# connect this machine to the network, then" "make setup" ;;
        *) fail "Couldn't install packages." "$(tail -n 1 <<<"$said")" "$command" ;;
        esac
    fi
}

# Ubuntu since 23.10 lets only named programs make user namespaces, which dynos of ordinary users live in.
allow_namespaces() {
    $only_checks && return 0
    [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ] || return 0
    scripts/apparmor.sh "$PWD/.build/*/{debug,release}/paas-dyno"
}

only_checks=false
lacks_libraries=false
if [ "${1-}" = --check ]; then
    only_checks=true
    shift
fi

[ "$(uname -s)" = Linux ] || note "this is $(uname -s), not Linux: dynos run without a sandbox here"
check_swift_is_there
if "$swift" build --version >/dev/null 2>&1; then check_swift_version; else lacks_libraries=true; fi
if command -v dpkg-query >/dev/null; then
    wanted=()
    for part in "$@"; do
        read -r -a more <<<"$(packages_for "$part")"
        wanted+=("${more[@]}")
    done
    # The toolchain's own libraries, only where it does not run without them.
    ! $lacks_libraries || wanted+=(libcurl4-openssl-dev libxml2-dev libncurses-dev)
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
else
    for library in libgit2 sqlite3 openssl libnghttp2; do
        pkg-config --exists "$library" 2>/dev/null || fail "The library $library is missing." \
            "pkg-config does not find it, and this machine has no apt-get to install it with." \
            "# install the development package of $library, and pkg-config"
    done
fi
! $lacks_libraries || check_swift_version
allow_namespaces
