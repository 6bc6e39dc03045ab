"""Keeps shelves, papers, parcels and permissions, each where such a thing is kept.

It uses its variables as applications do: by the names and the forms that they have.
"""

from __future__ import annotations

import json
import os
import urllib.request

import flask
import pika
import pymongo
import pymysql
import queues

app = flask.Flask(__name__)

READERS = {"directly_related_user_types": [{"type": "user"}]}
MODEL = {
    "schema_version": "1.1",
    "type_definitions": [
        {"type": "user"},
        {
            "type": "shelf",
            "relations": {"reader": {"this": {}}},
            "metadata": {"relations": {"reader": READERS}},
        },
    ],
}


@app.get("/")
def index() -> str:
    return "depot"


@app.route("/shelves", methods=["GET", "POST"])
def shelves() -> list[str]:
    connection = pymysql.connect(
        host=os.environ["MYSQL_DB_HOSTNAME"],
        port=int(os.environ["MYSQL_DB_PORT"]),
        user=os.environ["MYSQL_DB_USERNAME"],
        password=os.environ["MYSQL_DB_PASSWORD"],
        database=os.environ["MYSQL_DB_NAME"],
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS shelf (name VARCHAR(80) PRIMARY KEY)")
        if flask.request.method == "POST":
            cursor.execute("INSERT INTO shelf VALUES (%s)", (flask.request.form["name"],))
        cursor.execute("SELECT name FROM shelf ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


@app.route("/papers", methods=["GET", "POST"])
def papers() -> list[str]:
    with pymongo.MongoClient(os.environ["MONGODB_DB_CONNECT_STRING"]) as client:
        collection = client.get_default_database().papers
        if flask.request.method == "POST":
            collection.insert_one({"title": flask.request.form["name"]})
        return [paper["title"] for paper in collection.find().sort("title")]


@app.route("/parcels", methods=["GET", "POST"])
def parcels() -> list[str]:
    if flask.request.method == "POST":
        with queues.broker() as broker:
            channel = broker.channel()
            channel.confirm_delivery()
            channel.queue_declare(queues.QUEUE, durable=True)
            durable = pika.BasicProperties(delivery_mode=2)
            channel.basic_publish("", queues.QUEUE, flask.request.form["name"], durable)
    return queues.cache().lrange(queues.DELIVERED, 0, -1)


@app.post("/readers")
def let_read() -> str:
    permissions("authorization-models", MODEL)
    permissions("write", {"writes": {"tuple_keys": [reading(flask.request.form["name"])]}})
    return "granted"


@app.get("/readers/<name>")
def may_read(name: str) -> dict[str, bool]:
    return {"allowed": permissions("check", {"tuple_key": reading(name)})["allowed"]}


def reading(name: str) -> dict[str, str]:
    return {"user": f"user:{name}", "relation": "reader", "object": "shelf:1"}


def permissions(path: str, content: dict):
    request = urllib.request.Request(
        f"{os.environ['FGA_HTTP_API_URL']}/stores/{os.environ['FGA_STORE_ID']}/{path}",
        json.dumps(content).encode(),
        {"Authorization": f"Bearer {os.environ['FGA_TOKEN']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@app.get("/moved")
def moved() -> flask.Response:
    return flask.redirect(flask.url_for("index"))


@app.get("/broken")
def broken() -> str:
    raise RuntimeError("a defect")
