#!/usr/bin/env python3
"""What curl, nghttp and h2load say of paas-router, nginx, HAProxy and Caddy, over every version of HTTP that they speak.

    Benchmarks/router/clients.py BUILT [--out Benchmarks/results]

Needs curl, nghttp and h2load (Debian's curl and nghttp2-client). A case is met when the client is content and has what
the origin said, or was refused where it has to be.
"""

import argparse
import contextlib
import hashlib
import json
import re
import socket
import subprocess
import tempfile
from pathlib import Path

import beside
from beside import HERE, HOST

ORIGIN = r'''
import gzip, hashlib, json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BIG = bytes(range(256)) * 40960

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return whole

    def say(self, status, body, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        body = self.body()
        match self.path.strip("/"):
            case "big":
                wanted = self.headers.get("Range", "").removeprefix("bytes=").split("-")
                if len(wanted) == 2:
                    start, end = map(int, wanted)
                    return self.say(206, BIG[start:end + 1], Content_Range=f"bytes {start}-{end}/{len(BIG)}")
                return self.say(200, BIG)
            case "gzip":
                return self.say(200, gzip.compress(b"squeezed" * 1000), Content_Encoding="gzip")
            case "chunked" | "trailers":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.send_header("Trailer", "X-End")
                self.end_headers()
                return self.wfile.write(b"3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-End: reached\r\n\r\n")
            case "close":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end")
                self.close_connection = True
                return
            case "hints":
                self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
                return self.say(200, b"hinted")
            case "204" | "304":
                return self.say(int(self.path.strip("/")), b"")
        told = {"method": self.command, "path": self.path, "fields": [[name.lower(), value] for name, value in self.headers.items()],
                "count": len(body), "digest": hashlib.sha256(body).hexdigest()}
        self.say(200, json.dumps(told).encode())

    do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_PATCH = do_GET

for port in [int(word) for word in sys.argv[1:]] or [int(os.environ["PORT"])]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.request_queue_size = 256
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
'''

BIG = bytes(range(256)) * 40960
UP = bytes(range(256)) * 8192


class Curl:
    """One run of curl: what it ended with, the heads and the body that it got."""

    def __init__(self, door, *words, path="/", scheme="https", told=b"", paths=None):
        port = door.tls if scheme == "https" else door.plain
        urls = [f"{scheme}://{HOST}:{port}{path}" for path in paths or [path]]
        with tempfile.NamedTemporaryFile() as heads:
            done = subprocess.run(
                ["curl", "-sSk", "-m", "20", "--resolve", f"{HOST}:{port}:127.0.0.1", "-D", heads.name, "-w",
                 "%{stderr}@%{http_code} %{http_version} %{num_connects}\n", *words, *urls], input=told, capture_output=True)
            self.heads = Path(heads.name).read_text(errors="replace").lower()
        self.status, self.body = done.returncode, done.stdout
        self.each = [line.split(" ") for line in re.findall(r"@(\d+ \S+ \d+)", done.stderr.decode())]

    @property
    def code(self):
        return int(self.each[0][0]) if self.each else 0

    def is_good(self, version=None, code=200):
        return self.status == 0 and self.code == code and version in (None, self.each[0][1])

    def fields(self, name):
        return [value for key, value in json.loads(self.body)["fields"] if key == name]


H1, H2 = ["--http1.1"], ["--http2"]


def good(*words, version=None, code=200, body=None, **more):
    def run(door):
        done = Curl(door, *words, **more)
        return done.is_good(version, code) and (body is None or done.body == body)
    return run


def heard(digest_of, *words, **more):
    """The origin got this body."""
    def run(door):
        done = Curl(door, *words, told=digest_of, **more)
        return done.is_good() and json.loads(done.body)["digest"] == hashlib.sha256(digest_of).hexdigest()
    return run


def reused(*words, scheme="https"):
    def run(door):
        done = Curl(door, *words, scheme=scheme, paths=["/1", "/2", "/3"])
        return done.status == 0 and [each[0] for each in done.each] == ["200"] * 3 and [each[2] for each in done.each] == ["1", "0", "0"]
    return run


def raw(data, *unwanted):
    def run(door):
        with socket.create_connection(("127.0.0.1", door.plain), 3) as connection:
            connection.sendall(data)
            connection.settimeout(2)
            got = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                while part := connection.recv(65536):
                    got += part
        return not any(word in got for word in unwanted)
    return run


def trailers(*words):
    return lambda door: "x-end: reached" in Curl(door, *words, "-H", "TE: trailers", path="/trailers").heads


def hinted(*words):
    def run(door):
        done = Curl(door, *words, path="/hints")
        return done.is_good() and " 103" in done.heads
    return run


