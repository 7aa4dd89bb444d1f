#!/usr/bin/env python3
"""Wall time of short commands, and the memory of an idle platform with 20 apps.

    Benchmarks/cli/cli.py BUILT [--rounds 50] [--apps 20] [--out Benchmarks/results]

The floor beside each time is /bin/true, started the same way in the same rounds.
"""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "push"))
from apps import APPS


def timed(platform, words, null):
    """Seconds from the start of a program to its end, without a shell in between."""
    files = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
    began = time.perf_counter()
    pid = os.posix_spawn(words[0], words, platform.environment, file_actions=files)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    took = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"{' '.join(words)} ended with {status}")
    return took


def memory(pid):
    """Resident and proportional memory of a process, in bytes."""
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            fields[name] = int(value.split()[0]) * 1024
    return {"rss": fields["Rss"], "pss": fields["Pss"]}


def deploy_apps(platform, count):
    """The same small Python app, `count` times."""
    folder = Path(platform.root) / "app"
    folder.mkdir()
    APPS["python"].write(folder, "hello")
    platform.run("git", "init", "-q", folder=folder)
    platform.run("git", "add", "-A", folder=folder)
    platform.run("git", "commit", "-q", "-m", "First", folder=folder)
    for number in range(count):
        platform.run("paas", "create", f"app-{number}", "--remote", f"app-{number}", folder=folder)
        platform.run("git", "push", "-q", f"app-{number}", "main", folder=folder)
    platform.run("paas", "config:set", "GREETING=hello", "--app", "app-0")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--apps", type=int, default=20)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()
    with measure.Platform(options.built) as platform:
        deploy_apps(platform, options.apps)
        status = platform.status()
        paas = f"{platform.built}/paas"
        lines = {
            "paas --version": [paas, "--version"],
            "paas ps": [paas, "ps", "--app", "app-0"],
            "paas config": [paas, "config", "--app", "app-0"],
        }
        samples = {name: [] for name in ["/bin/true", *lines]}
        null = os.open("/dev/null", os.O_RDWR)
        for _ in range(options.rounds):
            samples["/bin/true"].append(timed(platform, ["/bin/true"], null))
            for name, words in lines.items():
                samples[name].append(timed(platform, words, null))
        used = {"paasd": memory(status["pid"]), "paas-router": memory(status["router_pid"])}
    times = {name: measure.summary(values) for name, values in samples.items()}
    rows = [[name, value["median_ms"], value["min_ms"], value["max_ms"]] for name, value in times.items()]
    text = measure.table(["command", "median ms", "least ms", "most ms"], rows)
    used["together"] = {kind: sum(each[kind] for each in used.values()) for kind in ("rss", "pss")}
    rows = [[name, *(round(value[kind] / 1e6, 1) for kind in ("rss", "pss"))] for name, value in used.items()]
    text += f"\nIdle with {options.apps} apps, each with one dyno:\n\n"
    text += measure.table(["program", "resident MB", "proportional MB"], rows)
    measure.keep(options.out, "cli", {"times": times, "memory_bytes": used, "apps": options.apps}, text)


if __name__ == "__main__":
    main()
