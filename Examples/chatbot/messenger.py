"""The messenger that the bot lives in: as much of Telegram's API as it needs."""

import json
import os
import urllib.request

TOKEN = os.environ.get("BOT_TOKEN")
URL = os.environ.get("MESSENGER_URL", "https://api.telegram.org")


def send(chat, text):
    """Says something in a chat."""
    call("sendMessage", chat_id=chat, text=text)


def updates(after, wait):
    """What was said since the update of that number; waits that many seconds for something to be said."""
    return call("getUpdates", patience=wait + 10, offset=after + 1, timeout=wait)


def call(method, patience=20, **fields):
    request = urllib.request.Request(
        f"{URL}/bot{TOKEN}/{method}", json.dumps(fields).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=patience) as answer:
        return json.load(answer)["result"]
