"""Hold everything that is published in a directory to the rules.

Usage: PYTHONPATH=tests python -m feed_rules DIRECTORY URL
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

from feed_rules import complaints

SUFFIXES = {".atom", ".rss", ".json", ".opml"}
TOGETHER = 100


def main(folder: Path, url: str) -> int:
    """Print what the rules have against each document, and fail where that is anything."""
    files = [file for file in sorted(folder.rglob("*.*")) if file.suffix in SUFFIXES]
    files = [file for file in files if file.name != "manifest.json"]
    with ProcessPoolExecutor() as pool:
        found = pool.map(partial(judged, folder, url), files, chunksize=TOGETHER)
        failed = 0
        for line in chain.from_iterable(found):
            failed += 1
            sys.stdout.write(line)
    sys.stdout.write(f"{len(files)} documents held to the rules; complaints: {failed}\n")
    return 1 if failed or not files else 0


def judged(folder: Path, url: str, file: Path) -> list[str]:
    """Give what the rules have against a document, in lines."""
    path = file.relative_to(folder).as_posix()
    return [f"{path}: {each}\n" for each in complaints(file.read_bytes(), f"{url}/{path}")]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
