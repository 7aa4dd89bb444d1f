"""A small web app that watches web sites and shows which of them changed."""

import os
from urllib.parse import urlsplit

from flask import Flask, redirect, render_template, request, url_for

import store

app = Flask(__name__)


@app.get("/")
def index():
    return redirect(url_for("list_sites"))


@app.get("/hello")
def hello():
    greeting = os.environ.get("GREETING", "Hello")
    return render_template("hello.html", greeting=greeting)


@app.get("/list")
def list_sites():
    return render_template("list.html", sites=store.sites())


@app.post("/list")
def add_site():
    url = request.form.get("url", "").strip()
    try:
        parts = urlsplit(url)
    except ValueError:  # http://[ for one
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable() or len(url) > 2000:
        problem = "An address starts with http:// or https:// and has at most 2000 characters."
        return render_template("list.html", sites=store.sites(), problem=problem, url=url), 422
    store.watch(url)
    return redirect(url_for("list_sites"), code=303)


@app.post("/forget")
def forget_site():
    store.forget(request.form.get("url", ""))
    return redirect(url_for("list_sites"), code=303)


@app.errorhandler(store.Missing)
def missing(problem):
    """What to type next; to look at it is no mistake, to send something is."""
    return render_template("missing.html", missing=problem), 200 if request.method == "GET" else 409


@app.template_filter()
def moment(time):
    """A time as people read it."""
    return time.strftime("%-d %B %Y, %H:%M UTC")
