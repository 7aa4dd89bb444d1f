"""What the bot answers."""

import random
from urllib.error import HTTPError

import messenger

HELP = "I roll dice: /roll, or /roll 20. Whatever else you say, I say it, too."


def reply(text):
    """The answer to what somebody said."""
    command, _, rest = text.strip().partition(" ")
    if command in ("/start", "/help"):
        return HELP
    if command == "/roll":
        sides = int(rest) if rest.isdecimal() and len(rest) <= 3 and int(rest) > 1 else 6
        return f"You rolled {random.randint(1, sides)} of {sides}."
    return f"You said: {text}"


def take(update):
    """Answers an update of the messenger's; what is no text is passed over."""
    message = update.get("message") or {}
    if "text" in message:
        chat = message["chat"]["id"]
        try:
            messenger.send(chat, reply(message["text"]))
            print(f"Answered in chat {chat}", flush=True)
        except HTTPError as problem:  # Somebody who has blocked the bot, for one: to try again won't help.
            print(f"Chat {chat} takes no answer: {problem}", flush=True)
