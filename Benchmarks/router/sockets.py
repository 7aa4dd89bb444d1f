#!/usr/bin/env python3
"""WebSockets through paas-router, nginx, HAProxy and Caddy, and to the same origin without any of them.

    pip install kosoku websockets h2
    Benchmarks/router/sockets.py BUILT [--out Benchmarks/results]

Autobahn's cases are run by `kosoku`, which drives the case files of the Autobahn test suite without its Python 2. They
ask what a server does with frames, so that a proxy meets as many as its origin does, unless it gets into the way. What
they leave out, handshakes and ends, is asked by cases of this file; so are WebSockets over HTTP/2 (RFC 8441).
"""

import argparse
import base64
import contextlib
import hashlib
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import beside
from beside import HERE, HOST
from streams import Streams

ORIGIN = r'''
import asyncio, logging, os, sys
from websockets.asyncio.server import serve

async def echo(connection):
    async for message in connection:
        if message == "drop":
            connection.transport.abort()
        else:
            await connection.send(message)

def choose(connection, offered):
    return "chat" if "chat" in offered else None

async def main():
    logging.disable()
    ports = [int(word) for word in sys.argv[1:]] or [int(os.environ["PORT"])]
    listening = [await serve(echo, "127.0.0.1", port, max_size=None, ping_interval=None, select_subprotocol=choose)
                 for port in ports]
    await asyncio.get_running_loop().create_future()

asyncio.run(main())
'''

KEY = base64.b64encode(bytes(16)).decode()
ASKED = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY}


# MARK: Over HTTP/1.1

