"""What the suites of hard questions share: one origin behind paas, nginx, HAProxy and Caddy, and who met which case."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import measure
import secure

HOST = secure.HOST


class Door:
    """Where a proxy is asked: by HTTP and by HTTPS, which for paas are one port."""

    def __init__(self, plain, tls):
        self.plain, self.tls = plain, tls


def deploy(platform, origin, requirements):
    """Makes an app of the origin, which takes its port from the environment."""
    app = Path(platform.root) / "bench"
    app.mkdir()
    (app / "origin.py").write_text(origin)
    (app / "Procfile").write_text("web: python3 origin.py\n")
    (app / "requirements.txt").write_text(requirements)
    for words in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "The origin"],
                  ["paas", "create", "bench"], ["git", "push", "-q", "paas", "main"]):
        platform.run(*words, folder=app)
    return app / "origin.py"


def wait_until_listening(port):
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


@contextlib.contextmanager
def doors(built, origin, requirements=""):
    """A `Door` by the proxy's name, `direct` too, with the same origin behind all of them.

    `origin` is a program in Python: it listens on the ports that are its arguments, else on PORT.
    """
    with measure.Platform(built) as platform, contextlib.ExitStack() as stack:
        folder = Path(platform.root)
        folder.chmod(0o755)
        program = deploy(platform, origin, requirements)
        running = subprocess.Popen([sys.executable, program, *map(str, secure.ORIGINS)], stderr=subprocess.DEVNULL)
        stack.callback(lambda: (running.terminate(), running.wait()))
        # Else the peers give its ports up for a while.
        for port in secure.ORIGINS:
            wait_until_listening(port)
        found = {"paas": Door(platform.port, platform.port)}
        for kind in ("nginx", "haproxy", "caddy"):
            if shutil.which(kind):
                ports = []
                for plain in (True, False):
                    own = folder / f"{kind}-{'plain' if plain else 'tls'}"
                    own.mkdir(mode=0o755)
                    secure.make_certificate(own)
                    ports.append(stack.enter_context(secure.Peer(kind, own, measure.free_port(), plain=plain)).port)
                found[kind] = Door(*ports)
        for door in found.values():
            wait_until_listening(door.plain)
            wait_until_listening(door.tls)
        yield found | {"direct": Door(secure.ORIGINS[0], None)}


def with_hosts(words):
    """The command, for programs that know a proxy's host by its name alone: in a mount namespace where it has one."""
    with tempfile.NamedTemporaryFile("w", prefix="hosts-", delete=False) as hosts:
        hosts.write(f"127.0.0.1 localhost {HOST}\n")
    os.chmod(hosts.name, 0o644)
    script = 'mount --bind "$0" /etc/hosts && rm "$0" && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, hosts.name, *map(str, words)]


def table(met, total, cases=None):
    """A Markdown table: how many cases each proxy met, then which; `met` has a set of cases by the proxy's name.

    - cases: those to be listed, else those that somebody did not meet.
    """
    names = list(met)
    lines = ["| case | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    lines.append(f"| **met, of {len(total)}** | " + " | ".join(f"**{len(met[name])}**" for name in names) + " |")
    for case in total if cases is None else cases:
        lines.append(f"| {case} | " + " | ".join("yes" if case in met[name] else "no" for name in names) + " |")
    return "\n".join(lines) + "\n"


def keep(folder, name, text):
    """Prints the table and writes NAME.md into the folder."""
    print(text)
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / f"{name}.md").write_text(text)
