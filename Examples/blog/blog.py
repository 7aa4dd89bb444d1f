"""A small blog: posts in a database, found by their words where there is a search server."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler

import click
from flask import Flask, abort, redirect, render_template, request, url_for
from flask.logging import default_handler

import search
from config import Config
from models import Post, db, migrate


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    db.init_app(app)
    migrate.init_app(app, db)
    search.init_app(app)
    log_to(app, "stdout" if app.config["LOG_TO_STDOUT"] else "logs")
    add_pages(app)
    add_commands(app)
    return app


def log_to(app, place):
    """Has the app say what it does on standard output, where platforms listen, or in a file of the folder `place`."""
    if place == "stdout":
        handler = logging.StreamHandler(sys.stdout)
    else:
        os.makedirs(place, exist_ok=True)
        handler = RotatingFileHandler(f"{place}/blog.log", maxBytes=100_000, backupCount=3)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    app.logger.removeHandler(default_handler)
    app.logger.addHandler(handler)
    app.logger.setLevel(logging.INFO)
    app.logger.info("The blog starts")


def add_pages(app):
    @app.context_processor
    def searching():
        return {"can_search": search.server() is not None}

    @app.get("/")
    def index():
        posts = db.paginate(db.select(Post).order_by(Post.written_at.desc()), per_page=app.config["POSTS_PER_PAGE"])
        return render_template("index.html", posts=posts)

    @app.get("/post/<int:number>")
    def show(number):
        return render_template("post.html", post=db.get_or_404(Post, number))

    @app.get("/write")
    def form():
        return render_template("write.html")

    @app.post("/write")
    def write():
        # Postgres keeps every character but NUL.
        title, body = (request.form.get(name, "").replace("\0", "").strip() for name in ("title", "body"))
        if not title or not body or len(title) > 200:
            problem = "A post needs a text, and a title of at most 200 characters."
            return render_template("write.html", problem=problem, title=title, body=body), 422
        post = Post(title=title, body=body)
        db.session.add(post)
        db.session.commit()
        search.add(post)
        app.logger.info("Post %s is written", post.id)
        return redirect(url_for("show", number=post.id), code=303)

    @app.post("/post/<int:number>/delete")
    def delete(number):
        post = db.get_or_404(Post, number)
        search.remove(post)
        db.session.delete(post)
        db.session.commit()
        app.logger.info("Post %s is deleted", number)
        return redirect(url_for("index"), code=303)

    @app.get("/search")
    def find():
        if search.server() is None:
            abort(404)
        words, size = request.args.get("q", ""), app.config["POSTS_PER_PAGE"]
        page = min(max(request.args.get("page", 1, int), 1), 1000)  # Elasticsearch goes no further than 10,000 posts.
        numbers, total = search.find(words, page, size)
        posts = {post.id: post for post in db.session.scalars(db.select(Post).where(Post.id.in_(numbers)))}
        # In the order in which they were found; one that was deleted meanwhile is passed over.
        found = [posts[number] for number in numbers if number in posts]
        return render_template("search.html", words=words, posts=found, total=total, page=page, more=page * size < total)


def add_commands(app):
    @app.cli.command()
    def reindex():
        """Have every post be found: for a search server that is new."""
        count = 0
        for post in db.session.scalars(db.select(Post)):
            search.add(post)
            count += 1
        click.echo(f"Posts that can be found: {count}" if search.server() else "ELASTICSEARCH_URL is not set.")


app = create_app()
