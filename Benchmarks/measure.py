"""What the benchmarks share: a platform of their own, a steady client, medians and tables. Standard library only."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

# Tools as the system has them, whatever version managers the person measuring uses.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Platform:
    """A platform with its own home and port, which is gone after the `with`."""

    def __init__(self, built):
        self.built = str(Path(built).resolve())
        self.root = tempfile.mkdtemp(prefix="paas-bench-")
        self.port = free_port()
        swift = shutil.which("swift")
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if name.startswith("PIP_") or "PROXY" in name.upper() or name == "PAAS_STANDBY"},
            "PATH": ":".join([self.built, SYSTEM_PATH] + ([os.path.dirname(swift)] if swift else [])),
            "HOME": f"{self.root}/user",
            "PAAS_HOME": f"{self.root}/home",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": f"{self.root}/gitconfig",
            "LANG": "C.UTF-8",
        }

    def __enter__(self):
        os.mkdir(f"{self.root}/user")
        Path(f"{self.root}/gitconfig").write_text(
            "[user]\n\tname = Bench\n\temail = bench@localhost\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n"
        )
        self.run("paas", "up", "--port", str(self.port))
        return self

    def __exit__(self, *_):
        self.run("paas", "down", check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, *words, folder=None, check=True):
        """Runs a command to its end and gives back its output; a failure shows what it said."""
        done = subprocess.run(
            words, cwd=folder or self.root, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        if check and done.returncode != 0:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def status(self):
        return json.loads(self.run("paas", "status", "--json"))


def ask(port, host, path="/", limit=30):
    """One request on a connection of its own: its status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=limit) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        data = b""
        while part := connection.recv(65536):
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body.decode(errors="replace")


class SteadyRequests:
    """Asks for the same page every 10 ms, and keeps what came back when."""

    INTERVAL, THREADS = 0.010, 4

    def __init__(self, port, host):
        self.port, self.host = port, host
        self.answers = []  # (asked at, answered at, status or None, body or problem)
        self.stopped = threading.Event()
        self.arrived = threading.Condition()

    def __enter__(self):
        self.begun = time.perf_counter()
        self.threads = [threading.Thread(target=self._ask, args=(turn,)) for turn in range(self.THREADS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, turn):
        due = self.begun + turn * self.INTERVAL
        while not self.stopped.wait(max(0, due - time.perf_counter())):
            due += self.THREADS * self.INTERVAL
            asked = time.perf_counter()
            try:
                status, body = ask(self.port, self.host)
            except (OSError, IndexError, ValueError) as problem:
                status, body = None, str(problem)
            with self.arrived:
                self.answers.append((asked, time.perf_counter(), status, body))
                self.arrived.notify_all()

    def first(self, wanted, limit=120):
        """When the first answer 200 with this body had come."""
        def found():
            return next((answer[1] for answer in self.answers if answer[2] == 200 and answer[3] == wanted), None)

        with self.arrived:
            if not self.arrived.wait_for(lambda: found() is not None, timeout=limit):
                raise SystemExit(f"{self.host} never answered {wanted!r}; the last answer: {self.answers[-1:]}")
            return found()

    def failures(self):
        return [answer for answer in self.answers if answer[2] != 200]


def milliseconds(seconds):
    return round(seconds * 1000, 1)


def summary(samples):
    """Median, smallest and largest of samples in seconds, told in milliseconds."""
    return {
        "median_ms": milliseconds(statistics.median(samples)),
        "min_ms": milliseconds(min(samples)),
        "max_ms": milliseconds(max(samples)),
        "samples": len(samples),
    }


def table(header, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def machine():
    """What the figures were measured on."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {"cpu": model, "cores": os.cpu_count(), "kernel": os.uname().release, "root": os.geteuid() == 0}


def keep(folder, name, result, text):
    """Writes NAME.json and NAME.md into the folder, and prints the table."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(f"{folder}/{name}.json").write_text(json.dumps({"machine": machine(), **result}, indent=2) + "\n")
    Path(f"{folder}/{name}.md").write_text(text)
    print(text)
