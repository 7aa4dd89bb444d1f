#!/usr/bin/env python3
"""A dyno in the machine's network beside one in a network of its own: its start, its memory, and requests through the router.

    Benchmarks/dyno/network.py BUILT [--rounds 12] [--seconds 2] [--out Benchmarks/results]

The start counts from the log's "Starting process" to the first instruction of the app's own command, and to "up". The
two kinds take turns, so that what else the machine does meets both. Requests need wrk.
"""

import argparse
import datetime
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

KINDS = {"shared": "the machine's", "own": "its own"}
SERVER = """
const http = require("http"), big = Buffer.alloc(32 << 20, 120);
http.createServer((request, answer) => answer.end(request.url === "/big" ? big : "hello")).listen(process.env.PORT, "0.0.0.0");
"""


def deploy(platform, kind):
    folder = Path(platform.root) / kind
    folder.mkdir()
    (folder / "package.json").write_text('{ "name": "hello", "version": "1.0.0", "private": true }\n')
    (folder / "server.js").write_text(SERVER)
    (folder / "Procfile").write_text("web: date +began=%s%N; exec node server.js\n")
    name = f"net-{kind}"
    for words in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "First"], ["paas", "create", name]):
        platform.run(*words, folder=folder)
    if kind == "own":
        platform.run("paas", "features:enable", "private-network", folder=folder)
    platform.run("git", "push", "-q", "paas", "main", folder=folder)
    return folder


def seconds(line):
    return datetime.datetime.fromisoformat(line.split(" ", 1)[0]).timestamp()


def restart(platform, folder):
    """One start: seconds to the first instruction, and to up."""
    platform.run("paas", "ps:restart", folder=folder)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lines = platform.run("paas", "logs", "-n", "1500", folder=folder).splitlines()
        start = max(index for index, line in enumerate(lines) if "Starting process with command" in line)
        began = next((re.search(r"began=(\d+)", line) for line in lines[start:] if "began=" in line and "app[" in line), None)
        up = next((line for line in lines[start:] if "State changed from starting to up" in line), None)
        if began and up:
            return int(began.group(1)) / 1e9 - seconds(lines[start]), seconds(up) - seconds(lines[start])
        time.sleep(0.05)
    raise SystemExit("the dyno did not come up")


def memory(platform, names):
    """Proportional bytes of the shims (with their keepers and first processes) and of pasta, for the one dyno of an app."""
    shims = ways = 0
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if not any(name.encode() in word for name in names for word in words):
                continue
            kilobytes = next(int(line.split()[1]) for line in (entry / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
        if b"pasta" in words[0] or b"passt" in words[0]:
            ways += kilobytes
        else:
            shims += kilobytes
    return shims, ways


def wrk(platform, kind, seconds, path="/", *more):
    url = f"http://127.0.0.1:{platform.port}{path}"
    words = ["wrk", "-t1", "-d", f"{seconds}s", "-H", f"Host: net-{kind}.localhost", *more, url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--out", default="Benchmarks/results")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed: sudo apt-get install wrk")
    samples = {kind: {"instruction": [], "up": [], "keep": [], "close": [], "big": []} for kind in KINDS}
    weights = {}
    with measure.Platform(options.built) as platform:
        folders = {kind: deploy(platform, kind) for kind in KINDS}
        dynos = {
            kind: [dyno["id"] for dyno in json.loads(platform.run("paas", "ps", "--json", folder=folders[kind]))]
            for kind in KINDS
        }
        weights = {kind: memory(platform, dynos[kind]) for kind in KINDS}
        for _ in range(options.rounds):
            for kind in KINDS:
                instruction, up = restart(platform, folders[kind])
                kept = samples[kind]
                kept["instruction"].append(instruction)
                kept["up"].append(up)
                kept["keep"].append(wrk(platform, kind, options.seconds, "/", "-c16"))
                kept["close"].append(wrk(platform, kind, options.seconds, "/", "-c16", "-H", "Connection: close"))
                kept["big"].append(wrk(platform, kind, options.seconds, "/big", "-c4") * 32)
    rows = []
    for kind, words in KINDS.items():
        kept, (shims, ways) = samples[kind], weights[kind]
        middle = {name: statistics.median(values) for name, values in kept.items()}
        rows.append([
            words, measure.milliseconds(middle["instruction"]), measure.milliseconds(middle["up"]),
            round(shims / 1024, 1), round(ways / 1024, 1), round(middle["keep"]), round(middle["close"]), round(middle["big"]),
        ])
    text = measure.table(
        ["network", "to first instruction ms", "to up ms", "shim MB", "pasta MB", "requests/s kept alive",
         "requests/s, a connection each", "MB/s of 32 MB answers"], rows)
    measure.keep(options.out, "network", {"samples": samples, "memory_kb": weights}, text)


if __name__ == "__main__":
    main()
