"""Tells by mail that a site has changed, through SendGrid."""

import os

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Mail


def tell(url):
    """Sends a mail to MAIL_TO where there is a key of SendGrid's.

    Returns what became of it, as the end of a sentence.
    """
    key, address = os.environ.get("SENDGRID_API_KEY"), os.environ.get("MAIL_TO")
    if not key or not address:
        return "no mail is sent: SENDGRID_API_KEY and MAIL_TO are not both set"
    mail = Mail(
        from_email=os.environ.get("MAIL_FROM", address),
        to_emails=address,
        subject=f"{url} has changed",
        plain_text_content=f"{url} is not what it was when webchecker looked at it before.\n",
    )
    try:
        SendGridAPIClient(key).send(mail)
    except (HTTPError, OSError) as problem:
        return f"no mail could be sent: {problem}"
    return f"{address} is told by mail"
