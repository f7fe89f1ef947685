"""Servers that tests of this folder ask for by name; each is started once, when it is needed."""

from collections.abc import Iterator

import pytest
from databases import PostgreSQL
from stores import Ceph, Moto, Rclone


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    """Give Ceph's gateway, with a bucket `feeds` of which everybody may read the objects."""
    with Ceph(tmp_path_factory.mktemp("ceph")) as server:
        server.bucket("feeds", "--readable")
        yield server


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """Give moto, with a bucket `feeds` of which everybody may read the objects."""
    with Moto(tmp_path_factory.mktemp("moto")) as server:
        server.bucket("feeds", "--readable")
        yield server


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rclone]:
    """Give rclone's server, with a bucket `feeds`."""
    with Rclone(tmp_path_factory.mktemp("rclone")) as server:
        server.bucket("feeds")
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Give PostgreSQL, with an empty database `feeds`."""
    with PostgreSQL() as server:
        yield server
