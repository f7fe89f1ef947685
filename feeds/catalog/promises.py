"""What outlasts a catalog that cannot be used: promises to subscribers, which are not remade."""

from pathlib import Path

from sqlalchemy import Connection, delete, select

from feeds.catalog import schema

PROMISED = (
    *(schema.ids, schema.channels, schema.retirements, schema.tombstones),
    *schema.DIGESTS,
)
"""The tables that a new catalog takes over from the one before, as far as they can be read."""


class Damaged(Exception):
    """The catalog is no catalog of ours, or cannot be read as one."""


def forget_lost(connection: Connection) -> None:
    """Forget what was promised of channels and digests that could not be taken over.

    Else a new channel would have what was another's.
    """
    channels = select(schema.channels.c.key)
    for table in (schema.tombstones, schema.digested, schema.digests):
        connection.execute(delete(table).where(table.c.channel.not_in(channels)))
    items, digests = schema.digest_items, select(schema.digests.c.id)
    connection.execute(delete(items).where(items.c.digest.not_in(digests)))


def of_newer(place: object, version: int) -> str:
    """Say that a catalog is one of a newer program."""
    return (
        f"{place} is of version {version}, and this program knows version {schema.VERSION}: "
        "run the newer program, or keep the catalog elsewhere (--state)"
    )


def make_folder(folder: Path) -> None:
    """Make the directory of a catalog, where there is none, for nobody but its owner.

    The catalog knows what is not for readers, and not for others on the same machine.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