def cookies(door):
    done = Curl(door, *H2, "-b", "a=1; b=2")
    return done.is_good() and done.fields("cookie") == ["a=1; b=2"]


def expecting(door):
    done = Curl(door, *H1, "--expect100-timeout", "15", "-H", "Expect: 100-continue", "--data-binary", "@-", told=UP)
    return done.is_good() and " 100" in done.heads.split("\n")[0]


def parallel(door):
    done = Curl(door, *H2, "-Z", "--parallel-max", "50", paths=[f"/{number}" for number in range(50)])
    return done.status == 0 and [each[0] for each in done.each] == ["200"] * 50


def head_only(*words):
    def run(door):
        done = Curl(door, *words, "-I", path="/big")
        return done.is_good() and f"content-length: {len(BIG)}" in done.heads
    return run


def old_tls(door):
    return Curl(door, "--tls-max", "1.1", "--tlsv1.0", "--ciphers", "DEFAULT@SECLEVEL=0").status == 35


def compressed(*words):
    def run(door):
        done = Curl(door, *words, "--compressed", path="/gzip")
        return done.is_good() and done.body == b"squeezed" * 1000 and "content-encoding: gzip" in done.heads
    return run


CURL = [
    ("HTTP/0.9 is refused", raw(b"GET /\r\n\r\n", b"200 OK", b'"method"')),
    ("HTTP/1.0", good("--http1.0", scheme="http")),
    ("HTTP/1.0 with keep-alive", reused("--http1.0", "-H", "Connection: keep-alive", scheme="http")),
    ("HTTP/1.1", good(*H1, scheme="http", version="1.1")),
    ("HTTP/1.1 over TLS", good(*H1, version="1.1")),
    ("HTTP/1.1 over TLS without ALPN", good("--no-alpn", version="1.1")),
    ("HTTP/2 over TLS", good(*H2, version="2")),
    ("HTTP/2 known in advance", good("--http2-prior-knowledge", scheme="http", version="2")),
    ("HTTP/2 by upgrade, or HTTP/1.1 instead", good(*H2, scheme="http")),
    ("TLS 1.2", good("--tls-max", "1.2")),
    ("TLS 1.3", good("--tlsv1.3")),
    ("TLS 1.1 is refused", old_tls),
    ("keep-alive in HTTP/1.1", reused(*H1, scheme="http")),
    ("keep-alive over TLS", reused(*H1)),
    ("keep-alive in HTTP/2", reused(*H2)),
    ("Expect: 100-continue", expecting),
    ("2 MB up, HTTP/1.1", heard(UP, *H1, "-H", "Expect:", "--data-binary", "@-")),
    ("2 MB up, HTTP/2", heard(UP, *H2, "--data-binary", "@-")),
    ("2 MB of unknown length up, HTTP/1.1", heard(UP, *H1, "-T", "-")),
    ("2 MB of unknown length up, HTTP/2", heard(UP, *H2, "-T", "-")),
    ("10 MB down, HTTP/1.1", good(*H1, path="/big", body=BIG)),
    ("10 MB down, HTTP/2", good(*H2, path="/big", body=BIG)),
    ("HEAD, HTTP/1.1", head_only(*H1)),
    ("HEAD, HTTP/2", head_only(*H2)),
    ("a range, HTTP/1.1", good(*H1, "-r", "10-19", path="/big", code=206, body=BIG[10:20])),
    ("a range, HTTP/2", good(*H2, "-r", "10-19", path="/big", code=206, body=BIG[10:20])),
    ("--compressed, HTTP/1.1", compressed(*H1)),
    ("--compressed, HTTP/2", compressed(*H2)),
    ("an answer in chunks, HTTP/1.1", good(*H1, path="/chunked", body=b"abcdefg")),
    ("an answer in chunks, HTTP/2", good(*H2, path="/chunked", body=b"abcdefg")),
    ("an answer in chunks to HTTP/1.0", good("--http1.0", path="/chunked", scheme="http", body=b"abcdefg")),
    ("trailers of an answer, HTTP/1.1", trailers(*H1)),
    ("trailers of an answer, HTTP/2", trailers(*H2)),
    ("an answer until the end, HTTP/1.1", good(*H1, path="/close", body=b"until the end")),
    ("an answer until the end, HTTP/2", good(*H2, path="/close", body=b"until the end")),
    ("204, HTTP/2", good(*H2, path="/204", code=204, body=b"")),
    ("304, HTTP/2", good(*H2, path="/304", code=304, body=b"")),
    ("103 before 200, HTTP/1.1", hinted(*H1)),
    ("103 before 200, HTTP/2", hinted(*H2)),
    ("cookies arrive as one field, HTTP/2", cookies),
    ("50 requests beside each other, HTTP/2", parallel),
]


# MARK: nghttp and h2load

