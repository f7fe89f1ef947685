"""Documents in a bucket: as a source, and all the way to what is published of them."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import obstore
import pytest
from between import Between
from conftest import files_of
from obstore.store import from_url
from stores import Moto, Server
from test_corpus_sources import Contract

from feeds.corpus.source import Source
from feeds.corpus.sources import source_at

_numbers = count(1)


class Bucket:
    """A prefix in a bucket, which nobody has used before, as a room."""

    def __init__(self, name: str = "feeds") -> None:
        self.prefix = f"{os.getpid()}-{next(_numbers)}"
        self.address = f"s3://{name}/{self.prefix}"
        self.store = from_url(self.address)
        self.source: Source = source_at(self.address)
        self.missing: Source = source_at(f"s3://{name}-none/{self.prefix}")

    def put(self, path: str, body: bytes) -> None:
        """Write an object."""
        obstore.put(self.store, path, body)

    def remove(self, path: str) -> None:
        """Delete an object."""
        obstore.delete(self.store, path)

    def put_all(self, folder: Path) -> None:
        """Write all files of a directory."""
        for path, body in files_of(folder).items():
            self.put(path, body)


def used(patch: pytest.MonkeyPatch, server: Server, url: str | None = None) -> None:
    """Have this process use a server."""
    for name, value in server.environment(url).items():
        patch.setenv(name, value)


@pytest.fixture(params=["moto", "ceph"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give each server, which this process uses."""
    found: Server = request.getfixturevalue(request.param)
    used(monkeypatch, found)
    return found


@pytest.fixture
def room(server: Server) -> Bucket:
    """Give an empty prefix in each server."""
    assert server.url
    return Bucket()


@pytest.fixture
def between(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Between]:
    """Give what is between this process and moto."""
    with Between(moto.port) as found:
        used(monkeypatch, moto, found.url)
        yield found


@pytest.fixture
def bucket(between: Between) -> Bucket:
    """Give an empty prefix, of which all that is asked is counted."""
    assert between.url
    return Bucket()


class TestBucket(Contract):
    """A prefix in a bucket is a source."""
