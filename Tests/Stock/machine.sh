#!/usr/bin/env bash
# An ordinary Debian machine in qemu, to try paas on: cgroup v2 alone, systemd, the distribution's kernel.
#
#     Tests/Stock/machine.sh make                    a root file system from Debian's packages; root alone
#     Tests/Stock/machine.sh boot [BUILT [PARAM...]] start it, with the programs in BUILT, and kernel parameters
#     Tests/Stock/machine.sh ssh USER COMMAND...     root, or dev, whom nobody has made an administrator
#     Tests/Stock/machine.sh cut                     power cut, and boot again
#     Tests/Stock/machine.sh pause | continue        give the processor to somebody else for a while
#     Tests/Stock/machine.sh stop
#     Tests/Stock/machine.sh trial BUILT             all of it: boot, Tests/Stock/trial.sh as every kind of user, stop
#
# It has no network but this machine's loopback, and 2 emulated processors: slow, but the same everywhere. STOCK names
# the folder of its files (default .build/stock), SUITE the release of Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source scripts/say.sh

suite=${SUITE:-bookworm}
stock=${STOCK:-$PWD/.build/stock}
port=${STOCK_PORT:-2222}
root=$stock/root
disk=$stock/disk.raw
packages=(systemd systemd-sysv dbus dbus-user-session libpam-systemd openssh-server sudo kmod udev linux-image-amd64
    initramfs-tools e2fsprogs procps psmisc iproute2 nftables apparmor passt curl git python3 python3-venv python3-pip
    postgresql ca-certificates
    # What paasd links with: these pull in the libraries, whatever the release calls them.
    libssl-dev libnghttp2-dev libsqlite3-dev libgit2-dev)

