"""The watched sites, in the Postgres database that DATABASE_URL names."""

import os
from contextlib import contextmanager


def is_there():
    """Whether the app has a database at all."""
    return bool(os.environ.get("DATABASE_URL"))


@contextmanager
def connection():
    """A connection for one piece of work, which is kept as a whole or not at all."""
    import psycopg2  # Only here, so that the app runs without a database and without its driver.

    database = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with database, database.cursor() as cursor:
            cursor.execute(
                """CREATE TABLE IF NOT EXISTS sites (
                    url text PRIMARY KEY,
                    digest text,
                    checked_at timestamptz,
                    changed_at timestamptz,
                    problem text
                )"""
            )
            yield cursor
    finally:
        database.close()


def sites():
    """Every watched site, as dictionaries in the order of their addresses."""
    with connection() as cursor:
        cursor.execute("SELECT url, digest, checked_at, changed_at, problem FROM sites ORDER BY url")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def watch(url):
    """Adds a site; one that is watched already stays as it is."""
    with connection() as cursor:
        cursor.execute("INSERT INTO sites (url) VALUES (%s) ON CONFLICT DO NOTHING", (url,))


def forget(url):
    """Stops watching a site."""
    with connection() as cursor:
        cursor.execute("DELETE FROM sites WHERE url = %s", (url,))


def note(url, digest, changed):
    """Remembers what a site's content looked like just now."""
    with connection() as cursor:
        cursor.execute(
            """UPDATE sites SET digest = %s, checked_at = now(), problem = NULL,
               changed_at = CASE WHEN %s THEN now() ELSE changed_at END WHERE url = %s""",
            (digest, changed, url),
        )


def note_problem(url, problem):
    """Remembers that a site could not be fetched."""
    with connection() as cursor:
        cursor.execute("UPDATE sites SET checked_at = now(), problem = %s WHERE url = %s", (problem, url))
