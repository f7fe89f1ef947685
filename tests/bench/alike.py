"""Whether feeds of topics and providers have the same entries in the same order.

Usage: python tests/bench/alike.py OURS THEIRS...

An entry is known by its link, since ids differ; a feed by its path: `topics/law.atom` or, as
Hugo has it, `topics/law/feed.atom`. Ends with 1 where two are not alike.
"""

import sys
from pathlib import Path

from lxml import etree

KINDS = ("topics", "providers")
ATOM = {"atom": "http://www.w3.org/2005/Atom"}
ALTERNATE = "atom:link[@rel='alternate' or not(@rel)]/@href"


def feeds_of(output: Path) -> dict[str, list[str]]:
    """Map the stem of each feed to the links of its entries, in their order."""
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        for file in (output / kind).rglob("*.atom"):
            path = file.parent if file.name == "feed.atom" else file.with_suffix("")
            found[path.relative_to(output).as_posix()] = links_of(file)
    return found


def links_of(file: Path) -> list[str]:
    """Give the links of a feed's entries; each has one."""
    entries = etree.parse(file).iterfind("atom:entry", ATOM)
    return [link for entry in entries for link in entry.xpath(ALTERNATE, namespaces=ATOM)]


def differences(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> list[str]:
    """Tell in which feeds the two differ; a feed without entries is none."""
    stems = {stem for feeds in (ours, theirs) for stem, links in feeds.items() if links}
    return sorted(stem for stem in stems if ours.get(stem) != theirs.get(stem))


if __name__ == "__main__":
    own, *others = map(Path, sys.argv[1:])
    known, is_alike = feeds_of(own), True
    for other in others:
        different = differences(known, feeds_of(other))
        is_alike = is_alike and not different
        entries = sum(map(len, known.values()))
        verdict = f"differ in {', '.join(different[:5])}" if different else "are alike"
        sys.stdout.write(f"{len(known)} feeds, {entries} entries: {own} and {other} {verdict}\n")
    sys.exit(not (is_alike and known))
