"""Hold everything that is published in a directory to the rules.

Usage: PYTHONPATH=tests python -m feed_rules DIRECTORY URL
"""

import sys
from pathlib import Path

from feed_rules import complaints

SUFFIXES = {".atom", ".rss", ".json", ".opml"}


def main(folder: Path, url: str) -> int:
    """Print what the rules have against each document, and fail where that is anything."""
    files = [file for file in sorted(folder.rglob("*.*")) if file.suffix in SUFFIXES]
    files = [file for file in files if file.name != "manifest.json"]
    failed = 0
    for file in files:
        path = file.relative_to(folder).as_posix()
        for complaint in complaints(file.read_bytes(), f"{url}/{path}"):
            failed += 1
            sys.stdout.write(f"{path}: {complaint}\n")
    sys.stdout.write(f"{len(files)} documents held to the rules; complaints: {failed}\n")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
