#!/usr/bin/env python3
"""How many lines a second of a dyno's output are kept, and whether one is lost or torn.

    Benchmarks/dyno/logs.py BUILT [--lines 150000] [--flood 20000000] [--out Benchmarks/results]

Three runs: one dyno and fifty dynos that write so much that everything has room, counted in the app's log on disk; and
one that writes far more than its spool holds, counted as a daemon reads it. What the app itself takes stands beside
the same command with `| cat > file`.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

PROCFILE = """\
one: sleep $((GO - $(date +%s))); seq -f "line one %09.0f end" 1 $LINES; exec sleep infinity
many: sleep $((GO - $(date +%s))); seq -f "line $DYNO %09.0f end" 1 $EACH; exec sleep infinity
"""
LINE = re.compile(rb"line (\S+) (\d{9}) end")


def deploy(platform):
    folder = Path(platform.root) / "flood"
    folder.mkdir()
    (folder / "requirements.txt").write_text("")
    (folder / "Procfile").write_text(PROCFILE)
    for words in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "First"],
                  ["paas", "create", "flood"], ["git", "push", "-q", "paas", "main"]):
        platform.run(*words, folder=folder)
    return folder


def kept_lines(platform):
    """Every line in the segments on disk: how often each is there, and how many look like a piece of one."""
    counts, pieces = {}, 0
    for segment in Path(platform.environment["PAAS_HOME"], "logs").rglob("*"):
        if segment.is_file():
            data = segment.read_bytes()
            for match in LINE.finditer(data):
                counts[match.groups()] = counts.get(match.groups(), 0) + 1
            pieces += data.count(b"line ") - len(LINE.findall(data))
    return counts, pieces


def size_on_disk(platform):
    logs = Path(platform.environment["PAAS_HOME"], "logs")
    return sum(path.stat().st_size for path in logs.rglob("*") if path.is_file())


def run(platform, folder, kind, dynos, each):
    """Seconds from the common beginning to the last change of the log, and what is in it then."""
    wait = 5 + dynos // 5
    go = int(time.time()) + wait
    before_pieces = kept_lines(platform)[1]
    platform.run("paas", "config:set", f"GO={go}", f"LINES={each}", f"EACH={each}", folder=folder)
    platform.run("paas", "ps:scale", f"{kind}={dynos}", folder=folder)
    if time.time() > go:
        raise SystemExit("the dynos were not up in time; measure on a machine with nothing else to do")
    time.sleep(go - time.time())
    size, changed = size_on_disk(platform), time.time()
    while time.time() - changed < 3:
        time.sleep(0.005)
        if (now := size_on_disk(platform)) != size:
            size, changed = now, time.time()
    counts, pieces = kept_lines(platform)
    own = {key: count for key, count in counts.items() if (key[0] == b"one") == (kind == "one")}
    platform.run("paas", "ps:scale", f"{kind}=0", folder=folder)
    return {
        "seconds": changed - go, "written": dynos * each, "kept": len(own), "twice": sum(n > 1 for n in own.values()),
        # The text of the commands themselves is in the log, and in it "line ".
        "torn": max(0, pieces - before_pieces - 2 * dynos),
    }


def flood(platform, lines):
    """One dyno that writes far more than its spool holds, read by a process that only counts."""
    command = f'yes "line one 000000001 end" | head -n {lines}'
    home = Path(f"{platform.root}/flooded")
    home.mkdir(exist_ok=True)
    words = [f"{platform.built}/dyno-owner", home, f"{platform.built}/paas-dyno", "-", "count", command]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    app, took, kept, torn, bytes_kept, dropped = (int(word) for word in said.split())
    return {"app_s": app / 1e6, "seconds": took / 1e6, "kept": kept, "torn": torn, "kept_bytes": bytes_kept, "dropped_bytes": dropped,
            "written_bytes": lines * len("line one 000000001 end\n")}


def plain(platform, lines):
    """The same through a pipe into a file."""
    began = time.perf_counter()
    subprocess.run(
        ["bash", "-c", f'yes "line one 000000001 end" | head -n {lines} | cat > {platform.root}/plain'], check=True)
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--lines", type=int, default=150_000)
    parser.add_argument("--flood", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()
    with measure.Platform(options.built) as platform:
        folder = deploy(platform)
        one = run(platform, folder, "one", 1, options.lines)
        many = run(platform, folder, "many", 50, options.lines // 50)
        floods = [flood(platform, options.flood) for _ in range(options.rounds)]
        plains = [plain(platform, options.flood) for _ in range(options.rounds)]
    rows = []
    for name, result in (("one dyno", one), ("50 dynos at once", many)):
        rows.append([
            name, result["written"], round(result["kept"] / result["seconds"]), result["written"] - result["kept"],
            result["torn"], result["twice"], 0, ""])
    for result in floods:
        # A line that a gap has cut is counted with a newline that it had not.
        unsaid = max(0, result["written_bytes"] - result["kept_bytes"] - result["dropped_bytes"])
        rows.append([
            "one dyno beyond its spool", options.flood, round(result["kept"] / result["seconds"]), f"{unsaid} bytes",
            result["torn"], 0, f"{result['dropped_bytes']} bytes", measure.milliseconds(result["app_s"])])
    rows.append(["the same, `\\| cat > file`", options.flood, round(options.flood / statistics.median(plains)), 0, 0, 0, 0,
                 measure.milliseconds(statistics.median(plains))])
    header = ["run", "lines written", "lines kept a second", "lost unsaid", "torn", "twice", "dropped and said",
              "the app's own time, ms"]
    measure.keep(
        options.out, "dyno-logs", {"one": one, "many": many, "flood": floods, "plain_s": plains},
        measure.table(header, rows) + "\nA line that was cut by what was dropped beside it counts as torn.\n")


if __name__ == "__main__":
    main()
