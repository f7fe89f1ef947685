"""A WebSub hub of flask-websub, with all that it needs in one process; run in an environment of it.

`serve PORT FOLDER` listens until it is ended, and notes in the folder what it is told.
`discover URL` writes in JSON which hub and topic flask-websub finds by a feed's header fields, and
by its body alone.
"""

import json
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import celery
import flask
from celery.contrib.testing.worker import start_worker
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber import discover
from flask_websub.subscriber.discovery import Finished, LinkParser
from werkzeug.serving import make_server


def serve(port: int, folder: Path) -> None:
    """Answer at `/hub`; what takes time is done by a worker of Celery, as it is meant."""
    tasks = celery.Celery("hub", broker="memory://", backend="cache+memory://")
    hub = Hub(SQLite3HubStorage(str(folder / "hub.sqlite3")), tasks, BACKOFF_BASE=0.1)
    app = flask.Flask(__name__)
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))

    @app.before_request
    def note() -> None:
        with (folder / "told").open("a", encoding="utf-8") as file:
            file.write(json.dumps(flask.request.form.to_dict()) + "\n")

    with start_worker(tasks, pool="threads", concurrency=2, perform_ping_check=False):
        make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def by_body(url: str) -> dict[str, str]:
    """Find hub and topic as flask-websub does where no header field names them."""
    parser = LinkParser()
    parser.hub_url = parser.topic_url = None
    with urllib.request.urlopen(url) as answer, suppress(Finished):
        parser.feed(answer.read().decode())
    return {"hub_url": parser.hub_url, "topic_url": parser.topic_url}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "serve":
        serve(int(arguments[0]), Path(arguments[1]))
    else:
        print(json.dumps([discover(arguments[0]), by_body(arguments[0])]))  # noqa: T201 - its data
