#!/usr/bin/env python3
"""TLS and HTTP/2 through paas-router beside nginx, HAProxy and Caddy: the same key type, the same two dynos, one core each.

    Benchmarks/router/secure.py BUILT [--rounds 5] [--seconds 3] [--out Benchmarks/results]

Every proxy runs on core 0, origin and load on core 1, and they take turns. The peers write no access log; the router
does. Needs wrk, h2load, openssl, taskset and cc, and whichever peers are installed.

| case | load |
| --- | --- |
| https keep-alive | wrk, 64 connections |
| new connections | wrk, 64 connections, each closed after its answer; wrk resumes its sessions: TLS 1.3, no certificate |
| whole handshakes | openssl s_time -new, one after the other, TLS 1.3: with certificate and signature, without a request |
| resumed connections | openssl s_time -reuse, one after the other, TLS 1.2 |
| HTTP/2 | h2load, 8 connections with 32 streams each |
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import measure

HOST = "bench.localhost"
PROXY_CORE, LOAD_CORE = "0", "1"
ORIGINS = [19000, 19001]


class Peer:
    """A proxy process with its configuration, which is gone after the `with`."""

    def __init__(self, kind, folder, port, plain=False):
        self.kind, self.folder, self.port, self.plain = kind, folder, port, plain

    def text(self, name, marks):
        text = (HERE / "conf" / name).read_text()
        for mark, value in {"PORT": str(self.port), "RUN": str(self.folder), "HOST": HOST, "LOG": "", "LOGGLOBAL": "",
                            "LOGDEF": "", "SPLICE": "option splice-response", **marks}.items():
            text = text.replace(f"@{mark}@", value)
        return text

    def command(self):
        path = self.folder / f"{self.kind}.conf"
        origins = [f"127.0.0.1:{port}" for port in ORIGINS]
        if self.kind == "nginx":
            text = self.text("nginx.conf.in", {"UP": " ".join(f"server {origin};" for origin in origins), "LOG": "access_log off;"})
            command = ["nginx", "-p", str(self.folder), "-e", str(self.folder / "nginx.err"), "-c", str(path)]
        elif self.kind == "haproxy":
            servers = [f"  server s{index} {origin} pool-max-conn -1" for index, origin in enumerate(origins)]
            text = self.text("haproxy.cfg.in", {"UP": "\n".join(servers)})
            command = ["haproxy", "-db", "-f", str(path)]
        else:
            text = self.text("Caddyfile.in", {"UP": " ".join(origins)})
            command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(path)]
        path.write_text(text if self.plain else self.secured(text))
        return command

    def secured(self, text):
        """The same configuration with TLS and HTTP/2 on its port."""
        certificate, key = self.folder / "leaf.pem", self.folder / "leaf.key"
        if self.kind == "nginx":
            return text.replace(
                f"listen 127.0.0.1:{self.port} backlog=4096 default_server;",
                f"listen 127.0.0.1:{self.port} ssl http2 backlog=4096 default_server; ssl_certificate {certificate}; "
                f"ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:10m; "
                "ssl_session_tickets on; http2_max_requests 100000000;")
        if self.kind == "haproxy":
            both = self.folder / "both.pem"
            both.write_text(certificate.read_text() + key.read_text())
            return text.replace("backlog 4096", f"backlog 4096 ssl crt {both} alpn h2,http/1.1 ssl-min-ver TLSv1.2")
        return text.replace(
            f"http://:{self.port} {{",
            f"https://:{self.port} {{\n\ttls {certificate} {key} {{\n\t\tprotocols tls1.2 tls1.3\n\t}}")

    def __enter__(self):
        environment = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
                       "XDG_CONFIG_HOME": str(self.folder), "GOMAXPROCS": "1"}
        self.log = open(self.folder / f"{self.kind}.log", "w")
        self.process = subprocess.Popen(
            ["taskset", "-c", PROXY_CORE, *self.command()], env=environment, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


def processes(root):
    found = [root]
    for task in Path(f"/proc/{root}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += processes(int(child))
    return found


def cpu(root):
    """Seconds of processor time of a process and its children."""
    total = 0
    for process in processes(root):
        for task in Path(f"/proc/{process}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def load(words):
    done = subprocess.run(["taskset", "-c", LOAD_CORE, *words], capture_output=True, text=True)
    return done.stdout + done.stderr


def wrk(port, seconds, *more):
    text = load(["wrk", "-t1", "-c64", f"-d{seconds}s", "-H", f"Host: {HOST}", *more, f"https://127.0.0.1:{port}/small"])
    count = int(re.search(r"(\d+) requests in", text)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return count, count / seconds, int(bad[1]) if bad else 0


def in_turn(port, seconds, *kind):
    text = load(["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-time", str(seconds), *kind])
    found = re.findall(r"(\d+) connections in (\d+) real seconds", text)
    count, took = int(found[-1][0]), max(1, int(found[-1][1]))
    return count, count / took, 0


def h2load(port, seconds):
    text = load(["h2load", "-c8", "-m32", "-t1", "-D", str(seconds), f"https://{HOST}:{port}/small",
                 "--connect-to", f"127.0.0.1:{port}"])
    rate = float(re.search(r"finished in [^,]+, ([\d.]+) req/s", text)[1])
    done, failed = re.search(r"(\d+) succeeded, (\d+) failed", text).groups()
    return int(done), rate, int(failed)


CASES = {
    "https keep-alive": lambda port, seconds: wrk(port, seconds),
    "new connections": lambda port, seconds: wrk(port, seconds, "-H", "Connection: close"),
    "whole handshakes": lambda port, seconds: in_turn(port, seconds, "-new"),
    "resumed connections": lambda port, seconds: in_turn(port, seconds, "-reuse", "-tls1_2"),
    "HTTP/2": h2load,
}


def make_certificate(folder):
    """Of the kind that the router makes: an elliptic key, P-256."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
         "-keyout", folder / "leaf.key", "-out", folder / "leaf.pem"], check=True, capture_output=True)


