#!/usr/bin/env python3
"""How long from the wish for a dyno to the first instruction of its command, for a small and a large slug.

    Benchmarks/dyno/start.py BUILT [--rounds 40] [--out Benchmarks/results]

BUILT needs dyno-owner too: swift build -c release --static-swift-stdlib --product dyno-owner

Beside it: the same command started plainly, in bubblewrap over the slug bound read-only, and a copy of the slug, which
is what a platform without an overlay makes for each dyno. As root both kinds of user are measured; "at rest" is a dyno
for which a sandbox stands by, "cold" one without (PAAS_STANDBY=off).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

SLUGS = {"1 MB, 10 files": (10, 100_000), "500 MB, 20,000 files": (20_000, 25_000)}
USER = 61_234  # Nobody's: an ordinary user needs no name.


def make_slug(folder, count, size):
    content = os.urandom(size)
    for number in range(count):
        place = folder / f"d{number // 100}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"f{number}").write_bytes(content)


def as_user(user, words):
    return words if user == os.geteuid() else [
        "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--", *words]


def dynos(bin, home, level, slug, user, rounds, standby):
    """Seconds to the exec of bash and to its first line, of each start but the first few."""
    words = [f"{bin}/dyno-owner", home, f"{bin}/paas-dyno", level, f"time:{rounds + 3}", "echo", slug]
    environment = {**os.environ, "PAAS_STANDBY": standby}
    done = subprocess.run(as_user(user, words), capture_output=True, text=True, check=True, env=environment)
    pairs = [tuple(int(word) / 1e6 for word in line.split()) for line in done.stdout.splitlines()]
    if len(pairs) != rounds + 3:
        raise SystemExit(f"{' '.join(words)} said: {done.stdout}{done.stderr}")
    return pairs[3:]


def spawned(words, rounds):
    """Seconds to the return of posix_spawn and to the first byte of what the words print."""
    pairs = []
    for _ in range(rounds):
        reading, writing = os.pipe()
        began = time.perf_counter()
        pid = os.posix_spawnp(words[0], words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writing, 1)])
        started = time.perf_counter() - began
        os.close(writing)
        os.read(reading, 1)
        first = time.perf_counter() - began
        os.close(reading)
        if os.waitpid(pid, 0)[1] != 0:
            raise SystemExit(f"{' '.join(words)} failed")
        pairs.append((started, first))
    return pairs


def copies(slug, scratch, rounds):
    samples = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(["cp", "-a", slug, f"{scratch}/copy"], check=True)
        samples.append(time.perf_counter() - began)
        shutil.rmtree(f"{scratch}/copy")
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--copies", type=int, default=5, help="copies of the large slug")
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()
    if not Path(f"{options.built}/dyno-owner").exists():
        raise SystemExit("swift build -c release --static-swift-stdlib --product dyno-owner")
    scratch = Path(tempfile.mkdtemp(prefix="paas-bench-"))
    scratch.chmod(0o755)
    kinds = [("root", 0, "L0"), ("user", USER, "L1")] if os.geteuid() == 0 else [("user", os.geteuid(), "L1")]
    rows, kept = [], {}
    try:
        bin = scratch / "bin"  # Where every user may look.
        bin.mkdir()
        for name in ("paas-dyno", "dyno-owner"):
            shutil.copy(f"{options.built}/{name}", bin)
        for title, (count, size) in SLUGS.items():
            slug = scratch / f"slug-{count}"
            make_slug(slug, count, size)
            for kind, user, level in kinds:
                home = scratch / f"home-{kind}-{count}"
                home.mkdir()
                if user != os.geteuid():
                    subprocess.run(["chown", "-R", f"{user}:{user}", home, slug], check=True)
                for how, standby in (("at rest", "on"), ("cold", "off")):
                    pairs = dynos(bin, home, level, slug, user, options.rounds, standby)
                    kept[f"paas {kind} {level}, {how}, {title}"] = pairs
            if shutil.which("bwrap"):
                cage = ["bwrap", "--unshare-all", "--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc",
                        "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
                        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", str(slug), "/app",
                        "--chdir", "/app", "--", "bash", "-c", "echo"]
                kept[f"bubblewrap, {title}"] = [(None, first) for _, first in spawned(cage, options.rounds)]
            times = options.rounds if count < 100 else options.copies
            kept[f"cp -a, {title}"] = [(None, took) for took in copies(slug, scratch, times)]
        kept["posix_spawn"] = spawned(["bash", "-c", "echo"], options.rounds)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for name, pairs in kept.items():
        execs = [pair[0] for pair in pairs if pair[0] is not None]
        firsts = measure.summary([pair[1] for pair in pairs])
        rows.append([name, measure.summary(execs)["median_ms"] if execs else "", firsts["median_ms"], firsts["min_ms"],
                     firsts["max_ms"], len(pairs)])
    header = ["what", "exec of bash ms", "first line ms", "least ms", "most ms", "samples"]
    measure.keep(options.out, "dyno-start", {"seconds": kept}, measure.table(header, rows))


if __name__ == "__main__":
    main()