make_machine() {
    local missing=()
    for program in qemu-system-x86_64:qemu-system-x86 mmdebstrap:mmdebstrap mkfs.ext4:e2fsprogs ssh:openssh-client; do
        command -v "${program%%:*}" >/dev/null || missing+=("${program##*:}")
    done
    [ ${#missing[@]} -eq 0 ] || fail "Couldn't make the machine." "Not installed: ${missing[*]}." \
        "sudo apt-get install -y ${missing[*]}"
    [ "$(id -u)" -eq 0 ] || fail "Couldn't make the machine." "Only root may own a root file system." "sudo $0 make"
    mkdir -p "$stock"
    mmdebstrap --variant=important --include="${packages[*]}" "$suite" "$root" "$@"
    settle_machine
}

# Names, users, keys and a network, and the file system made of it all.
settle_machine() {
    echo stock >"$root/etc/hostname"
    printf '127.0.0.1 localhost stock\n::1 localhost\n' >"$root/etc/hosts"
    echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
    printf '[Match]\nName=en* eth*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n' >"$root/etc/systemd/network/80-stock.network"
    chroot "$root" systemctl enable systemd-networkd ssh >/dev/null 2>&1
    chroot "$root" systemctl disable postgresql >/dev/null 2>&1
    chroot "$root" id dev >/dev/null 2>&1 || chroot "$root" useradd --create-home --shell /bin/bash dev
    [ -e "$stock/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$stock/key"
    local home owner
    for home in root home/dev; do
        owner=$(stat -c %u:%g "$root/$home")
        install -d -m 700 "$root/$home/.ssh"
        install -m 600 "$stock/key.pub" "$root/$home/.ssh/authorized_keys"
        chown -R "$owner" "$root/$home/.ssh"
    done
    cp "$root"/boot/vmlinuz-* "$stock/kernel"
    cp "$root"/boot/initrd.img-* "$stock/initrd"
    rm -f "$disk"
    mkfs.ext4 -q -d "$root" "$disk" 6G
}

qmp() { # COMMAND
    python3 - "$stock/qmp" "$1" <<'END'
import json, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
file = line.makefile("rw")
file.readline()
for command in ("qmp_capabilities", sys.argv[2]):
    file.write(json.dumps({"execute": command}) + "\n")
    file.flush()
    while "return" not in json.loads(file.readline()): pass
END
}

guest() { # USER COMMAND...
    local user=$1
    shift
    # A session of its own each time: nothing is shared that would keep an earlier one's control group.
    ssh -q -i "$stock/key" -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o ConnectTimeout=60 "$user@127.0.0.1" "$@"
}

wait_for_guest() {
    local attempt
    for attempt in $(seq 100); do
        if guest root true 2>/dev/null; then return 0; fi
        kill -0 "$(cat "$stock/pid")" 2>/dev/null || fail "The machine has ended." "$(tail -n 3 "$stock/console")"
        sleep 3
    done
    fail "The machine does not answer." "$attempt attempts to log in; see $stock/console"
}

boot() { # [BUILT [PARAM...]]
    local built=${1:-$PWD/.build/release}
    shift || true
    [ -e "$disk" ] || fail "There is no machine yet." "$disk is missing." "sudo $0 make"
    nice -n 19 qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu max -smp 2 -m 4096 -display none -daemonize \
        -pidfile "$stock/pid" -qmp "unix:$stock/qmp,server=on,wait=off" -serial "file:$stock/console" \
        -kernel "$stock/kernel" -initrd "$stock/initrd" -append "root=/dev/vda rw console=ttyS0 quiet $*" \
        -drive "file=$disk,format=raw,if=virtio,cache=writeback" -device virtio-rng-pci \
        -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net \
        -virtfs "local,path=$built,mount_tag=built,security_model=none,readonly=on" \
        -virtfs "local,path=$PWD/Tests/Stock,mount_tag=trial,security_model=none,readonly=on"
    wait_for_guest
    share
}

share() {
    # shellcheck disable=SC2016
    guest root 'for tag in built trial; do mkdir -p /$tag; mount -t 9p -o trans=virtio,ro $tag /$tag; done
        install -m 755 /built/paas /built/paasd /built/paas-router /built/paas-dyno /built/paas-search /usr/local/bin'
}

cut_power() {
    qmp system_reset
    sleep 2
    wait_for_guest
    share
}

# Every kind of user on the same machine, the power cut, and what an administrator may have forbidden.
trial() { # BUILT
    local broken=0 setting
    boot "$1"
    trap stop EXIT
    guest root loginctl enable-linger dev
    echo "== root" && guest root bash /trial/trial.sh || broken=1
    echo "== a user, from ssh" && guest dev bash /trial/trial.sh look deploy memory commands kills down || broken=1
    echo "== a user, below the service manager"
    guest dev systemd-run --user --scope --quiet --property=Delegate=yes bash /trial/trial.sh || broken=1
    echo "== a power cut"
    guest root bash /trial/trial.sh --before-cut
    cut_power
    guest root bash /trial/trial.sh --after-cut || broken=1
    for setting in user/max_user_namespaces kernel/unprivileged_userns_clone; do
        echo "== $setting is 0"
        guest root "cp /proc/sys/$setting /tmp/was; echo 0 >/proc/sys/$setting"
        guest dev bash /trial/trial.sh without "${setting//\//.}" || broken=1
        guest root "cat /tmp/was >/proc/sys/$setting"
    done
    return $broken
}

stop() {
    guest root poweroff 2>/dev/null || true
    local pid
    pid=$(cat "$stock/pid" 2>/dev/null) || return 0
    for _ in $(seq 60); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 1
    done
    kill "$pid"
}

case "${1-}" in
make) make_machine "${@:2}" ;;
settle) settle_machine ;;
boot) boot "${@:2}" ;;
ssh) guest "${@:2}" ;;
cut) cut_power ;;
pause) qmp stop ;;
continue) qmp cont ;;
stop) stop ;;
trial) trial "${2-$PWD/.build/release}" ;;
*) fail "Which of them?" "$(sed -n '4,11p' "$0" | cut -c3-)" ;;
esac
