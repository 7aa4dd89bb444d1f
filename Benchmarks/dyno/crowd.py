#!/usr/bin/env python3
"""A hundred dynos of a trivial app: until all are up, what they weigh, what they cost at rest, and their adoption.

    Benchmarks/dyno/crowd.py BUILT [--dynos 100] [--rest 20] [--adoptions 30] [--out Benchmarks/results]

Memory is proportional (PSS): what two share counts half for each. At rest nothing asks for anything, so that every
change of context of a shim is one that it should not have made.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure


def processes(platform, name):
    """The processes of one of the platform's programs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # It has just ended.
            if words[0].endswith(f"/{name}".encode()) and any(platform.root.encode() in word for word in words[1:]):
                found.append(int(entry.name))
    return found


def children(parent, name):
    """Its children that run one of the platform's programs: of the shims' program, the one that they are forks of."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue  # It has just ended.
            if f"({name})" in status and int(status.rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(entry.name))
    return found


def proportional(pids):
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def processor_seconds(pid):
    """What each thread of a process has used, to the nanosecond."""
    return {path: int(path.read_text().split()[0]) / 1e9 for path in Path(f"/proc/{pid}/task").glob("*/schedstat")}


def switches(pids):
    """The changes of context of each thread."""
    total = {}
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            lines = (thread / "status").read_text().splitlines()
            total[thread] = sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return total


def difference(after, before):
    """Between two looks; a thread that has ended meanwhile takes its count with it."""
    return sum(count - before.get(thread, 0) for thread, count in after.items())


def deploy(platform):
    folder = Path(platform.root) / "crowd"
    folder.mkdir()
    (folder / "requirements.txt").write_text("")
    (folder / "Procfile").write_text("worker: exec sleep infinity\n")
    for words in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "First"],
                  ["paas", "create", "crowd"], ["git", "push", "-q", "paas", "main"]):
        platform.run(*words, folder=folder)
    return folder


def until_up(platform, folder, count):
    """Seconds from the command to the line of the last dyno that is up."""
    tail = subprocess.Popen(
        ["paas", "logs", "--tail", "-n", "1", "--source", "heroku"], cwd=folder, env=platform.environment,
        stdout=subprocess.PIPE, text=True)
    time.sleep(0.3)  # The tail has to be there first.
    began = time.perf_counter()
    scaling = subprocess.Popen(
        ["paas", "ps:scale", f"worker={count}"], cwd=folder, env=platform.environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    missing = count
    while missing:
        if "State changed from starting to up" in tail.stdout.readline():
            missing -= 1
    took = time.perf_counter() - began
    scaling.wait()
    tail.terminate()
    tail.wait()
    return took


def adoption(platform, count):
    """Seconds that a host of dynos takes to find them all again, in a process of its own while there is no daemon."""
    words = [f"{platform.built}/dyno-owner", platform.environment["PAAS_HOME"], f"{platform.built}/paas-dyno", "L0", "adopt"]
    found, took = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    if int(found) != count:
        raise SystemExit(f"{found} of {count} dynos were adopted")
    return int(took) / 1e6


def restart(platform):
    """Seconds until a command is answered after the daemon was killed."""
    os.kill(platform.status()["pid"], signal.SIGKILL)
    began = time.perf_counter()
    platform.run("paas", "apps")
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--dynos", type=int, default=100)
    parser.add_argument("--rest", type=float, default=20, help="seconds at rest")
    parser.add_argument("--adoptions", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3, help="times that all are started")
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()
    count = options.dynos
    with measure.Platform(options.built) as platform:
        folder = deploy(platform)
        empty = [restart(platform) for _ in range(5)]
        up = []
        for _ in range(options.rounds):
            platform.run("paas", "ps:scale", "worker=0", folder=folder)
            while processes(platform, "paas-dyno"):
                time.sleep(0.1)
            up.append(until_up(platform, folder, count))
        full = [restart(platform) for _ in range(5)]
        time.sleep(2)  # What the start has left to do.
        shims, daemon = processes(platform, "paas-dyno"), platform.status()["pid"]
        nursery = children(daemon, "paas-dyno")
        weight = proportional(shims + nursery)
        time.sleep(1)
        before = processor_seconds(daemon), switches(shims), switches([daemon])
        time.sleep(options.rest)
        used = difference(processor_seconds(daemon), before[0])
        shim_switches = difference(switches(shims), before[1])
        daemon_switches = difference(switches([daemon]), before[2])
        os.kill(daemon, signal.SIGKILL)
        adoptions = [adoption(platform, count) for _ in range(options.adoptions)]
    rows = [
        [f"until all {count} are up, ms", measure.milliseconds(statistics.median(up)), ""],
        [f"memory of {len(shims)} shim processes and of the one that they are forks of, MB", round(weight / 1e6, 1), "25"],
        ["daemon at rest, % of a core", round(100 * used / options.rest, 2), "1"],
        ["daemon at rest, changes of context a second", round(daemon_switches / options.rest, 1), ""],
        ["shims at rest, changes of context a second", round(shim_switches / options.rest, 1), "0"],
        [f"adopting {count} shims, ms", measure.milliseconds(statistics.median(adoptions)), "50"],
        ["a killed daemon's next answer without dynos, ms", measure.milliseconds(statistics.median(empty)), ""],
        [f"a killed daemon's next answer with {count}, ms", measure.milliseconds(statistics.median(full)), ""],
    ]
    result = {"up_s": up, "pss_bytes": weight, "rest_s": used, "adoption_s": adoptions, "empty_s": empty, "full_s": full}
    measure.keep(options.out, "dyno-crowd", result, measure.table(["what", "measured", "aim"], rows))


if __name__ == "__main__":
    main()
