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
    if not store.is_there():
        return render_template("no_database.html")
    return render_template("list.html", sites=store.sites())


@app.post("/list")
def add_site():
    if not store.is_there():
        return render_template("no_database.html"), 409
    url = request.form.get("url", "").strip()
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        problem = "An address starts with http:// or https://."
        return render_template("list.html", sites=store.sites(), problem=problem), 422
    store.watch(url)
    return redirect(url_for("list_sites"), code=303)


@app.post("/forget")
def forget_site():
    if not store.is_there():
        return render_template("no_database.html"), 409
    store.forget(request.form.get("url", ""))
    return redirect(url_for("list_sites"), code=303)
