"""The watched sites, in the Postgres database that DATABASE_URL names."""

import os
from contextlib import contextmanager

TABLE = (
    "CREATE TABLE sites (url text PRIMARY KEY, digest text,"
    " checked_at timestamptz, changed_at timestamptz, problem text)"
)


class Missing(Exception):
    """There is nothing to take the sites from: no database, none that answers, or no table in it."""

    def __init__(self, what, why, command):
        super().__init__(f"{what}: {why} To mend it: {command}")
        self.what, self.why, self.command = what, why, command


@contextmanager
def connection():
    """A connection for one piece of work, which is kept as a whole or not at all."""
    if not os.environ.get("DATABASE_URL"):
        raise Missing(
            "No database yet", "DATABASE_URL is not set.", "paas addons:create heroku-postgresql:hobby-dev")
    import psycopg2  # Only here, so that the pages do without its driver until there is a database.

    try:
        database = psycopg2.connect(os.environ["DATABASE_URL"])
    except psycopg2.OperationalError as problem:
        raise Missing("The database doesn’t answer", str(problem).strip(), "paas pg:info") from None
    try:
        with database, database.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            yield cursor
    except psycopg2.errors.UndefinedTable:
        raise Missing("No table yet", "The database has no table of sites.", f'paas pg:psql -c "{TABLE}"') from None
    finally:
        database.close()


def sites():
    """Every watched site, as dictionaries: what changed last comes first."""
    with connection() as cursor:
        cursor.execute(
            """SELECT url, digest, checked_at, changed_at, problem FROM sites
               ORDER BY changed_at DESC NULLS LAST, url"""
        )
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
