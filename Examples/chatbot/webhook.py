"""The bot behind an address to which its messenger posts what is said."""

import hmac
import os

from flask import Flask, abort, request

import bot

app = Flask(__name__)


@app.get("/")
def index():
    return "This is a bot. Its messenger talks to it at /webhook.\n", {"Content-Type": "text/plain"}


@app.post("/webhook")
def webhook():
    secret, said = os.environ.get("WEBHOOK_SECRET", ""), request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not secret or not hmac.compare_digest(secret.encode(), said.encode()):
        abort(403)
    bot.take(request.get_json())
    return "", 204
