"""What the environment says, and what holds where it says nothing."""

import os
import secrets
from pathlib import Path

here = Path(__file__).parent


class Config:
    # Every worker process has to know the same one, as soon as there is a login.
    SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex()
    # Heroku's URL begins with postgres://, a name that SQLAlchemy gave up.
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{here / 'blog.db'}").replace(
        "postgres://", "postgresql://", 1
    )
    ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL")
    LOG_TO_STDOUT = bool(os.environ.get("LOG_TO_STDOUT"))
    POSTS_PER_PAGE = 10
