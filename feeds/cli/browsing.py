"""The user's browser, which is shown a page as soon as there is one."""

import threading
import time
import webbrowser
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit, urlunsplit

from feeds.cli.talk import complain

# Seconds between looks at whether there is a page, and for which one may take.
_LOOK = 0.2
_PATIENCE = 10.0
# Who listens at every address is asked at one.
_ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - only compared with


def open_soon(url: str) -> None:
    """Open a URL in the browser as soon as it answers with a page, however long that takes."""
    threading.Thread(target=_open, args=(_reachable(url),), name="browser", daemon=True).start()


def _reachable(url: str) -> str:
    parts = urlsplit(url)
    host = _ALL_ADDRESSES.get(parts.hostname or "")
    return urlunsplit(parts._replace(netloc=f"{host}:{parts.port}")) if host else url


def _open(url: str) -> None:
    while not _is_there(url):
        time.sleep(_LOOK)
    if not webbrowser.open(url):
        complain(f"no browser was found to open {url}")


def _is_there(url: str) -> bool:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
