#!/usr/bin/env python3
"""Time of indexing 10,000 documents in bulks, and of 1,000 searches of each kind, in the search server of an add-on.

    Benchmarks/addons/search.py BUILT [--documents 10000] [--searches 1000] [--bulk 500] [--out Benchmarks/results]

Documents are made of words as frequent as a language's are (Zipf's law, 20,000 words), with a fixed seed. One connection,
one request after the other, as a web dyno does it; the time is the client's, from the request to the end of the answer.
Beside it: how long `paas apps` takes while four clients search without a pause, and while nobody does.
"""

import argparse
import base64
import http.client
import itertools
import json
import random
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

WORDS = [f"word{number}" for number in range(20_000)]
WEIGHTS = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(WORDS))))


def text(random, count):
    return " ".join(random.choices(WORDS, cum_weights=WEIGHTS, k=count))


def document(random, number):
    return {
        "title": text(random, 8), "body": text(random, random.randint(40, 200)), "author": f"author{number % 100}",
        "views": random.randrange(100_000), "published": number % 3 == 0,
        "at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T12:00:00Z",
    }


class Client:
    def __init__(self, url):
        parts = urlsplit(url)
        credentials = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port)

    def ask(self, method, path, body=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        self.connection.request(method, path, body=data, headers=self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]}")
        return json.loads(content)


def index(client, random, count, size):
    """Seconds of each bulk."""
    times = []
    for start in range(0, count, size):
        lines = []
        for number in range(start, min(start + size, count)):
            lines += [json.dumps({"index": {"_id": str(number)}}), json.dumps(document(random, number))]
        body = ("\n".join(lines) + "\n").encode()
        began = time.perf_counter()
        answer = client.ask("POST", "/posts/_bulk", body)
        times.append(time.perf_counter() - began)
        if answer["errors"]:
            raise SystemExit("a bulk had errors")
    return times


def kinds(random):
    """What is searched: a name, and what makes a query of it."""
    def word():
        return random.choices(WORDS, cum_weights=WEIGHTS, k=1)[0]

    return {
        "multi_match over *": lambda: {"multi_match": {"query": f"{word()} {word()}", "fields": ["*"]}},
        "match of three words": lambda: {"match": {"body": text(random, 3)}},
        "match_phrase": lambda: {"match_phrase": {"body": f"{word()} {word()}"}},
        "bool with a filter": lambda: {
            "bool": {"must": [{"match": {"body": word()}}], "filter": [{"range": {"views": {"gte": 50_000}}}]}},
        "fuzzy": lambda: {"match": {"title": {"query": word()[:-1], "fuzziness": "AUTO"}}},
        "match_all, sorted": lambda: {"match_all": {}},
    }


def search(client, make, count, sort=None):
    times = []
    for _ in range(count):
        body = {"query": make(), "from": 0, "size": 25}
        if sort:
            body["sort"] = sort
        began = time.perf_counter()
        client.ask("POST", "/posts/_search", body)
        times.append(time.perf_counter() - began)
    return times


def daemon_times(platform, rounds=20):
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        platform.run("paas", "apps")
        times.append(time.perf_counter() - began)
    return times


def daemon_beside_searches(platform, url, random):
    """Seconds of `paas apps` while four clients search."""
    ends = threading.Event()
    make = kinds(random)["match of three words"]

    def client():
        own = Client(url)
        while not ends.is_set():
            search(own, make, 1)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        return daemon_times(platform)
    finally:
        ends.set()
        for thread in threads:
            thread.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=1_000)
    parser.add_argument("--bulk", type=int, default=500)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()

    source = random.Random(5)
    with measure.Platform(options.built) as platform:
        platform.run("paas", "create", "blog", folder=platform.root)
        began = time.perf_counter()
        platform.run("paas", "addons:create", "searchbox", "-a", "blog")
        creation = time.perf_counter() - began
        url = platform.run("paas", "config:get", "SEARCHBOX_URL", "-a", "blog").strip()
        client = Client(url)
        bulks = index(client, source, options.documents, options.bulk)
        searches = {
            name: search(client, make, options.searches, [{"views": "desc"}] if "sorted" in name else None)
            for name, make in kinds(source).items()
        }
        alone = daemon_times(platform)
        beside = daemon_beside_searches(platform, url, source)
    total = sum(bulks)
    rows = [[name, *quantiles(times)] for name, times in searches.items()]
    rows += [["paas apps, nobody searches", *quantiles(alone)], ["paas apps, four clients search", *quantiles(beside)]]
    text = (
        f"addons:create searchbox: {creation * 1000:.0f} ms\n"
        f"{options.documents} documents in bulks of {options.bulk}: {total:.2f} s, "
        f"{options.documents / total:.0f} documents a second\n\n"
        + measure.table([f"{options.searches} searches one after the other", "p50, ms", "p99, ms"], rows))
    result = {"create": creation, "bulks": bulks, "searches": searches, "apps_alone": alone, "apps_beside": beside}
    measure.keep(options.out, "search", result, text)


def quantiles(times):
    ordered = sorted(times)
    return [f"{ordered[int(len(ordered) * part)] * 1000:.2f}" for part in (0.5, 0.99)]


if __name__ == "__main__":
    main()