def wait_until_up(port, scheme="https"):
    for _ in range(100):
        done = subprocess.run(
            ["curl", "-sk", "-o", "/dev/null", "-m", "2", "-H", f"Host: {HOST}", f"{scheme}://127.0.0.1:{port}/small"])
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def deploy(platform):
    folder = Path(platform.root) / "bench"
    folder.mkdir()
    subprocess.run(["cc", "-O2", "-static", "-o", folder / "backend", HERE / "backend.c"], check=True)
    (folder / "Procfile").write_text(f"web: exec taskset -c {LOAD_CORE} ./backend $PORT\n")
    (folder / "requirements.txt").write_text("")
    for words in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "The origin"],
                  ["paas", "create", "bench"], ["git", "push", "-q", "paas", "main"], ["paas", "ps:scale", "web=2"]):
        platform.run(*words, folder=folder)
    status = platform.run("paas", "status", "--json")
    router = int(re.search(r'"router_pid": *(\d+)', status)[1])
    subprocess.run(["taskset", "-apc", PROXY_CORE, str(router)], check=True, capture_output=True)
    return folder / "backend", router


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    with measure.Platform(options.built) as platform:
        backend, router = deploy(platform)
        folder = Path(platform.root)
        folder.chmod(0o755)
        make_certificate(folder)
        origin = subprocess.Popen(["taskset", "-c", LOAD_CORE, backend, *map(str, ORIGINS)])
        peers = [Peer(kind, folder, measure.free_port()) for kind in ("nginx", "haproxy", "caddy") if shutil.which(kind)]
        for peer in peers:
            peer.__enter__()
        try:
            roots = {"paas": (platform.port, router)} | {peer.kind: (peer.port, peer.process.pid) for peer in peers}
            for port, _ in roots.values():
                wait_until_up(port)
            rows = run(roots, options)
        finally:
            for peer in peers:
                peer.__exit__()
            origin.terminate()
            origin.wait()
    table = report(rows, options)
    print(table)
    Path(options.out).mkdir(exist_ok=True)
    (Path(options.out) / "router-secure.md").write_text(table)


def run(roots, options):
    samples = {}
    names = list(roots)
    for turn in range(options.rounds):
        for case, measured in CASES.items():
            for name in names[turn % len(names):] + names[:turn % len(names)]:
                port, root = roots[name]
                before = cpu(root)
                count, rate, failed = measured(port, options.seconds)
                used = cpu(root) - before
                samples.setdefault((case, name), []).append((rate, used / max(count, 1) * 1e6, failed))
    return samples


def report(samples, options):
    lines = [f"Medians of {options.rounds} rounds of {options.seconds} s. Ratios: paas / peer in rate, peer / paas in processor "
             "time; above 1 paas is ahead.", "",
             "| case | proxy | a second | CPU µs each | ratio a second | ratio CPU | failed |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for case in CASES:
        of = {name: rows for (kind, name), rows in samples.items() if kind == case}
        ours = [statistics.median(column) for column in list(zip(*of["paas"]))[:2]]
        for name, rows in of.items():
            rate, used = (statistics.median(column) for column in list(zip(*rows))[:2])
            ratios = "| |" if name == "paas" else f"| {ours[0] / rate:.2f} | {used / ours[1]:.2f} |"
            lines.append(f"| {case} | {name} | {rate:.0f} | {used:.1f} {ratios} {sum(row[2] for row in rows)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
