"""Sheets of counts in a state directory: one for each period and each process.

A process writes its own anew each time, in one step, and nobody else does; a reader adds all of
them up. What goes wrong costs counts and nothing else.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_DONE, _UNDONE = ".jsonl", ".part"


class Sheets:
    """Those in a `folder` below a `state` directory that there is.

    A sheet has rows, each of which is a line of JSON. Neither a period nor the `name` by which a
    process is told from any other, also of one before it, has a full stop.
    """

    def __init__(self, state: Path, folder: str) -> None:
        self._folder = state / folder

    def write(self, period: str, name: str, rows: Iterable[object]) -> bool:
        """Write a sheet anew, and say whether that could be done."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            undone = self._folder / f"{period}.{name}{_UNDONE}"
            with undone.open("w", encoding="utf-8") as file:
                # Line by line, so that those who ask meanwhile have their turn.
                file.writelines(f"{json.dumps(row)}\n" for row in rows)
            undone.replace(undone.with_suffix(_DONE))
            return True
        return False

    def read(self, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[Any]]]:
        """Give the period of each sheet of a wanted period, and its rows as far as they are any."""
        for file in self._files():
            period = file.name.partition(".")[0]
            if file.suffix == _DONE and is_wanted(period):
                yield period, _rows(file)

    def drop(self, is_old: Callable[[str, float], bool]) -> None:
        """Delete the sheets that are old by their period, or by when they were written.

        That is in seconds since 1970.
        """
        for file in self._files():
            with suppress(OSError):
                if is_old(file.name.partition(".")[0], file.stat().st_mtime):
                    file.unlink()

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return sorted(self._folder.iterdir())
        return []


def _rows(file: Path) -> Iterator[Any]:
    with suppress(OSError, ValueError), file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
