#!/usr/bin/env python3
"""How long the request takes that wakes a sleeping app, beside the app's own time from exec to an open port.

    Benchmarks/dyno/wake.py BUILT [--rounds 30] [--out Benchmarks/results]
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "push")]
import measure
from apps import APPS
from push import time_to_bind


def deploy(platform, app):
    folder = Path(platform.root) / app.name
    folder.mkdir()
    app.write(folder, "hello")
    for words in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "First"],
                  ["paas", "create", f"wake-{app.name}"], ["paas", "features:enable", "sleep"],
                  ["git", "push", "-q", "paas", "main"], ["paas", "ps:sleep", "--after", "1s"]):
        platform.run(*words, folder=folder)
    return folder


def wait_until_asleep(platform, folder):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(dyno["state"] == "idle" for dyno in json.loads(platform.run("paas", "ps", "--json", folder=folder))):
            return
        time.sleep(0.2)
    raise SystemExit("the app does not fall asleep")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    rows = []
    with measure.Platform(options.built) as platform:
        for app in (APPS["python"], APPS["node"]):
            folder = deploy(platform, app)
            woken, own = [], []
            for _ in range(options.rounds):
                wait_until_asleep(platform, folder)
                began = time.perf_counter()
                status, body = measure.ask(platform.port, f"wake-{app.name}.localhost")
                woken.append(time.perf_counter() - began)
                if (status, body) != (200, "hello"):
                    raise SystemExit(f"{app.name} answered {status} {body!r}")
                environment = {**platform.environment, "PORT": str(measure.free_port())}
                own.append(time_to_bind(app.start, folder, environment))
            cost = [one - other for one, other in zip(woken, own)]
            rows.append((app.name, *(measure.milliseconds(statistics.median(column)) for column in (woken, own, cost)), max(
                measure.milliseconds(one) for one in cost)))
            platform.run("paas", "ps:scale", "web=0", folder=folder)
    lines = ["| app | woken and answered ms | its own exec to bind ms | the platform's part ms | at most ms |",
             "| --- | --- | --- | --- | --- |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    table = f"Medians of {options.rounds}.\n\n" + "\n".join(lines) + "\n"
    print(table)
    Path(options.out).mkdir(exist_ok=True)
    (Path(options.out) / "dyno-wake.md").write_text(table)


if __name__ == "__main__":
    main()