def nghttp(*words, path="/", data=b"", told=None, scheme="https", body=None):
    def run(door):
        port = door.tls if scheme == "https" else door.plain
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            sent = ["-d", file.name] if data else []
            done = subprocess.run(["nghttp", "-t", "20", "-H", f":authority: {HOST}", *words, *sent,
                                   f"{scheme}://127.0.0.1:{port}{path}"], capture_output=True, timeout=30)
        if done.returncode != 0 or b"Some requests were not processed" in done.stderr:
            return False
        if body is not None:
            return done.stdout == body
        heard = json.loads(done.stdout)
        return heard["digest"] == hashlib.sha256(data).hexdigest() and (told is None or told(heard))
    return run


def nghttp_times(count, *words):
    def run(door):
        done = subprocess.run(["nghttp", "-t", "20", "-H", f":authority: {HOST}", "-m", str(count), *words,
                               f"https://127.0.0.1:{door.tls}/"], capture_output=True, timeout=40)
        return done.returncode == 0 and done.stdout.count(b'"method"') == count
    return run


def nghttp_trailers(door):
    done = subprocess.run(["nghttp", "-v", "-t", "20", "-H", f":authority: {HOST}", f"https://127.0.0.1:{door.tls}/trailers"],
                          capture_output=True, timeout=30)
    return b"x-end: reached" in done.stdout


NGHTTP = [
    ("GET", nghttp()),
    ("POST", nghttp(data=UP)),
    ("POST without its length", nghttp("--no-content-length", data=UP)),
    ("POST with trailers", nghttp("--trailer", "x-more: yes", data=UP)),
    ("POST that expects 100-continue", nghttp("--expect-continue", data=UP)),
    ("trailers of an answer", nghttp_trailers),
    ("frames with padding", nghttp("-b", "200", data=UP)),
    ("windows of 1 KB", nghttp("-w", "10", "-W", "16", path="/big", body=BIG)),
    ("windows of 1 GB", nghttp("-w", "30", "-W", "30", path="/big", body=BIG)),
    ("a head that needs CONTINUATION", nghttp("--continuation")),
    ("no table for HPACK", nghttp("-c", "0", "--encoder-header-table-size", "0")),
    ("a table for HPACK that changes", nghttp("-c", "0", "-c", "8192")),
    ("a priority", nghttp("-p", "200")),
    ("no dependencies", nghttp("--no-dep")),
    ("100 requests in streams", nghttp_times(100)),
    ("100 requests, one at a time", nghttp_times(100, "-M", "1")),
    ("HEAD", nghttp("-H", ":method: HEAD", path="/big", body=b"")),
    ("known in advance, without TLS", nghttp(scheme="http")),
    ("by upgrade (RFC 7540, withdrawn by RFC 9113)", nghttp("-u", scheme="http")),
]


def h2load(*words, path="/", scheme="https", count=400, data=b""):
    def run(door):
        port = door.tls if scheme == "https" else door.plain
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            sent = ["-d", file.name] if data else []
            done = subprocess.run(["h2load", "-n", str(count), "-c", "2", "--connect-to", f"127.0.0.1:{port}", *words, *sent,
                                   f"{scheme}://{HOST}:{port}{path}"], capture_output=True, text=True, timeout=60)
        return f"{count} succeeded, 0 failed, 0 errored" in done.stdout and f"status codes: {count} 2xx" in done.stdout
    return run


H2LOAD = [
    ("streams one at a time", h2load("-m", "1")),
    ("50 streams in each connection", h2load("-m", "50")),
    ("without TLS", h2load("-m", "50", scheme="http")),
    ("HTTP/1.1 over TLS", h2load("--h1", "-m", "4")),
    ("HTTP/1.1", h2load("--h1", "-m", "4", scheme="http")),
    ("bodies up", h2load("-m", "20", data=UP[:100_000])),
    ("10 MB each, in windows of 64 KB", h2load("-m", "4", "-w", "16", "-W", "16", path="/big", count=16)),
    ("no table for HPACK", h2load("-m", "20", "--header-table-size", "0", "--encoder-header-table-size", "0")),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    suites = {"curl": CURL, "nghttp": NGHTTP, "h2load": H2LOAD}
    met = {name: {} for name in suites}
    with beside.doors(options.built, ORIGIN) as doors:
        del doors["direct"]
        for suite, cases in suites.items():
            for name, door in doors.items():
                met[suite][name] = set()
                for case, run in cases:
                    with contextlib.suppress(OSError, ValueError, IndexError, KeyError, subprocess.TimeoutExpired):
                        if run(door):
                            met[suite][name].add(case)
    beside.keep(options.out, "router-clients", "\n".join(
        f"{suite}\n\n" + beside.table(met[suite], [case for case, _ in cases]) for suite, cases in suites.items()))


if __name__ == "__main__":
    main()
