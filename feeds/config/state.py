"""Where what is kept between cycles is: in a directory, or in a database that all hosts share."""

from dataclasses import dataclass
from pathlib import Path

from feeds.model import Database


@dataclass(frozen=True, slots=True)
class State:
    """Where the state is: `folder` is a host's own; all else is in the `database`, if there is one.

    Without a database, all of it is in the directory.
    """

    folder: Path
    database: Database | None = None

    def __str__(self) -> str:
        return str(self.database or self.folder)
