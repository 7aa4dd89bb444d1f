#!/usr/bin/env python3
"""Messages that proxies are known to disagree about, sent to paas-router, nginx, HAProxy and Caddy: who does what RFC
9110 and 9112 ask, where they leave a choice the strict one.

    Benchmarks/router/conformance.py BUILT [--out Benchmarks/results]

The origin behind all of them tells in its answer what it was sent, byte by byte. A case is met when the request is
refused (4xx, 5xx or a closed connection, and nothing of it reaches the origin) where it must be, and where it may pass,
when the origin got it in a form that leaves no choice.
"""

import argparse
import base64
import contextlib
import json
import socket
import time

import beside
from beside import HERE, HOST

ORIGIN = r'''
import base64, json, os, socket, sys, threading

def serve(connection):
    try:
        answer(connection)
    except (OSError, ValueError):
        connection.close()

def answer(connection):
    stream = connection.makefile("rb")
    while True:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return
            head += line
        fields = [line.split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line]
        fields = [(name.strip().lower(), value.strip()) for name, value in fields]
        body = b""
        if any(name == b"transfer-encoding" for name, _ in fields):
            while True:
                line = stream.readline()
                body += line
                size = int(line.split(b";")[0], 16)
                body += stream.read(size) if size else b""
                end = stream.readline()
                body += end
                while not size and end.strip():
                    end = stream.readline()
                    body += end
                if not size:
                    break
        else:
            body = stream.read(int(dict(fields).get(b"content-length", b"0")))
        told = json.dumps({"head": base64.b64encode(head).decode(), "body": base64.b64encode(body).decode()}).encode()
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(told)
        connection.sendall(answer + (b"" if head.startswith(b"HEAD ") else told))

def listen(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

ports = [int(word) for word in sys.argv[1:]] or [int(os.environ["PORT"])]
for port in ports[1:]:
    threading.Thread(target=listen, args=(port,), daemon=True).start()
listen(ports[0])
'''


class Answer:
    def __init__(self, raw):
        self.raw = raw
        self.statuses = []
        self.seen = []
        rest = raw
        while rest.startswith(b"HTTP/1."):
            head, separator, rest = rest.partition(b"\r\n\r\n")
            if not separator:
                break
            status = int(head.split(b" ")[1])
            self.statuses.append(status)
            lines = head.lower().split(b"\r\n")
            length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), None)
            if any(line.startswith(b"transfer-encoding: chunked") for line in lines):
                body, rest = self.unchunk(rest)
            elif length is None:
                body, rest = (b"", rest) if status < 200 or status in (204, 304) else (rest, b"")
            else:
                body, rest = rest[:length], rest[length:]
            if status == 200 and body.startswith(b'{"head"'):
                try:
                    told = json.loads(body)
                    self.seen.append({key: base64.b64decode(value) for key, value in told.items()})
                except ValueError:
                    pass

    @staticmethod
    def unchunk(rest):
        body = b""
        while True:
            size, _, rest = rest.partition(b"\r\n")
            count = int(size.split(b";")[0] or b"0", 16)
            body, rest = body + rest[:count], rest[count + 2:]
            if not count:
                return body, rest

    def fields(self, name, which=0):
        lines = self.seen[which]["head"].split(b"\r\n")[1:]
        return [value.strip() for key, _, value in (line.partition(b":") for line in lines) if key.lower() == name]


def exchange(port, pieces):
    with socket.create_connection(("127.0.0.1", port), 3) as connection:
        raw = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
                if len(pieces) > 1:
                    time.sleep(0.1)
            connection.settimeout(0.7)
            while part := connection.recv(65536):
                raw += part
        except (TimeoutError, ConnectionError):
            pass
        return Answer(raw)


def refused(answer):
    return not answer.seen and all(status >= 400 for status in answer.statuses)


def once(answer):
    """Exactly one request reached the origin, with one length at most."""
    if len(answer.seen) != 1 or answer.statuses[-1] != 200:
        return False
    return len(answer.fields(b"content-length")) + len(answer.fields(b"transfer-encoding")) <= 1


def status(*wanted):
    return lambda answer: bool(answer.statuses) and answer.statuses[-1] in wanted and not answer.seen


def get(*lines, start=b"GET / HTTP/1.1", host=True):
    head = [start] + ([b"Host: " + HOST.encode()] if host else []) + list(lines)
    return b"\r\n".join(head) + b"\r\n\r\n"


def post(*lines, body=b"", host=True):
    return get(*lines, start=b"POST / HTTP/1.1", host=host) + body


CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\n\r\n"


