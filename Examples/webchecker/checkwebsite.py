"""Fetches each watched site, hashes its content, notes a change and tells of it by mail.

    python checkwebsite.py              check every site once
    python checkwebsite.py --every 60   again and again, with 60 seconds between the rounds
"""

import argparse
import hashlib
import sys
import time
import urllib.request

import mail
import store


def digest_of(url):
    """The SHA-256 of what the address answers with."""
    asked = urllib.request.Request(url, headers={"User-Agent": "webchecker"})
    sha256 = hashlib.sha256()
    with urllib.request.urlopen(asked, timeout=20) as answer:
        while part := answer.read(65536):
            sha256.update(part)
    return sha256.hexdigest()


def check(site):
    """Looks at one site, notes what it found, and says it in one line."""
    url, before = site["url"], site["digest"]
    try:
        digest = digest_of(url)
    except (OSError, ValueError) as problem:
        store.note_problem(url, str(problem))
        return f"{url} can't be fetched: {problem}"
    changed = before is not None and digest != before
    store.note(url, digest, changed)
    if before is None:
        return f"{url} is watched from now on"
    return f"{url} has changed; {mail.tell(url)}" if changed else f"{url} has not changed"


def main():
    parser = argparse.ArgumentParser(description="Check the watched web sites for changes.")
    parser.add_argument("--every", type=int, metavar="SECONDS", help="keep checking, with this pause between rounds")
    every = parser.parse_args().every
    while True:
        try:
            sites = store.sites()
            if not sites:
                print("No site is watched yet", flush=True)
            for site in sites:
                print(check(site), flush=True)
        except store.Missing as missing:
            if every is None:
                sys.exit(str(missing))
            print(missing, flush=True)
        if every is None:
            break
        time.sleep(every)


if __name__ == "__main__":
    main()
