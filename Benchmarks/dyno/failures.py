#!/usr/bin/env python3
"""How many requests fail while an app is changed: one every 5 ms during each change, fifty changes of each kind.

    Benchmarks/dyno/failures.py BUILT [--rounds 50] [--web 1] [--out Benchmarks/results]

The app is Python's own web server, which knows nothing of being stopped: SIGTERM ends it at once. Then the router is
killed again and again: how long until the next request is answered.
"""

import argparse
import os
import signal
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "push"))
from apps import APPS


class DenseRequests(measure.SteadyRequests):
    INTERVAL = 0.005


class Subject:
    """The app, its changes by name, and what each has to do before it is timed."""

    def __init__(self, platform, web):
        self.platform, self.web = platform, web
        self.folder = Path(platform.root) / "busy"
        self.folder.mkdir()
        self.number = 0
        self.commit()
        self.run("git", "init", "-q")
        self.commit()
        self.run("paas", "create", "busy")
        self.run("git", "push", "-q", "paas", "main")
        self.run("paas", "ps:scale", f"web={web}")

    def run(self, *words):
        return self.platform.run(*words, folder=self.folder)

    def commit(self):
        self.number += 1
        APPS["python"].write(self.folder, f"body {self.number}")
        if (self.folder / ".git").exists():
            self.run("git", "add", "-A")
            self.run("git", "commit", "-q", "-m", f"{self.number}")

    def changes(self):
        """Each kind: what comes before it, and the command under load."""
        return {
            "git push": (self.commit, ["git", "push", "-q", "paas", "main"]),
            "config:set": (lambda: None, ["paas", "config:set", f"N={self.number}"]),
            "ps:restart": (lambda: None, ["paas", "ps:restart"]),
            "ps:scale up": (lambda: None, ["paas", "ps:scale", f"web={self.web + 2}"]),
            "ps:scale down": (lambda: None, ["paas", "ps:scale", f"web={self.web}"]),
            "rollback": (lambda: None, ["paas", "rollback"]),
        }


def router_killed(platform, rounds):
    """Seconds from the router's death to the answer of a request made at once."""
    samples = []
    for _ in range(rounds):
        os.kill(platform.status()["router_pid"], signal.SIGKILL)
        began = time.perf_counter()
        if measure.ask(platform.port, "busy.localhost")[0] != 200:
            raise SystemExit("a request after the router's death failed")
        samples.append(time.perf_counter() - began)
        time.sleep(1.2)  # One that dies at once again is started again more slowly.
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--web", type=int, default=1)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()
    results = {}
    with measure.Platform(options.built) as platform:
        subject = Subject(platform, options.web)
        for number in range(options.rounds):
            subject.number += 1
            for kind in subject.changes():
                prepare, words = subject.changes()[kind]
                prepare()
                words = subject.changes()[kind][1]
                with DenseRequests(platform.port, "busy.localhost") as requests:
                    subject.run(*words)
                slowest = max(answer[1] - answer[0] for answer in requests.answers)
                failures = [str(answer[2:]) for answer in requests.failures()]
                results.setdefault(kind, []).append((len(requests.answers), failures, slowest))
            print(f"round {number + 1}", file=sys.stderr)
        deaths = router_killed(platform, min(options.rounds, 30))
    rows = [
        [kind, len(rounds), sum(asked for asked, _, _ in rounds), sum(len(failures) for _, failures, _ in rounds),
         measure.milliseconds(max(slowest for _, _, slowest in rounds))]
        for kind, rounds in results.items()
    ]
    header = ["change", "times", "requests", "failed", "slowest request ms"]
    text = f"web={options.web}, a request every 5 ms.\n\n" + measure.table(header, rows)
    median, worst = measure.milliseconds(statistics.median(deaths)), measure.milliseconds(max(deaths))
    text += f"\nThe router killed {len(deaths)} times: next answer after {median} ms, at most {worst} ms (aim 100).\n"
    measure.keep(options.out, f"dyno-failures-web{options.web}", {"rounds": results, "router_killed_s": deaths}, text)


if __name__ == "__main__":
    main()
