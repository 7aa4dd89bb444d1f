#!/usr/bin/env python3
"""Wall time of making add-ons, and the memory of their servers at rest.

    Benchmarks/addons/addons.py BUILT [--rounds 20] [--firsts 5] [--out Benchmarks/results]

The first database of a platform makes its PostgreSQL; the floor beside it is initdb of the same version into an empty
folder. The floor beside the next ones is createdb and createuser of the same server's, and beside Redis the bare start of
redis-server until it answers.
"""

import argparse
import os
import pwd
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure


def timed(platform, *words):
    began = time.perf_counter()
    platform.run(*words)
    return time.perf_counter() - began


def newest_postgres():
    folders = [path for path in Path("/usr/lib/postgresql").iterdir() if path.name.isdigit()]
    return max(folders, key=lambda path: int(path.name)) / "bin"


def initdb(programs):
    """Seconds of a bare initdb; PostgreSQL refuses root, so nobody runs it there."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        words = [str(programs / "initdb"), "-D", f"{folder}/data", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        began = time.perf_counter()
        subprocess.run(
            words, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user.pw_uid if user else None,
            group=user.pw_gid if user else None, extra_groups=[] if user else None)
        return time.perf_counter() - began


def bare_redis():
    """Seconds from the start of a redis-server to its first PONG."""
    port = measure.free_port()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
            stdout=subprocess.DEVNULL)
        while subprocess.run(
                ["redis-cli", "-p", str(port), "PING"], capture_output=True).stdout != b"PONG\n":
            pass
        took = time.perf_counter() - began
        server.terminate()
        server.wait()
        return took


def bare_database(url, number):
    """Seconds of a role and a database made by psql in the platform's own server, as its superuser."""
    began = time.perf_counter()
    for statement in (f"CREATE ROLE bare{number} LOGIN", f"CREATE DATABASE bare{number} OWNER bare{number}"):
        subprocess.run(["psql", "-Xqc", statement, url], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def memory(pids):
    """Proportional memory of these processes, in bytes."""
    total = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def found(*words):
    return subprocess.run(["pgrep", *words], capture_output=True, text=True).stdout.split()


def postgres_processes(port):
    """The server's own process and those that it has started."""
    first = found("-f", f"postgres -D data.* port={port} ")
    return first + [child for pid in first for child in found("-P", pid)]


def first_databases(built, count):
    times = []
    for _ in range(count):
        with measure.Platform(built) as platform:
            platform.run("paas", "create", "shop", folder=platform.root)
            times.append(timed(platform, "paas", "addons:create", "heroku-postgresql", "-a", "shop"))
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--firsts", type=int, default=5)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()

    programs = newest_postgres()
    first = first_databases(options.built, options.firsts)
    floor = [initdb(programs) for _ in range(options.firsts)]
    following, bare, redis, redis_floor = [], [], [], []
    with measure.Platform(options.built) as platform:
        platform.run("paas", "create", "shop", folder=platform.root)
        platform.run("paas", "addons:create", "heroku-postgresql", "-a", "shop")
        home = Path(platform.environment["PAAS_HOME"]) / "addons" / "postgresql"
        port, password = (home / "port").read_text().strip(), (home / "superuser").read_text().strip()
        url = f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
        for number in range(options.rounds):
            following.append(timed(platform, "paas", "addons:create", "heroku-postgresql", "-a", "shop"))
            bare.append(bare_database(url, number))
            redis.append(timed(platform, "paas", "addons:create", "heroku-redis", "-a", "shop"))
            redis_floor.append(bare_redis())
        time.sleep(5)
        memories = {
            "PostgreSQL": memory(postgres_processes(port)),
            f"one Redis of {options.rounds}": memory(found("-f", "redis-server 127.0.0.1")) // options.rounds,
        }
    rows = []
    for name, samples, beside in (
            ("addons:create heroku-postgresql, the platform's first", first, floor),
            ("addons:create heroku-postgresql, the next", following, bare),
            ("addons:create heroku-redis", redis, redis_floor)):
        one, two = measure.summary(samples), measure.summary(beside)
        rows.append([name, one["median_ms"], two["median_ms"], round(one["median_ms"] / two["median_ms"], 2)])
    text = measure.table(["what", "median, ms", "floor, ms", "ratio"], rows) + "\n" + measure.table(
        ["server at rest", "proportional memory, MB"],
        [[name, f"{value / 1e6:.1f}"] for name, value in memories.items()])
    result = {
        "first": first, "initdb": floor, "next": following, "bare": bare,
        "redis": redis, "bare_redis": redis_floor, "memory": memories,
    }
    measure.keep(options.out, "addons", result, text)


if __name__ == "__main__":
    main()
