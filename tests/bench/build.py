"""How long builds take and how much memory, against Hugo and a straight script.

Usage: python tests/bench/build.py [--rounds N] [SIZE...]

Each is a process of its own, and they take turns. The tables are of medians; a ratio below its
bar is good.
"""

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import peers
from editing import edit, newest
from measuring import ENVIRONMENT, Usage, in_turn, machine, measure, median, ratio, table, tell

Row = tuple[str, ...]


class Bench:
    """A corpus of a number of documents, and all that builds it."""

    def __init__(self, folder: Path, number: int, hugo: Path | None) -> None:
        self._folder = folder
        self._corpus = peers.corpus(number, folder)
        self._hugo = hugo
        self._configs = {
            "like": peers.configure(folder / "like", peers.LIKE_FOR_LIKE),
            "everything": peers.configure(folder / "everything", peers.EVERYTHING),
        }
        self._document, self._edits = newest(self._corpus), 0
        self._former = 0

    def contenders(self) -> dict[str, Callable[[int], Usage]]:
        """Give what is measured, in the order in which it takes turns."""
        found = {"like, cold": lambda _: self._cold("like")}
        if self._hugo is not None:
            found["Hugo"] = lambda _: self._peer("hugo")
        return found | {
            "straight": lambda _: self._peer("straight"),
            "everything, cold": lambda _: self._cold("everything"),
            "like, nothing": lambda _: self._again("like"),
            "everything, nothing": lambda _: self._again("everything"),
            "like, one": lambda _: self._edited_again("like"),
            "everything, one": lambda _: self._edited_again("everything"),
        }

    def _cold(self, name: str) -> Usage:
        for made in ("output", "output.state"):
            self._put_away(self._folder / name / made)
        return self._again(name)

    def _put_away(self, made: Path) -> None:
        """Leave nothing where something was made, deleting nothing until the end.

        A file system may take ten times as long to make a file while many were deleted lately,
        which is nobody's doing who builds.
        """
        if made.exists():
            self._former += 1
            made.rename(self._folder / f"former-{self._former}")

    def _again(self, name: str) -> Usage:
        return measure(peers.ours(self._configs[name]))

    def _peer(self, name: str) -> Usage:
        output = self._folder / name / "output"
        self._put_away(output)
        output.parent.mkdir(exist_ok=True)
        if name == "straight":
            return measure(peers.straight(self._corpus, output))
        assert self._hugo is not None
        return measure(peers.hugo(self._hugo, self._folder / "flat", output))

    def _edited_again(self, name: str) -> Usage:
        self._edits += 1
        edit(self._document, f"{self._edits:05}")
        return self._again(name)

    def scan(self, rounds: int) -> list[float]:
        """Give the seconds of a bare walk, of ours, and of a refresh before it would read."""
        self._again("like")
        command = [sys.executable, peers.HERE / "scanning.py", self._configs["like"], str(rounds)]
        run = subprocess.run(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True
        )
        return [*map(float, run.stdout.split())]

    def compare(self) -> tuple[str, bool]:
        """Tell whether the like-for-like build has the entries of its peers, in their order.

        It has been refreshed once since it was built, after an edit that moves no entry.
        """
        outputs = [self._folder / name / "output" for name in ("like", "hugo", "straight")]
        command = [sys.executable, peers.HERE / "alike.py", *filter(Path.is_dir, outputs)]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        said = run.stdout.replace(f"{self._folder}/", "").replace("/output", "")
        return said, run.returncode == 0

    def files(self) -> Iterator[Row]:
        """Count what was written, by the kind of file."""
        for name in ("like", "everything", "hugo", "straight"):
            files = [file for file in (self._folder / name / "output").rglob("*") if file.is_file()]
            kinds = Counter(file.suffix or file.name for file in files).most_common()
            size = sum(file.stat().st_size for file in files) / 2**20
            listed = ", ".join(f"{number} {suffix}" for suffix, number in kinds)
            yield name, f"{len(files):,}", f"{size:.1f}", listed


def ratios(found: dict[str, Usage], scans: list[float]) -> Iterator[Row]:
    """Give the rows of the ratios that there are bars for, and some that explain them."""
    cold, everything = found["like, cold"], found["everything, cold"]
    for peer in (name for name in ("Hugo", "straight") if name in found):
        is_bar = peer == "Hugo"
        other = found[peer]
        yield _row(f"cold, like for like / {peer}: wall, s", cold.wall, other.wall, is_bar * 0.3)
        yield _row(f"cold, like for like / {peer}: CPU, s", cold.cpu, other.cpu, is_bar * 0.4)
        yield _row(f"cold, everything / {peer}: wall, s", everything.wall, other.wall, is_bar * 1.0)
        for name, usage in (("like for like", cold), ("everything", everything)):
            about = f"peak memory, {name} / {peer}"
            yield _row(f"{about}: largest process, MiB", usage.largest, other.largest, is_bar * 0.1)
            yield _row(f"{about}: all processes, MiB", usage.sum, other.sum)
    for name, usage in (("like", cold), ("everything", everything)):
        nothing, one = found[f"{name}, nothing"], found[f"{name}, one"]
        about = "like for like" if name == "like" else name
        yield _row(f"nothing changed / cold, {about}: wall, s", nothing.wall, usage.wall, 0.03)
        yield _row(f"one document changed / cold, {about}: wall, s", one.wall, usage.wall)
    bare, ours, before_reading = scans
    yield _row("scan / bare walk, s", ours, bare, 1.5)
    yield _row("refresh until it would read / bare walk, s", before_reading, bare)


def _row(about: str, ours: float, theirs: float, bar: float = 0) -> Row:
    figures = f"{ours:.3g}" if ours < 100 else f"{ours:.0f}", f"{theirs:.3g}"
    return about, *figures, ratio(ours, theirs, bar or None), f"≤ {bar:.2f}" if bar else ""


def report(number: int, rounds: int, hugo: Path | None) -> bool:
    """Measure with a number of documents, print the tables, and tell whether feeds are alike."""
    with TemporaryDirectory(prefix="feeds-bench-") as folder:
        bench = Bench(Path(folder), number, hugo)
        usages = in_turn(rounds, bench.contenders())
        found = {name: median(each) for name, each in usages.items()}
        said, is_alike = bench.compare()
        parts = (
            f"\n## {number:,} documents, medians of {rounds}\n",
            table(("what", "ours", "theirs", "ratio", "bar"), ratios(found, bench.scan(5))),
            table(
                ("process", "wall, s", "CPU, s", "largest, MiB", "all, MiB"),
                (
                    (name, *(f"{each:.3g}" for each in vars(usage).values()))
                    for name, usage in found.items()
                ),
            ),
            table(("written", "files", "MiB", "kinds"), bench.files()),
            "What is written like for like and by no peer is in its time all the same.\n",
            said,
        )
        sys.stdout.write("\n".join(parts))
    return is_alike


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000], metavar="SIZE")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    program = peers.find_hugo()
    if program is None:
        tell("without Hugo there are no bars to meet")
    versions = [f"Hugo {peers.version(program, 'version')}"] if program else []
    print(machine(*versions), flush=True)  # noqa: T201 - before the hours that come
    alike = [report(size, given.rounds, program) for size in given.sizes]
    sys.exit(not all(alike))
