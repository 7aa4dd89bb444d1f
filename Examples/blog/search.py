"""Finds posts by their words, where ELASTICSEARCH_URL names a server; the blog does without it, too."""

from elasticsearch import Elasticsearch, NotFoundError
from flask import current_app

INDEX = "post"


def init_app(app):
    url = app.config["ELASTICSEARCH_URL"]
    app.extensions["elasticsearch"] = Elasticsearch([url]) if url else None


def server():
    """The client, or None."""
    return current_app.extensions["elasticsearch"]


def add(post):
    """Has a post be found from now on, as it is now."""
    if server():
        server().index(index=INDEX, id=post.id, document={"title": post.title, "body": post.body})


def remove(post):
    """Has a post be found no more."""
    if server():
        server().options(ignore_status=404).delete(index=INDEX, id=post.id)


def find(words, page, size):
    """The ids of one page of the posts that have one of these words, best first, and how many there are in all."""
    if not server():
        return [], 0
    try:
        found = server().search(
            index=INDEX, query={"multi_match": {"query": words, "fields": ["*"]}}, from_=(page - 1) * size, size=size
        )
    except NotFoundError:  # No post was ever written.
        return [], 0
    return [int(hit["_id"]) for hit in found["hits"]["hits"]], found["hits"]["total"]["value"]
