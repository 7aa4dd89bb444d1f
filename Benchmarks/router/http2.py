#!/usr/bin/env python3
"""Frames of HTTP/2 that no good client sends, to paas-router, nginx, HAProxy and Caddy, over TLS.

    pip install hpack hyperframe
    Benchmarks/router/http2.py BUILT [--h2spec PROGRAM] [--out Benchmarks/results]

h2spec's cases ask for what RFC 7540 and 7541 say of frames, streams and HPACK; it is run with its strict ones where
there is such a program. The cases of this file ask what a proxy in front of HTTP/1.1 has to see to besides: fields that
would mean something else there, and clients that cost more than they give. One is met when the stream or the connection
is refused (or the request is answered with 4xx or 5xx) and nothing of it reaches the origin, or, where it may pass, when
the origin has it in a form that leaves no choice.
"""

import argparse
import base64
import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import xml.etree.ElementTree

import hpack
from hyperframe.frame import (ContinuationFrame, DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame,
                              SettingsFrame, WindowUpdateFrame)

import beside
import conformance
from beside import HERE, HOST


class Raw:
    """A connection that says what it is told, and keeps what it hears."""

    def __init__(self, port, settings=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        self.connection = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 3), server_hostname=HOST)
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.data, self.block = b"", b""
        self.heads, self.bodies, self.ended, self.resets = {}, {}, set(), {}
        self.gone = self.closed = False
        self.pongs = 0
        self.connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.send(SettingsFrame(0, settings=settings or {}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, *frames):
        """Not all of it, when the other side has closed."""
        with contextlib.suppress(OSError):
            self.connection.settimeout(3)
            self.connection.sendall(b"".join(frame if isinstance(frame, bytes) else frame.serialize() for frame in frames))

    def head(self, stream, fields, *flags):
        return HeadersFrame(stream, self.encoder.encode(fields), flags=["END_HEADERS", *flags])

    def take(self, limit):
        self.connection.settimeout(max(0.01, limit))
        try:
            part = self.connection.recv(1 << 16)
        except TimeoutError:
            return
        except OSError:
            part = b""
        self.closed = not part
        self.data += part
        while len(self.data) >= 9:
            frame, length = Frame.parse_frame_header(memoryview(self.data[:9]))
            if len(self.data) < 9 + length:
                break
            frame.parse_body(memoryview(self.data[9:9 + length]))
            self.data = self.data[9 + length:]
            self.hear(frame)

    def hear(self, frame):
        stream = frame.stream_id
        match frame:
            case HeadersFrame() | ContinuationFrame():
                self.block += frame.data
                if "END_HEADERS" in frame.flags:
                    self.heads[stream] = dict(self.decoder.decode(self.block))
                    self.block = b""
            case DataFrame():
                self.bodies[stream] = self.bodies.get(stream, b"") + frame.data
                if frame.flow_controlled_length:
                    self.send(*(WindowUpdateFrame(of, window_increment=frame.flow_controlled_length) for of in (0, stream)))
            case RstStreamFrame(): self.resets[stream] = frame.error_code
            case GoAwayFrame(): self.gone = self.gone or frame.error_code != 0
            case PingFrame() if "ACK" in frame.flags: self.pongs += 1
            case SettingsFrame() if "ACK" not in frame.flags: self.send(SettingsFrame(0, flags=["ACK"]))
        if "END_STREAM" in getattr(frame, "flags", ()):
            self.ended.add(stream)

    def until(self, done, limit=3):
        end = time.monotonic() + limit
        while not done() and not self.closed and time.monotonic() < end:
            self.take(end - time.monotonic())
        return done()

    def is_over(self, stream=1):
        return stream in self.ended or stream in self.resets or self.gone or self.closed

    def status(self, stream=1):
        self.until(lambda: self.is_over(stream))
        return int(self.heads.get(stream, {}).get(":status", 0))

    def heard(self, stream=1):
        """What the origin says that it was sent; `None` when it was sent nothing."""
        if self.status(stream) != 200:
            return None
        told = json.loads(self.bodies.get(stream, b"null"))
        return told and {key: base64.b64decode(value) for key, value in told.items()}


START = [(":method", "GET"), (":scheme", "https"), (":authority", HOST), (":path", "/")]


def asked(fields=(), body=b"", **changed):
    """The fields of a request; a pseudo field that is `None` is left out."""
    method = "POST" if body else "GET"
    pseudo = {":method": method} | {f":{name}": value for name, value in changed.items()}
    return [(name, pseudo.get(name, value)) for name, value in START if pseudo.get(name, value) is not None] + list(fields)


def refused(fields=(), body=b"", **changed):
    def run(port):
        with Raw(port) as raw:
            raw.send(raw.head(1, asked(fields, body, **changed), *([] if body else ["END_STREAM"])))
            if body:
                raw.send(DataFrame(1, body, flags=["END_STREAM"]))
            # An answer from the proxy itself, or none, or the end of it all; silence is no refusal.
            return (raw.status() >= 400 or raw.until(raw.is_over)) and raw.heard() is None
    return run


def passed(fields=(), body=b"", check=lambda heard: True, **changed):
    def run(port):
        with Raw(port) as raw:
            raw.send(raw.head(1, asked(fields, body, **changed), *([] if body else ["END_STREAM"])))
            if body:
                raw.send(DataFrame(1, body, flags=["END_STREAM"]))
            heard = raw.heard()
            return heard is not None and heard["body"].endswith(body) and bool(check(heard["head"]))
    return run


def lines(head, name):
    return [line for line in head.lower().split(b"\r\n")[1:] if line.startswith(name + b":")]


def either(first, second):
    return lambda port: first(port) or second(port)


def answered_then(after, *, before=lambda raw: (), settings=None, ends=lambda raw: raw.gone or raw.closed, limit=5):
    """What `after` sends ends the connection."""
    def run(port):
        with Raw(port, settings) as raw:
            raw.send(*before(raw))
            after(raw)
            return raw.until(lambda: ends(raw), limit)
    return run


def flood(frames, count=20_000, batch=500):
    """Ended, or at least unharmed: the connection is closed, or what was asked for is answered in time."""
    def run(port):
        with Raw(port) as raw:
            for start in range(0, count, batch):
                raw.send(b"".join(frames(raw, number) for number in range(start, start + batch)))
                if raw.closed or raw.gone:
                    break
                raw.take(0.01)
            return raw.until(lambda: raw.closed or raw.gone, 3)
    return run


def open_and_reset(raw, number):
    stream = 2 * number + 1
    return raw.head(stream, START, "END_STREAM").serialize() + RstStreamFrame(stream, error_code=8).serialize()


def endless_head(raw, number):
    part = b"\x00\x05x-big\x7f\x81\x1f" + b"a" * 287
    frame = ContinuationFrame(1, part * 40) if number else HeadersFrame(1, raw.encoder.encode(START))
    return frame.serialize()


def bomb(port):
    """A field of 3 KB, named a thousand times by one byte each."""
    with Raw(port) as raw:
        raw.send(raw.head(1, START + [("x-bomb", "a" * 3000)], "END_STREAM"))
        raw.until(raw.is_over)
        index = raw.encoder.encode([("x-bomb", "a" * 3000)])
        block = raw.encoder.encode(START) + index * 1000
        raw.send(HeadersFrame(3, block, flags=["END_HEADERS", "END_STREAM"]))
        return (raw.status(3) >= 400 or raw.until(lambda: raw.is_over(3))) and raw.heard(3) is None


def beyond_limit(port):
    """Those beyond the streams that were allowed are refused, and no other."""
    with Raw(port, {SettingsFrame.INITIAL_WINDOW_SIZE: 0}) as raw:
        raw.send(*(raw.head(2 * number + 1, START, "END_STREAM") for number in range(400)))
        return raw.until(lambda: 7 in raw.resets.values() or raw.gone or raw.closed)


def body_beyond_window(port):
    with Raw(port) as raw:
        raw.until(lambda: False, 0.2)
        raw.send(raw.head(1, asked(body=b"x")))
        for _ in range(600):
            raw.send(DataFrame(1, bytes(16384)))
            if raw.closed or raw.gone or raw.resets:
                break
        return raw.until(lambda: raw.gone or raw.closed or 1 in raw.resets)


def still_answered(*frames):
    """Frames that mean nothing do no harm."""
    def run(port):
        with Raw(port) as raw:
            raw.send(*frames, raw.head(1, START, "END_STREAM"), PingFrame(0, b"12345678"))
            return raw.heard() is not None and raw.until(lambda: raw.pongs == 1)
    return run


FIELDS = [(f"{what} in a field's {where}", refused([(name, value)])) for what, byte in
          {"CR LF": "\r\n", "LF": "\n", "CR": "\r", "NUL": "\0"}.items() for where, name, value in
          (("value", "x-a", f"a{byte}transfer-encoding: chunked"), ("name", f"x-a{byte}x-b", "a"))]

CASES = FIELDS + [
    ("a blank in a field's name", refused([("x a", "b")])),
    ("a colon in a field's name", refused([("x:a", "b")])),
    ("an empty name", refused([("", "b")])),
    ("transfer-encoding", refused([("transfer-encoding", "chunked")], b"0\r\n\r\n")),
    ("connection", refused([("connection", "x-a"), ("x-a", "b")])),
    ("upgrade", refused([("upgrade", "h2c")])),
    ("keep-alive", refused([("keep-alive", "5")])),
    ("proxy-connection", refused([("proxy-connection", "keep-alive")])),
    ("te: gzip", refused([("te", "gzip")])),
    ("te: trailers", passed([("te", "trailers")], check=lambda head: not lines(head, b"te") or lines(head, b"te") == [b"te: trailers"])),
    ("two lengths that differ", refused([("content-length", "5"), ("content-length", "6")], b"hello")),
    ("two equal lengths", either(refused([("content-length", "5")] * 2, b"hello"), passed(
        [("content-length", "5")] * 2, b"hello", lambda head: len(lines(head, b"content-length")) == 1))),
    ("length +5", refused([("content-length", "+5")], b"hello")),
    ("length 5,5", either(refused([("content-length", "5,5")], b"hello"), passed(
        [("content-length", "5,5")], b"hello", lambda head: lines(head, b"content-length") == [b"content-length: 5"]))),
    ("an empty length", refused([("content-length", "")], b"hello")),
    ("a length that is too long for the body", refused([("content-length", "6")], b"hello")),
    ("a length that is too short for the body", refused([("content-length", "4")], b"hello")),
    ("a length without a body", refused([("content-length", "5")])),
    ("no body and length 0", passed([("content-length", "0")], method="POST")),
    ("a blank in :path", refused(path="/a b")),
    ("CR LF in :path", refused(path="/ HTTP/1.1\r\nX-A: b")),
    ("a :path without a slash", refused(path="a")),
    ("an empty :path", refused(path="")),
    ("no :path", refused(path=None)),
    ("a :path that is a URL", either(refused(path="http://other.localhost/"), passed(
        path="http://other.localhost/", check=lambda head: not lines(head, b"host: other")))),
    ("a blank in :method", refused(method="GET /x HTTP/1.1")),
    ("CR LF in :method", refused(method="GET\r\nX-A:")),
    ("a lower-case method", passed(method="get", check=lambda head: head.startswith(b"get "))),
    ("no :method", refused(method=None)),
    ("no :scheme", refused(scheme=None)),
    ("CR LF in :authority", refused(authority=f"{HOST}\r\nX-A: b")),
    ("a blank in :authority", refused(authority=f"{HOST} x")),
    ("a slash in :authority", refused(authority=f"{HOST}/x")),
    ("a user in :authority", refused(authority=f"user@{HOST}")),
    ("a host that is another than :authority", either(refused([("host", "other.localhost")]), passed(
        [("host", "other.localhost")], check=lambda head: lines(head, b"host") == [b"host: " + HOST.encode()]))),
    ("a host in the place of :authority", passed([("host", HOST)], authority=None, check=lambda head: len(lines(head, b"host")) == 1)),
    ("neither :authority nor host", refused(authority=None)),
    ("two hosts in the place of :authority", refused([("host", HOST), ("host", "other.localhost")], authority=None)),
    ("CONNECT", refused(method="CONNECT", scheme=None, path=None)),
    ("cookies in parts become one", passed([("cookie", "a=1"), ("cookie", "b=2")], check=lambda head: lines(head, b"cookie") == [
        b"cookie: a=1; b=2"])),
    ("a field's value with blanks around it", either(refused([("x-a", " b ")]), passed([("x-a", " b ")], check=lambda head: lines(
        head, b"x-a")))),
    ("a head of 200 KB", refused([(f"x-{number}", "a" * 1000) for number in range(200)])),
    ("10,000 fields", refused([(f"x-{number}", "a") for number in range(10_000)])),
    ("a field of 3 KB, a thousand times", bomb),
    ("the streams beyond those allowed are refused", beyond_limit),
    ("a body beyond its window", body_beyond_window),
    ("frames of an unknown kind do no harm", still_answered(b"\0\0\x04\xfa\0\0\0\0\0abcd")),
    ("a setting of an unknown kind does no harm", still_answered(SettingsFrame(0, settings={0xfafa: 1}))),
    ("streams opened only to be reset: sent away", flood(open_and_reset)),
    ("settings without end: sent away", flood(lambda raw, number: SettingsFrame(0, settings={3: number % 100}).serialize())),
    ("a head without end: sent away", flood(endless_head, count=400, batch=4)),
]


# MARK: h2spec

def h2spec(program, port):
    """Which of its cases were met, and all of them, by their section and text."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        words = [program, "-h", HOST, "-p", port, "-t", "-k", "-S", "-j", report.name]
        subprocess.run(beside.with_hosts(words), capture_output=True)
        found = list(xml.etree.ElementTree.parse(report.name).iter("testcase"))
    named = [(f"{case.get('package')}: {case.get('classname')}", case) for case in found]
    return {name for name, case in named if case.find("failure") is None and case.find("error") is None}, [name for name, _ in named]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("--h2spec", default=shutil.which("h2spec"))
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    text = ""
    with beside.doors(options.built, conformance.ORIGIN) as doors:
        del doors["direct"]
        met = {name: set() for name in doors}
        for case, run in CASES:
            for name, door in doors.items():
                with contextlib.suppress(OSError, ValueError):
                    if run(door.tls):
                        met[name].add(case)
        if options.h2spec:
            found = {name: h2spec(options.h2spec, door.tls) for name, door in doors.items()}
            passed = {name: of for name, (of, _) in found.items()}
            cases = found["paas"][1]
            text = "h2spec\n\n" + beside.table(passed, cases, [case for case in cases if any(case not in of for of in passed.values())])
    beside.keep(options.out, "router-http2", beside.table(met, [case for case, _ in CASES]) + "\n" + text)


if __name__ == "__main__":
    main()
