"""Prefixes in buckets that tests put documents into."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

import obstore
import pytest
from conftest import files_of
from obstore.store import from_url
from stores import Server

from feeds.corpus.source import Source
from feeds.corpus.sources import source_at


class Bucket:
    """A prefix in a bucket, which nobody has used before, as a room."""

    def __init__(self, name: str = "feeds") -> None:
        self.prefix = uuid4().hex
        self.address = f"s3://{name}/{self.prefix}"
        self.source: Source = source_at(self.address)
        self.missing: Source = source_at(f"s3://{name}-none/{self.prefix}")
        self._store = from_url(self.address)

    def put(self, path: str, body: bytes) -> None:
        """Write an object."""
        obstore.put(self._store, path, body, use_multipart=False)

    def remove(self, *paths: str) -> None:
        """Delete objects."""
        obstore.delete(self._store, paths)

    def put_all(self, folder: Path, paths: Iterable[str] = ()) -> None:
        """Write files of a directory, all of them where none is named."""
        for path, body in files_of(folder).items():
            if not paths or path in paths:
                self.put(path, body)

    def put_anything(self, server: Server, key: str) -> None:
        """Write an object whose key no library of ours takes for one, where nobody has to sign."""
        url = f"{server.url}/feeds/{self.prefix}/{quote(key)}"
        with urlopen(Request(url, b"", method="PUT")) as answer:
            assert answer.status == 200


def used(patch: pytest.MonkeyPatch, server: Server, url: str | None = None) -> None:
    """Have this process use a server, also through another address."""
    for name, value in server.environment(url).items():
        patch.setenv(name, value)