def chunks(body):
    return post(CHUNKED, body=body)


CASES = [
    ("Content-Length beside Transfer-Encoding", [post(b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED)], refused),
    ("Transfer-Encoding beside Content-Length", [post(CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED)], refused),
    ("two lengths that differ", [post(b"Content-Length: 5", b"Content-Length: 6", body=b"hello!")], refused),
    ("a list of lengths that differ", [post(b"Content-Length: 5, 6", body=b"hello!")], refused),
    ("length +5", [post(b"Content-Length: +5", body=b"hello")], refused),
    ("length -1", [post(b"Content-Length: -1", body=b"hello")], refused),
    ("length 0x5", [post(b"Content-Length: 0x5", body=b"hello")], refused),
    ("length 5 5", [post(b"Content-Length: 5 5", body=b"hello")], refused),
    ("an empty length", [post(b"Content-Length:", body=b"hello")], refused),
    ("a length beyond 64 bits", [post(b"Content-Length: 18446744073709551621", body=b"hello")], refused),
    ("chunked twice", [post(b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n")], refused),
    ("chunked in two fields", [post(CHUNKED, CHUNKED, body=b"0\r\n\r\n")], refused),
    ("xchunked", [post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n")], refused),
    ("chunked not last", [post(b"Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n")], refused),
    ("identity", [post(b"Transfer-Encoding: identity", b"Content-Length: 5", body=b"hello")], refused),
    ("chunked with a vertical tab", [post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n")], refused),
    ("a quoted chunked", [post(b'Transfer-Encoding: "chunked"', body=b"0\r\n\r\n")], refused),
    ("Transfer-Encoding in HTTP/1.0", [get(CHUNKED, start=b"POST / HTTP/1.0") + b"0\r\n\r\n"], refused),
    ("a blank before the colon", [post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n")], refused),
    ("a folded field", [post(b"X-A: a", b" Transfer-Encoding: chunked", body=b"")], refused),
    ("a folded first field", [b"GET / HTTP/1.1\r\n Host: " + HOST.encode() + b"\r\n\r\n"], refused),
    ("NUL in a value", [get(b"X-A: a\0b")], refused),
    ("a bare CR in a value", [get(b"X-A: a\rTransfer-Encoding: chunked")], refused),
    ("a bare LF in a value", [get(b"X-A: a\nX-B: b")], refused),
    ("a control byte in a name", [get(b"X-\x01: a")], refused),
    ("a blank in a name", [get(b"X A: a")], refused),
    ("an empty name", [get(b": a")], refused),
    ("a field without a colon", [get(b"X-A")], refused),
    ("bare LF line ends", [b"GET / HTTP/1.1\nHost: " + HOST.encode() + b"\n\n"], refused),
    ("no Host", [get(host=False)], refused),
    ("two Hosts", [get(b"Host: other.localhost")], refused),
    ("a Host of two", [get(b"Host: " + HOST.encode() + b", other", host=False)], refused),
    ("a Host with a path", [get(b"Host: " + HOST.encode() + b"/x", host=False)], refused),
    ("a Host with user and blank", [get(b"Host: a b", host=False)], refused),
    ("absolute form wins over Host", [get(b"Host: elsewhere", start=b"GET http://" + HOST.encode() + b"/ HTTP/1.1", host=False)],
     lambda answer: once(answer) and answer.fields(b"host") == [HOST.encode()]),
    ("HTTP/1.10", [get(start=b"GET / HTTP/1.10")], refused),
    ("HTTP/9.9", [get(start=b"GET / HTTP/9.9")], refused),
    ("lower-case http/1.1", [get(start=b"GET / http/1.1")], refused),
    ("two blanks in the request line", [get(start=b"GET  / HTTP/1.1")], refused),
    ("a tab in the request line", [get(start=b"GET\t/ HTTP/1.1")], refused),
    ("a control byte in the target", [get(start=b"GET /\x01 HTTP/1.1")], refused),
    ("a blank in the target", [get(start=b"GET /a b HTTP/1.1")], refused),
    ("a blank in front of the method", [get(start=b" GET / HTTP/1.1")], refused),
    ("a bad byte in the method", [get(start=b"G@T / HTTP/1.1")], refused),
    ("CONNECT", [get(start=b"CONNECT " + HOST.encode() + b":80 HTTP/1.1")], refused),
    ("a chunk size with a blank", [chunks(b"5 \r\nhello\r\n0\r\n\r\n")], refused),
    ("a chunk size 0x5", [chunks(b"0x5\r\nhello\r\n0\r\n\r\n")], refused),
    ("a chunk size +5", [chunks(b"+5\r\nhello\r\n0\r\n\r\n")], refused),
    ("a chunk size beyond 64 bits", [chunks(b"10000000000000005\r\nhello\r\n0\r\n\r\n")], refused),
    ("chunks ended by bare LF", [chunks(b"5\nhello\n0\n\n")], refused),
    ("a bare LF in a chunk extension", [chunks(b"5;a\nhello\r\n0\r\n\r\n")], refused),
    ("a bare CR in a chunk extension", [chunks(b"5;a\rb\r\nhello\r\n0\r\n\r\n")], refused),
    ("no CRLF behind a chunk", [chunks(b"5\r\nhello0\r\n\r\n")], refused),
    ("a chunk longer than it says", [chunks(b"5\r\nhello!\r\n0\r\n\r\n")], refused),
    ("a field of 9,000 bytes", [get(b"X-A: " + b"a" * 9000)], status(400, 431)),
    ("a target of 9,000 bytes", [get(start=b"GET /" + b"a" * 9000 + b" HTTP/1.1")], status(400, 414)),
    ("1,100 fields", [get(*[b"X-%d: a" % number for number in range(1100)])], status(400, 431)),
    ("an expectation that nobody knows", [get(b"Expect: magic")], status(417)),
    ("fields that Connection names are removed", [get(b"X-Secret: 1", b"Connection: X-Secret, keep-alive")],
     lambda answer: once(answer) and not answer.fields(b"x-secret")),
    ("Connection does not remove the length", [post(b"Content-Length: 5", b"Connection: Content-Length", body=b"hello")],
     lambda answer: refused(answer) or (once(answer) and answer.seen[0]["body"] == b"hello")),
    ("Connection does not remove what the proxy says", [get(b"Connection: X-Forwarded-For")],
     lambda answer: refused(answer) or (once(answer) and len(answer.fields(b"x-forwarded-for")) == 1)),
    ("Keep-Alive, TE and Proxy-Connection stay here", [get(b"Keep-Alive: 5", b"TE: trailers", b"Proxy-Connection: x")],
     lambda answer: once(answer) and not any(map(answer.fields, (b"keep-alive", b"te", b"proxy-connection")))),
    ("two equal lengths", [post(b"Content-Length: 5", b"Content-Length: 5", body=b"hello")],
     lambda answer: refused(answer) or once(answer)),
    ("a well-formed chunked body", [chunks(b"5\r\nhello\r\n0\r\n\r\n")], once),
    ("chunk extensions and trailers", [chunks(b"5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n")], once),
    ("a chunk size with zeros in front", [chunks(b"0005\r\nhello\r\n000\r\n\r\n")], once),
    ("CRLF in front of the request line", [b"\r\n" + get()], once),
    ("an empty value", [get(b"X-A:")], once),
    ("tabs and bytes above 127 in a value", [get(b"X-A: a\tb\xe9")], once),
    ("a method of its own", [get(start=b"BREW / HTTP/1.1")], once),
    ("OPTIONS *", [get(start=b"OPTIONS * HTTP/1.1")], once),
    ("two requests at once, answered in order", [get(start=b"GET /1 HTTP/1.1") + get(start=b"GET /2 HTTP/1.1")],
     lambda answer: [seen["head"][:6] for seen in answer.seen] == [b"GET /1", b"GET /2"]),
    ("a head in small pieces", [bytes([byte]) for byte in get()[:12]] + [get()[12:]], once),
    ("100-continue", [post(b"Content-Length: 5", b"Expect: 100-continue"), b"hello"],
     lambda answer: answer.statuses == [100, 200] and answer.seen[0]["body"] == b"hello"),
    ("HEAD has no body", [get(start=b"HEAD / HTTP/1.1") + get(start=b"GET /2 HTTP/1.1")],
     lambda answer: [part[:12] for part in answer.raw.split(b"\r\n\r\n")[:2]] == [b"HTTP/1.1 200"] * 2),
    ("HTTP/1.0 closes", [get(start=b"GET / HTTP/1.0") + get()], lambda answer: answer.statuses == [200]),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    with beside.doors(options.built, ORIGIN) as doors:
        del doors["direct"]
        met = {name: set() for name in doors}
        for case, pieces, expected in CASES:
            for name, door in doors.items():
                with contextlib.suppress(IndexError, ValueError, OSError):
                    if expected(exchange(door.plain, pieces)):
                        met[name].add(case)
    beside.keep(options.out, "router-conformance", beside.table(met, [case for case, _, _ in CASES]))


if __name__ == "__main__":
    main()
