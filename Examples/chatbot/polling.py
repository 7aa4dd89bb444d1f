"""The bot as a worker, which asks its messenger again and again what was said. It needs no address."""

import sys
import time

import bot
import messenger


def main():
    if not messenger.TOKEN:
        sys.exit("BOT_TOKEN is not set. Type: paas config:set BOT_TOKEN=...")
    print("Waiting for messages", flush=True)
    last = 0
    while True:
        try:
            for update in messenger.updates(after=last, wait=25):
                bot.take(update)
                last = update["update_id"]
        except OSError as problem:
            print(f"The messenger can't be reached: {problem}; trying again", flush=True)
            time.sleep(3)


if __name__ == "__main__":
    main()