def head(start="GET / HTTP/1.1", more=(), **changed):
    """The head of a handshake; a field that is `None` is left out."""
    fields = ASKED | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [start, f"Host: {HOST}"] + [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([*lines, *more, "", ""]).encode()


def frame(opcode, payload, fin=True):
    """A frame of a client; its mask is zero."""
    count = len(payload)
    length = bytes([0x80 | count]) if count < 126 else b"\xfe" + count.to_bytes(2) if count < 65536 else b"\xff" + count.to_bytes(8)
    return bytes([(0x80 if fin else 0) | opcode]) + length + bytes(4) + payload


def unframe(data):
    """The messages and control frames of a server's frames: pairs of opcode and payload."""
    found = []
    while len(data) >= 2:
        count, start = data[1], 2
        if count >= 126:
            start = 4 if count == 126 else 10
            count = int.from_bytes(data[2:start])
        if len(data) < start + count:
            break
        found.append((data[0] & 0xf, data[start:start + count]))
        data = data[start + count:]
    return found


class Plain:
    """A connection that has sent something, and reads until a thing has come."""

    def __init__(self, port, data, tls=False):
        self.connection = socket.create_connection(("127.0.0.1", port), 3)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.connection = context.wrap_socket(self.connection, server_hostname=HOST)
        self.received = b""
        self.ended = False
        self.connection.sendall(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def until(self, done, limit=5):
        end = time.monotonic() + limit
        while not done() and not self.ended and time.monotonic() < end:
            self.connection.settimeout(max(0.01, end - time.monotonic()))
            with contextlib.suppress(TimeoutError):
                try:
                    part = self.connection.recv(1 << 16)
                except ConnectionError:
                    part = b""
                self.received += part
                self.ended = not part
        return done()

    def status(self, limit=3):
        self.until(lambda: b"\r\n\r\n" in self.received, limit)
        return int(self.received[9:12] or b"0") if self.received.startswith(b"HTTP/1.") else 0

    def frames(self):
        return unframe(self.received.partition(b"\r\n\r\n")[2])

    def echoes(self, payload, opcode=2, limit=20):
        return self.until(lambda: (opcode, payload) in self.frames(), limit)


def accepted(data):
    def run(door):
        with Plain(door.plain, data) as asked:
            if asked.status() != 101:
                return False
            asked.connection.sendall(frame(2, b"hello"))
            return asked.echoes(b"hello")
    return run


def refused(data):
    """Answered, and not by a tunnel."""
    def run(door):
        with Plain(door.plain, data) as asked:
            return asked.status() not in (0, 101) or asked.ended
    return run


def denied(data):
    """Answered by an error: a request that asks for a WebSocket in a wrong way."""
    def run(door):
        with Plain(door.plain, data) as asked:
            return asked.status() >= 400
    return run


def early(door):
    with Plain(door.plain, head() + frame(2, b"early")) as asked:
        return asked.status() == 101 and asked.echoes(b"early")


def pieces(door):
    with Plain(door.plain, head()[:10]) as asked:
        for byte in head()[10:] + frame(2, b"piece"):
            asked.connection.sendall(bytes([byte]))
        return asked.status() == 101 and asked.echoes(b"piece")


def chosen(door):
    with Plain(door.plain, head(Sec_WebSocket_Protocol="superchat, chat")) as asked:
        return asked.status() == 101 and b"sec-websocket-protocol: chat\r\n" in asked.received.lower()


def accepting(door):
    """The key's digest comes through (RFC 6455 §4.2.2)."""
    digest = base64.b64encode(hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    with Plain(door.plain, head()) as asked:
        return asked.status() == 101 and b": " + digest + b"\r\n" in asked.received


def closing(door):
    with Plain(door.plain, head()) as asked:
        if asked.status() != 101:
            return False
        asked.connection.sendall(frame(8, b"\x03\xe8"))
        return asked.until(lambda: asked.ended) and (8, b"\x03\xe8") in asked.frames()


def half_closed(door):
    """A client that says it is closing, and ends its side, still hears the answer."""
    with Plain(door.plain, head()) as asked:
        if asked.status() != 101:
            return False
        asked.connection.sendall(frame(8, b"\x03\xe8"))
        asked.connection.shutdown(socket.SHUT_WR)
        return asked.until(lambda: asked.ended) and (8, b"\x03\xe8") in asked.frames()


def dropped(door):
    with Plain(door.plain, head()) as asked:
        if asked.status() != 101:
            return False
        asked.connection.sendall(frame(1, b"drop"))
        return asked.until(lambda: asked.ended)


def slow_reader(door):
    """Nothing is lost of what a client takes late."""
    payload = os.urandom(4 << 20)
    with Plain(door.plain, head()) as asked:
        if asked.status() != 101:
            return False
        asked.connection.sendall(frame(2, payload))
        time.sleep(0.5)
        return asked.echoes(payload, limit=30)


def idle_then_used(door):
    with Plain(door.plain, head()) as asked:
        if asked.status() != 101:
            return False
        time.sleep(2)
        asked.connection.sendall(frame(2, b"late"))
        return asked.echoes(b"late")


def by_tls(door):
    if not door.tls:
        return False
    with Plain(door.tls, head(), tls=True) as asked:
        if asked.status() != 101:
            return False
        asked.connection.sendall(frame(2, b"secret"))
        return asked.echoes(b"secret")


HANDSHAKES = [
    ("a handshake and a message", accepted(head())),
    ("the key's digest", accepting),
    ("Connection: keep-alive, Upgrade", accepted(head(Connection="keep-alive, Upgrade"))),
    ("Upgrade: WebSocket, CONNECTION: upgrade", accepted(head(Connection="upgrade", Upgrade="WebSocket"))),
    ("a subprotocol of those offered", chosen),
    ("a message behind the head, before its answer", early),
    ("head and message byte by byte", pieces),
    ("over TLS", by_tls),
    ("version 9", denied(head(Sec_WebSocket_Version="9"))),
    ("no version", denied(head(Sec_WebSocket_Version=None))),
    ("no key", denied(head(Sec_WebSocket_Key=None))),
    ("a key of 5 bytes", denied(head(Sec_WebSocket_Key="aGVsbG8="))),
    ("two keys", denied(head(more=[f"Sec-WebSocket-Key: {KEY}"]))),
    ("POST", denied(head("POST / HTTP/1.1", more=["Content-Length: 0"]))),
    ("HTTP/1.0", refused(head("GET / HTTP/1.0"))),
    ("Upgrade without Connection", refused(head(Connection=None))),
    ("Connection without Upgrade", refused(head(Upgrade=None))),
    ("an upgrade to something unknown", refused(head(Upgrade="gopher"))),
    ("an upgrade to HTTP/2", refused(head(Upgrade="h2c", Connection="Upgrade, HTTP2-Settings", HTTP2_Settings="AAMAAABk"))),
    ("a body with its length", denied(head(more=["Content-Length: 5"]) + b"hello")),
    ("a body in chunks", denied(head(more=["Transfer-Encoding: chunked"]) + b"0\r\n\r\n")),
    ("two Hosts", denied(head(more=["Host: other.localhost"]))),
    ("closing", closing),
    ("closing, and ending its side with it", half_closed),
    ("an origin that is gone", dropped),
    ("4 MB to a client that reads late", slow_reader),
    ("two seconds of silence", idle_then_used),
]


# MARK: Over HTTP/2

def socketed(path="/", kind="websocket"):
    return [(":method", "CONNECT"), (":protocol", kind), (":scheme", "https"), (":authority", HOST), (":path", path),
            ("sec-websocket-version", "13"), ("origin", f"https://{HOST}")]


def announced(streams):
    return streams.until(lambda: streams.remote_settings.get(8) == 1)


def carried(streams):
    stream = streams.ask(socketed())
    if streams.status(stream) != "200":
        return False
    streams.send(stream, frame(2, b"hello"))
    return streams.until(lambda: (2, b"hello") in unframe(streams.body(stream)))


def carried_much(streams):
    payload = os.urandom(2 << 20)
    stream = streams.ask(socketed())
    if streams.status(stream) != "200":
        return False
    streams.send(stream, frame(2, payload))
    return streams.until(lambda: (2, payload) in unframe(streams.body(stream)), 30)


def carried_beside(streams):
    """Two sockets and a request in one connection."""
    sockets = [streams.ask(socketed()) for _ in range(2)]
    if any(streams.status(stream) != "200" for stream in sockets):
        return False
    request = streams.ask([(":method", "GET"), (":scheme", "https"), (":authority", HOST), (":path", "/")], end=True)
    for index, stream in enumerate(sockets):
        streams.send(stream, frame(2, b"%d" % index))
    return streams.status(request) is not None and all(
        streams.until(lambda: (2, b"%d" % index) in unframe(streams.body(stream))) for index, stream in enumerate(sockets))


def carried_end(streams):
    stream = streams.ask(socketed())
    if streams.status(stream) != "200":
        return False
    streams.send(stream, frame(8, b"\x03\xe8"))
    return streams.until(lambda: streams.has_ended(stream)) and (8, b"\x03\xe8") in unframe(streams.body(stream))


def unknown_protocol(streams):
    stream = streams.ask(socketed(kind="gopher"))
    return streams.status(stream) not in (None, "200") or streams.is_reset(stream)


def bad_version(streams):
    fields = [(name, "9" if name == "sec-websocket-version" else value) for name, value in socketed()]
    stream = streams.ask(fields)
    return (streams.status(stream) or "0") >= "400"


OVER_HTTP2 = [
    ("extended CONNECT is announced", announced),
    ("a message there and back", carried),
    ("2 MB through the windows", carried_much),
    ("two sockets and a request", carried_beside),
    ("closing ends the stream", carried_end),
    ("an unknown :protocol", unknown_protocol),
    ("version 9 in a stream", bad_version),
]


# MARK: All of them

# Of compressed messages, which are a thousand a case, two sizes each: 16 and 1,024 bytes.
AUTOBAHN = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*",
            *(f"{group}.{size}" for group in ("12.1", "12.2", "12.3", "12.4", "12.5", "13.1", "13.2", "13.3", "13.4", "13.5",
                                              "13.6", "13.7") for size in (1, 4))]

def autobahn(port, folder):
    """Every case's verdict, by its number."""
    chosen = [word for case in AUTOBAHN for word in ("-i", case)]
    program = [sys.executable, "-c", "import kosoku._cli; kosoku._cli.main()"]
    subprocess.run(beside.with_hosts([*program, "-p", "2", *chosen, "-o", folder, f"{HOST}:{port}"]), capture_output=True)
    (verdicts,) = json.loads((Path(folder) / "index.json").read_text()).values()
    return {case: verdict["behavior"] in ("OK", "NON-STRICT", "INFORMATIONAL")
            and verdict["behaviorClose"] in ("OK", "INFORMATIONAL") for case, verdict in verdicts.items()}


def met(run):
    try:
        return bool(run())
    except (OSError, ValueError, IndexError):
        return False


def in_stream(case, door):
    with Streams(door.tls, HOST) as streams:
        return case(streams)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    with beside.doors(options.built, ORIGIN, "websockets\n") as doors, tempfile.TemporaryDirectory() as folder:
        verdicts = {name: autobahn(door.plain, f"{folder}/{name}") for name, door in doors.items()}
        shaken = {name: {case for case, run in HANDSHAKES if met(lambda: run(door))} for name, door in doors.items()}
        carried = {name: {case for case, run in OVER_HTTP2 if met(lambda: in_stream(run, door))}
                   for name, door in doors.items() if door.tls}
    cases = list(verdicts["direct"])
    passed = {name: {case for case in cases if found.get(case)} for name, found in verdicts.items()}
    someone_failed = [case for case in cases if any(case not in of for of in passed.values())]
    beside.keep(options.out, "router-websockets", "\n".join([
        beside.table(passed, cases, someone_failed), beside.table(shaken, [case for case, _ in HANDSHAKES]),
        beside.table(carried, [case for case, _ in OVER_HTTP2])]))


if __name__ == "__main__":
    main()
