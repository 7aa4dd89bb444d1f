#!/usr/bin/env python3
"""How long from `git push` to the first answer of the new code, and how many requests fail meanwhile.

    Benchmarks/push/push.py BUILT [--apps python flask node swift] [--rounds 10] [--out Benchmarks/results]

Beside each figure stands its floor, measured in the same rounds: the same push to a plain bare repository, plus the
app's own time from exec to an open port. Where the app's own tool has something to do (pip install, swift build),
what that takes by itself is a column of its own.
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import measure
from apps import APPS


def time_to_bind(command, folder, environment):
    """Seconds from starting the command without a platform to its open port."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, shell=True, cwd=folder, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while True:
        try:
            socket.create_connection(("127.0.0.1", int(environment["PORT"]))).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.001)
    bind = time.perf_counter() - began
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()
    return bind


class Subject:
    """One app in one round: its repository, its place on the platform, and a plain copy for the floor."""

    def __init__(self, platform, app, number):
        self.platform, self.app = platform, app
        self.name = f"{app.name}-{number}"
        self.folder = Path(platform.root) / self.name
        self.plain = Path(platform.root) / f"{self.name}-plain"
        self.body = ""
        self.folder.mkdir()
        self.git("init", "-q")
        platform.run("git", "init", "-q", "--bare", f"{self.folder}.git")
        self.git("remote", "add", "plain", f"{self.folder}.git")

    def git(self, *words):
        return self.platform.run("git", *words, folder=self.folder)

    def create(self):
        self.platform.run("paas", "create", self.name, folder=self.folder)

    def commit(self, body):
        self.body = body
        self.app.write(self.folder, body)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", body)

    def timed(self, *words):
        began = time.perf_counter()
        self.git(*words)
        return time.perf_counter() - began

    def floor(self):
        """Seconds of a plain push, of the app's own build, and from exec to an open port."""
        push = self.timed("push", "-q", "plain", "main")
        files = self.plain / "app"
        files.mkdir(parents=True, exist_ok=True)
        self.app.write(files, self.body)
        environment = {**self.platform.environment, "PORT": str(measure.free_port())}
        began = time.perf_counter()
        if self.app.build:
            subprocess.run(
                self.app.build, shell=True, cwd=files, env=environment, check=True, stdout=subprocess.DEVNULL)
        build = time.perf_counter() - began if self.app.build else 0
        return push, build, time_to_bind(self.app.start, files, environment)

    def live(self):
        """Seconds from the start of the push to the first answer of the new code, and the requests that failed."""
        with measure.SteadyRequests(self.platform.port, f"{self.name}.localhost") as requests:
            began = time.perf_counter()
            self.git("push", "-q", "paas", "main")
            live = requests.first(self.body) - began
        return live, len(requests.failures()), len(requests.answers)

    def remove(self):
        self.platform.run("paas", "apps:destroy", "--app", self.name, "--confirm", self.name)
        for folder in (self.folder, self.plain, Path(f"{self.folder}.git")):
            shutil.rmtree(folder, ignore_errors=True)


def measured(platform, app, rounds):
    """Each round: a new app deployed for the first time, then changed and deployed again."""
    samples = {"first": [], "again": []}
    for number in range(rounds):
        subject = Subject(platform, app, number)
        subject.create()
        for kind in samples:
            subject.commit(f"{app.name} {number} {kind}")
            push, build, bind = subject.floor()
            live, failed, asked = subject.live()
            samples[kind].append(
                {"live": live, "push": push, "build": build, "bind": bind, "failed": failed, "asked": asked})
            print(f"{subject.name} {kind}: {measure.milliseconds(live)} ms", file=sys.stderr)
        subject.remove()
    return samples


def report(results):
    rows = []
    for (name, kind), samples in results.items():
        middle = {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}
        over = statistics.median(
            sample["live"] - sample["push"] - sample["build"] - sample["bind"] for sample in samples)
        # Before the first deploy nothing answers, so that only the later ones can fail requests.
        failed = sum(sample["failed"] for sample in samples) if kind == "again" else "n/a"
        asked = sum(sample["asked"] for sample in samples)
        rows.append([
            name, kind, *(measure.milliseconds(middle[key]) for key in ("live", "push", "bind", "build")),
            measure.milliseconds(over), failed if failed == "n/a" else f"{failed} of {asked}", len(samples),
        ])
    header = ["app", "push", "live ms", "plain push ms", "exec to bind ms", "own build ms", "over the floor ms",
              "failed requests", "rounds"]
    return measure.table(header, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--apps", nargs="+", default=list(APPS), choices=list(APPS))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()
    results = {}
    with measure.Platform(options.built) as platform:
        level = platform.status()["sandbox"]["level"]
        for name in options.apps:
            for kind, samples in measured(platform, APPS[name], options.rounds).items():
                results[name, kind] = samples
    text = f"Sandbox level {level}; medians; one request each 10 ms.\n\n" + report(results)
    kept = {f"{name} {kind}": samples for (name, kind), samples in results.items()}
    measure.keep(options.out, "push", {"sandbox": level, "seconds": kept}, text)


if __name__ == "__main__":
    main()
