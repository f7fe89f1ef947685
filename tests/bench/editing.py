"""Edits of a corpus that show in its feeds, as measurements make them."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path


def newest(corpus: Path) -> Path:
    """Give a document of the last month that is in feeds, in the news dialect."""
    for file in _shown(corpus):
        return file
    raise ValueError(corpus)


def newest_few(corpus: Path, number: int) -> list[Path]:
    """Give a number of such documents: what an edit costs depends on the feeds that it shows in."""
    return [*islice(_shown(corpus), number)]


def edit(file: Path, mark: str) -> None:
    """Have a document's title begin with a mark, at one stroke."""
    text = file.read_text(encoding="utf-8")
    changed = file.with_name(f".{file.name}")
    changed.write_text(re.sub(r'(?m)^title: "(Edit\w+ )?', f'title: "Edit{mark} ', text, count=1))
    os.replace(changed, file)  # noqa: PTH105 - both are of one directory


def told_in(file: Path) -> Path:
    """Give the path, below an output, of a feed that carries a document of the news dialect."""
    text = file.read_text(encoding="utf-8")
    (domain,) = re.findall(r"(?m)^  domain: (.+)$", text)
    return Path(f"providers/{domain}.atom")


@contextmanager
def again_and_again(file: Path, pause: float) -> Iterator[None]:
    """Edit a document again and again, with a pause in seconds between, until this is left."""
    is_over = threading.Event()

    def work() -> None:
        number = 0
        while not is_over.wait(pause):
            number += 1
            edit(file, f"{number:05}")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _shown(corpus: Path) -> Iterator[Path]:
    for file in sorted(corpus.rglob("*.md"), reverse=True):
        text = file.read_text(encoding="utf-8")
        if "\npublished: true\n" in text and "\npublishedDateTime: " in text:
            yield file
