#!/usr/bin/env python3
"""Time of sending mail, by SMTP and by SendGrid's API, and whether all of it is kept.

    Benchmarks/addons/mail.py BUILT [--messages 1000] [--out Benchmarks/results]

One client, one message after the other, as a web dyno sends them: over one SMTP connection, over an SMTP connection of
its own for each, and by one POST each to http://mail.localhost. The time of a message is the client's, from the first
byte to the server's word that it has it. At the end all that is kept is listed, and each message is looked for by its
subject.
"""

import argparse
import http.client
import json
import smtplib
import sys
import time
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import measure

BODY = "A page has changed since it was looked at last.\n" * 20


def message(subject):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "app@example.com", "you@example.com", subject
    mail.set_content(BODY)
    mail.add_alternative(f"<p>{BODY}</p>", subtype="html")
    return mail


def log_in(server):
    client = smtplib.SMTP(server["host"], int(server["port"]))
    client.login(server["user"], server["password"])
    return client


def by_smtp(server, count):
    times = []
    client = log_in(server)
    for number in range(count):
        mail = message(f"kept-{number}")
        began = time.perf_counter()
        client.send_message(mail)
        times.append(time.perf_counter() - began)
    client.quit()
    return times


def by_smtp_each(server, count):
    times = []
    for number in range(count):
        mail = message(f"each-{number}")
        began = time.perf_counter()
        client = log_in(server)
        client.send_message(mail)
        client.quit()
        times.append(time.perf_counter() - began)
    return times


def by_api(port, key, count):
    times = []
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Host": f"mail.localhost:{port}", "Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for number in range(count):
        body = json.dumps({
            "personalizations": [{"to": [{"email": "you@example.com"}]}], "from": {"email": "app@example.com"},
            "subject": f"api-{number}",
            "content": [{"type": "text/plain", "value": BODY}, {"type": "text/html", "value": f"<p>{BODY}</p>"}],
        })
        began = time.perf_counter()
        connection.request("POST", "/v3/mail/send", body=body, headers=headers)
        answer = connection.getresponse()
        said = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 202:
            raise SystemExit(f"mail/send: {answer.status} {said[:300]}")
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("built", help="folder of the built programs")
    parser.add_argument("--messages", type=int, default=1000, help="1000 at most")
    parser.add_argument("--out", default=str(Path(__file__).resolve().parent.parent / "results"))
    options = parser.parse_args()

    with measure.Platform(options.built) as platform:
        platform.run("paas", "create", "shop", folder=platform.root)
        platform.run("paas", "addons:create", "mailtrap", "-a", "shop")
        platform.run("paas", "addons:create", "sendgrid", "-a", "shop")
        key = platform.run("paas", "mail:keys:create", "-a", "shop").split()[-1]
        config = json.loads(platform.run("paas", "config", "--json", "-a", "shop"))
        server = {
            "host": config["MAILTRAP_HOST"], "port": config["MAILTRAP_PORT"], "user": config["MAILTRAP_USERNAME"],
            "password": config["MAILTRAP_PASSWORD"],
        }
        ways = [
            ("SMTP, one connection", "kept", by_smtp(server, options.messages)),
            ("SMTP, a connection each", "each", by_smtp_each(server, options.messages)),
            ("SendGrid's mail/send", "api", by_api(platform.port, key, options.messages)),
        ]
        kept = set()
        for _, stem, _ in ways:
            found = platform.run("paas", "mail", "-n", "1000", "--search", f"{stem}-", "--json", "-a", "shop")
            kept |= {mail["subject"] for mail in json.loads(found)}
        began = time.perf_counter()
        platform.run("paas", "mail", "-a", "shop")
        listing = time.perf_counter() - began
    rows, result = [], {"listing": listing}
    for name, stem, times in ways:
        lost = sum(f"{stem}-{number}" not in kept for number in range(options.messages))
        ordered = sorted(times)
        rows.append([
            name, options.messages, lost, round(len(times) / sum(times)), f"{ordered[len(ordered) // 2] * 1000:.2f}",
            f"{ordered[len(ordered) * 99 // 100] * 1000:.2f}"])
        result[stem] = {"times": times, "lost": lost}
    text = measure.table(["way", "messages", "lost", "a second", "p50, ms", "p99, ms"], rows)
    text += f"\n`paas mail` with all of them there: {listing * 1000:.1f} ms\n"
    measure.keep(options.out, "mail", result, text)
    if any(entry["lost"] for entry in result.values() if isinstance(entry, dict)):
        raise SystemExit("mail was lost")


if __name__ == "__main__":
    main()
