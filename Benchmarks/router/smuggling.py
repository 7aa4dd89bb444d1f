#!/usr/bin/env python3
"""The mutations of `smuggler` (defparam/smuggler) through paas-router, nginx, HAProxy and Caddy.

    Benchmarks/router/smuggling.py BUILT SMUGGLER [--garden TROPHIES.md] [--out Benchmarks/results]

SMUGGLER is a folder with that tool's sources. Its lists `default` and `exhaustive` write Transfer-Encoding in 802 wrong ways beside a
Content-Length, and guesses from delays; here the origin tells what it was sent. A case is met when the request is
refused, or arrives once, with one length and nothing that a lenient origin could take for Transfer-Encoding beside it.

TROPHIES.md is a list of bugs in the HTTP Garden (narfindustries/http-garden), with a message for each. All but four of
them are malformed (those with only valid bytes in a value, with two requests, with a chunked body, with a byte behind
one), so that there it is counted how many reached the origin.
"""

import argparse
import concurrent.futures
import contextlib
import re
import sys
from pathlib import Path

import beside
import conformance
from beside import HERE, HOST

# Whatever ends a line for somebody, then the name with anything but letters around it.
HIDDEN = re.compile(rb"[\r\n\0\x0b\x0c][^a-z\r\n]*transfer[-_]encoding[^a-z:]*:", re.I)
BODIES = {"ends early": (6, "0\r\n\r\nX"), "ends late": (4, "1\r\nZ\r\n0\r\n\r\n")}


def mutations(folder):
    """Requests by name, as the tool's lists make them."""
    sys.path.insert(0, f"{folder}/lib")
    from Payload import Payload
    for path in (Path(folder, "configs", f"{name}.py") for name in ("default", "exhaustive")):
        made = {}
        exec(path.read_text(), {"Payload": Payload, "mutations": made})
        for name, payload in made.items():
            for body, (length, text) in BODIES.items():
                payload.host, payload.method, payload.cl, payload.body = HOST, "POST", length, text
                yield f"{path.stem}: {name}, {body}", str(payload).encode("latin-1", "replace")


def trophies(path):
    """The messages, asking for the host that is served here."""
    for payload in re.findall(r"Payload: `(.*)`", Path(path).read_text()):
        message = payload.encode().decode("unicode_escape").encode("latin-1")
        yield re.sub(rb"(?im)^(host *: *)[a-z.]+(\r?)$", rb"\1" + HOST.encode() + rb"\2", message)


def met(answer):
    if conformance.refused(answer):
        return True
    # What is left of a body may be a request of its own, which then has to be refused.
    if len(answer.seen) != 1:
        return False
    head = answer.seen[0]["head"]
    lengths = answer.fields(b"content-length")
    return len(lengths) + len(answer.fields(b"transfer-encoding")) <= 1 and not (lengths and HIDDEN.search(head))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("smuggler")
    parser.add_argument("--garden")
    parser.add_argument("--out", default=str(HERE.parent / "results"))
    options = parser.parse_args()
    cases = dict(mutations(options.smuggler))
    with beside.doors(options.built, conformance.ORIGIN) as doors:
        del doors["direct"]
        found = {name: set() for name in doors}

        def ask(name, case):
            with contextlib.suppress(IndexError, ValueError, OSError):
                if met(conformance.exchange(doors[name].plain, [cases[case]])):
                    found[name].add(case)

        # Most of the time is spent waiting for a second answer, which must not come.
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for name in doors:
                list(pool.map(lambda case: ask(name, case), cases))
        garden = ""
        if options.garden:
            messages = list(trophies(options.garden))
            reached = {name: sum(bool(conformance.exchange(door.plain, [message]).seen) for message in messages)
                       for name, door in doors.items()}
            garden = f"\nOf the {len(messages)} messages of the garden reached the origin: " + ", ".join(
                f"{count} through {name}" for name, count in reached.items()) + "\n"
    groups = {}
    for case in cases:
        groups.setdefault(re.sub(r"-[0-9a-f]{2}(-[0-9a-f]{2})?,", ",", case), set()).add(case)
    lines = [f"| {group} | {len(of)} | " + " | ".join(str(len(of & found[name])) for name in found) + " |" for group, of in groups.items()
             if any(len(of & found[name]) < len(of) for name in found)]
    beside.keep(options.out, "router-smuggling", "\n".join([
        "| mutation | cases | " + " | ".join(found) + " |", "| --- | --- |" + " --- |" * len(found),
        f"| **all** | **{len(cases)}** | " + " | ".join(f"**{len(of)}**" for of in found.values()) + " |", *lines, garden]))


if __name__ == "__main__":
    main()
